package io.axiomdb.adapter.git;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Digest;
import io.axiomdb.port.DesiredSource.Commit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.PathFilter;
import org.jspecify.annotations.Nullable;

/** The commit that is checked out, for files that are exactly as it holds them. */
public final class HeadCommit {
    private HeadCommit() {}

    /**
     * HEAD, if every file that was read has the same bytes there and HEAD holds no further file that the patterns name;
     * empty otherwise, and outside a repository.
     *
     * @param directory absolute, without symbolic links; the paths and patterns are relative to it
     * @throws AxiomException with GIT when there is a repository that can't be read; REPOSITORY_UNCLEAR
     */
    public static Optional<Commit> of(Path directory, SortedMap<String, Digest> read, SortedSet<String> patterns) {
        try {
            Optional<WorkTree> tree = WorkTree.around(directory, directory);
            return tree.isPresent() && WorkTree.isRepository(tree.get().repository())
                    ? of(tree.get(), directory, read, patterns)
                    : Optional.empty();
        } catch (IOException e) {
            throw unreadable(directory, e);
        }
    }

    private static Optional<Commit> of(
            WorkTree tree, Path directory, SortedMap<String, Digest> read, SortedSet<String> patterns)
            throws IOException {
        Optional<Repository> opened = Repositories.open(tree);
        if (opened.isEmpty()) {
            return Optional.empty();
        }
        try (Repository repository = opened.get();
                RevWalk walk = new RevWalk(repository)) {
            ObjectId head = repository.resolve(Constants.HEAD);
            if (head == null) {
                return Optional.empty();
            }
            RevCommit commit = walk.parseCommit(head);
            return holdsExactly(repository, commit, below(tree.top(), directory), read, patterns)
                    ? Optional.of(new Commit(commit.name(), commit.getShortMessage()))
                    : Optional.empty();
        } catch (IOException e) {
            throw unreadable(tree.repository(), e);
        }
    }

    private static AxiomException unreadable(Path what, IOException e) {
        return new AxiomException(
                Diagnostic.of(
                        Code.GIT,
                        what + ": " + e.getMessage(),
                        "check it with git fsck; outside Git everything works but the commit in the audit trail"),
                e);
    }

    /** The directory as the repository names it: empty for its top, else ending with a slash. */
    private static String below(Path top, Path directory) {
        String relative = top.relativize(directory).toString().replace('\\', '/');
        return relative.isEmpty() ? "" : relative + "/";
    }

    private static boolean holdsExactly(
            Repository repository,
            RevCommit commit,
            String below,
            SortedMap<String, Digest> read,
            SortedSet<String> patterns)
            throws IOException {
        Pattern named = Pattern.compile(Stream.concat(
                        read.keySet().stream().map(Pattern::quote),
                        patterns.stream().map(HeadCommit::expression))
                .collect(Collectors.joining("|")));
        int same = 0;
        try (TreeWalk tree = new TreeWalk(repository)) {
            tree.addTree(commit.getTree());
            tree.setRecursive(true);
            if (!below.isEmpty()) {
                tree.setFilter(PathFilter.create(below));
            }
            while (tree.next()) {
                String path = tree.getPathString().substring(below.length());
                if (named.matcher(path).matches()) {
                    if (!isSame(repository, tree, read.get(path))) {
                        return false;
                    }
                    same++;
                }
            }
        }
        return same == read.size();
    }

    private static boolean isSame(Repository repository, TreeWalk tree, @Nullable Digest onDisk) throws IOException {
        // A link in the tree points at a file whose own entry would have to be followed: not worth a wrong answer.
        boolean regular = tree.getFileMode(0).equals(FileMode.REGULAR_FILE)
                || tree.getFileMode(0).equals(FileMode.EXECUTABLE_FILE);
        return onDisk != null
                && regular
                && Digest.of(repository.open(tree.getObjectId(0)).getBytes()).equals(onDisk);
    }

    /** A star is any part of one name that does not begin with a dot. */
    static String expression(String pattern) {
        return Stream.of(pattern.split("/", -1))
                .map(part -> (part.startsWith("*") ? "(?!\\.)" : "")
                        + Stream.of(part.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining("[^/]*")))
                .collect(Collectors.joining("/"));
    }
}
