package io.axiomdb.adapter.git;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.port.DesiredSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.eclipse.jgit.errors.AmbiguousObjectException;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.RevisionSyntaxException;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.eclipse.jgit.treewalk.filter.PathFilter;
import org.jspecify.annotations.Nullable;

/**
 * The files as a commit holds them, read by their object ids: the bytes that were committed, through no filter, no hook
 * and no symbolic link, whatever the work tree looks like.
 */
public final class CommitSource implements DesiredSource {
    private final Path file;
    private final String directory;
    private final String root;
    private final ObjectId tree;
    private final Commit commit;

    /**
     * Finds the commit.
     *
     * @param file the root file, in the work tree of the repository; need not exist there
     * @param revision as Git names commits: an id or its beginning, a branch, a tag, {@code HEAD~2}
     * @throws AxiomException NO_SUCH_COMMIT, GIT for what can't be read, REPOSITORY_UNCLEAR
     */
    public CommitSource(Path file, String revision) {
        this.file = file;
        try (Repositories.Located located = Repositories.around(file);
                RevWalk walk = new RevWalk(located.repository())) {
            int slash = located.path().lastIndexOf('/') + 1;
            this.directory = located.path().substring(0, slash);
            this.root = located.path().substring(slash);
            RevCommit found = walk.parseCommit(resolved(located.repository(), revision));
            this.tree = found.getTree().getId();
            this.commit = new Commit(found.name(), found.getShortMessage());
        } catch (MissingObjectException | IncorrectObjectTypeException e) {
            throw unknown(revision, "it is no commit of this repository", e);
        } catch (IOException e) {
            throw Repositories.unreadable(revision, e);
        }
    }

    private static ObjectId resolved(Repository repository, String revision) throws IOException {
        try {
            ObjectId id = repository.resolve(revision + "^{commit}");
            if (id != null) {
                return id;
            }
            throw unknown(revision, "nothing of that name is here", null);
        } catch (AmbiguousObjectException e) {
            throw unknown(revision, "several commits begin so", e);
        } catch (RevisionSyntaxException e) {
            throw unknown(revision, "Git names no commit so", e);
        }
    }

    private static AxiomException unknown(String revision, String why, @Nullable Exception e) {
        return new AxiomException(
                Diagnostic.of(
                        Code.NO_SUCH_COMMIT,
                        "\"" + revision + "\": " + why,
                        "name it by its id, a branch or a tag; git log shows them, git fetch brings more"),
                e);
    }

    @Override
    public String root() {
        return root;
    }

    @Override
    public byte[] read(String path, int limit) throws IOException {
        try (Repositories.Located located = Repositories.around(file);
                TreeWalk walk = TreeWalk.forPath(located.repository(), directory + path, tree)) {
            if (walk == null) {
                throw new NoSuchFileException(path, null, "not in commit " + commit.id());
            }
            FileMode mode = walk.getFileMode(0);
            if (mode.equals(FileMode.SYMLINK)) {
                throw new IOException("it is a symbolic link, which is not followed in a commit");
            }
            if (!isFile(mode)) {
                throw new IOException("it is not a file");
            }
            try (InputStream in = located.repository().open(walk.getObjectId(0)).openStream()) {
                return in.readNBytes(limit + 1);
            }
        }
    }

    /** Symbolic links are among them, for reading one fails with a reason. */
    @Override
    public List<String> match(String pattern) throws IOException {
        Pattern named = Pattern.compile(HeadCommit.expression(pattern));
        List<String> found = new ArrayList<>();
        try (Repositories.Located located = Repositories.around(file);
                TreeWalk walk = new TreeWalk(located.repository())) {
            walk.addTree(tree);
            walk.setRecursive(true);
            if (!directory.isEmpty()) {
                walk.setFilter(PathFilter.create(directory));
            }
            while (walk.next()) {
                String path = walk.getPathString().substring(directory.length());
                boolean readable =
                        isFile(walk.getFileMode(0)) || walk.getFileMode(0).equals(FileMode.SYMLINK);
                if (readable && named.matcher(path).matches()) {
                    found.add(path);
                }
            }
        }
        return found.stream().sorted().toList();
    }

    private static boolean isFile(FileMode mode) {
        return mode.equals(FileMode.REGULAR_FILE) || mode.equals(FileMode.EXECUTABLE_FILE);
    }

    @Override
    public Commit commit() {
        return commit;
    }
}
