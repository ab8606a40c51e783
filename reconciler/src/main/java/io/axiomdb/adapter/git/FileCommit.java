package io.axiomdb.adapter.git;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.port.DesiredSource.Commit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Commits one file and nothing else. Git itself does it ({@code git commit --only}), with the user's identity, signing and
 * hooks as in that user's own hands; everything about it that can be known beforehand is checked first.
 */
public final class FileCommit {
    private static final String LITERAL = "--literal-pathspecs";

    /** What Git is in the middle of while one of these is in its directory. */
    private static final List<String> UNDER_WAY = List.of(
            "MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply", "BISECT_LOG", "sequencer");

    private final GitProgram git;
    private final Path file;
    private final Path directory;

    private FileCommit(GitProgram git, Path file, Path directory) {
        this.git = git;
        this.file = file;
        this.directory = directory;
    }

    /**
     * A commit that would hold the next edit of a file alone.
     *
     * @param file there; of a link, the file that it leads to is committed
     * @throws AxiomException UNCOMMITTED when the file has changes, is hidden from Git or in no commit, or something is
     *     under way; COMMIT_FAILED when nothing could be committed now; GIT when Git does not trust the repository, or there
     *     is none; REPOSITORY_UNCLEAR
     */
    public static FileCommit prepared(GitProgram git, Path file) {
        try {
            Path real = file.toRealPath();
            Path written = file.toAbsolutePath().normalize();
            FileCommit commit = new FileCommit(git, real, Objects.requireNonNull(real.getParent()));
            commit.requireRepository(WorkTree.around(Objects.requireNonNull(written.getParent()), commit.directory)
                    .orElseThrow(() -> Repositories.nowhere(file)));
            commit.check();
            return commit;
        } catch (IOException e) {
            throw Repositories.unreadable(file.toString(), e);
        }
    }

    /** Nothing of a repository runs before this: what Git finds by itself may be made of tracked files. */
    private void requireRepository(WorkTree tree) throws IOException {
        tree.requireFoundBy(Path.of(ask("rev-parse", "--absolute-git-dir")));
    }

    private void check() {
        if (!ask("rev-parse", "--is-inside-work-tree").equals("true")) {
            throw new AxiomException(Diagnostic.of(
                    Code.GIT, file + " is in no work tree of Git", "clone the repository, and go into the clone"));
        }
        for (String name : UNDER_WAY) {
            if (exists(name)) {
                throw uncommitted("the repository is in the middle of something: there is " + name);
            }
        }
        requireTracked();
        if (!ask("--no-optional-locks", LITERAL, "status", "--porcelain", "-z", "--", name())
                .isEmpty()) {
            throw uncommitted(file + " differs from the last commit, or is in none");
        }
        for (String identity : List.of("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT")) {
            require(git.run(directory, "var", identity), "set user.name and user.email with git config");
        }
        if (exists("index.lock")) {
            throw refused("another git is at work: there is index.lock", "wait for it, or remove the file if none is");
        }
        for (String name : List.of(".", "objects")) {
            Path needed = inGit(name);
            if (!Files.isWritable(needed)) {
                throw refused(needed + " can't be written", "check who owns the repository");
            }
        }
    }

    /** Git does not look at a file with one of these flags, and would commit whatever else was changed in it. */
    private void requireTracked() {
        String entry = ask(LITERAL, "ls-files", "-v", "-s", "-z", "--", name());
        if (entry.isEmpty()) {
            throw uncommitted(file + " is in no commit");
        }
        char flag = entry.charAt(0);
        if (flag == 'S' || Character.isLowerCase(flag)) {
            String option = flag == 'S' || flag == 's' ? "--no-skip-worktree" : "--no-assume-unchanged";
            throw new AxiomException(Diagnostic.of(
                    Code.UNCOMMITTED,
                    "Git is told not to look at changes of " + file,
                    "let it look, and see what differs:\n    git update-index " + option + " -- " + file
                            + "\nNothing was written."));
        }
        if (flag != 'H') {
            throw uncommitted(file + " is in a conflict");
        }
    }

    /**
     * Commits the file as it is on the disk. What else is staged stays staged.
     *
     * @throws AxiomException COMMIT_FAILED; there is no commit then
     */
    public Commit commit(String message) {
        GitProgram.Result made = git.run(
                directory,
                LITERAL,
                "commit",
                "--quiet",
                "--cleanup=whitespace",
                "--message=" + message,
                "--only",
                "--",
                name());
        if (!made.succeeded()) {
            String words = made.complaints().isEmpty() ? made.output().strip() : made.complaints();
            throw refused(words.isEmpty() ? "git commit ended with " + made.exit() : words, "see what Git says");
        }
        String[] head = ask("log", "-1", "--format=%H%n%s").split("\n", 2);
        return new Commit(head[0], head.length > 1 ? head[1] : "");
    }

    private String name() {
        return file.getFileName().toString();
    }

    private boolean exists(String name) {
        return Files.exists(inGit(name));
    }

    private Path inGit(String name) {
        return directory.resolve(ask("rev-parse", "--git-path", name));
    }

    /** What Git answers, without the last line's end. */
    private String ask(String... arguments) {
        GitProgram.Result result = git.run(directory, arguments);
        if (!result.succeeded()) {
            String help = result.complaints().contains("dubious ownership")
                    ? "its hooks and filters would run as you; trust it only if its owner may do that, as Git says"
                    : "go into a repository that git status can read, or leave --commit out";
            throw new AxiomException(
                    Diagnostic.of(Code.GIT, file + ": " + result.complaints(), help + ". Nothing was written."));
        }
        return result.output().stripTrailing();
    }

    private static void require(GitProgram.Result result, String help) {
        if (!result.succeeded()) {
            throw refused(result.complaints(), help);
        }
    }

    private static AxiomException uncommitted(String detail) {
        return new AxiomException(Diagnostic.of(
                Code.UNCOMMITTED, detail, "Commit or stash that first, or leave --commit out. Nothing was written."));
    }

    private static AxiomException refused(String detail, String help) {
        return new AxiomException(
                Diagnostic.of(Code.COMMIT_FAILED, detail, help + ", or leave --commit out. The file is as it was."));
    }
}
