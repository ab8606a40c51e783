package io.axiomdb.adapter.git;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.port.DesiredSource.Commit;
import java.nio.file.Path;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.api.errors.JGitInternalException;
import org.eclipse.jgit.errors.NoWorkTreeException;
import org.eclipse.jgit.lib.RepositoryState;
import org.eclipse.jgit.revwalk.RevCommit;

/** Commits one file and nothing else, as {@code git commit --only} does, with the repository's own hooks. */
public final class FileCommit {
    private FileCommit() {}

    /**
     * Makes sure that what is committed next will be the edit alone.
     *
     * @throws AxiomException UNCOMMITTED when the file has changes, is in no commit, or a merge is under way; GIT
     */
    public static void requireClean(Path file) {
        try (Repositories.Located located = Repositories.around(file);
                Git git = new Git(located.repository())) {
            RepositoryState state = located.repository().getRepositoryState();
            if (state != RepositoryState.SAFE) {
                throw uncommitted("the repository is in the middle of something: " + state.getDescription());
            }
            if (!git.status().addPath(located.path()).call().isClean()) {
                throw uncommitted(file + " differs from the last commit, or is in none");
            }
        } catch (GitAPIException | JGitInternalException | NoWorkTreeException e) {
            throw Repositories.unreadable(file.toString(), e);
        }
    }

    private static AxiomException uncommitted(String detail) {
        return new AxiomException(Diagnostic.of(
                Code.UNCOMMITTED, detail, "Commit or stash that first, or leave --commit out. Nothing was written."));
    }

    /**
     * Commits the file as it is on the disk. What else is staged stays staged.
     *
     * @throws AxiomException COMMIT_FAILED; the file stays as it is
     */
    public static Commit commit(Path file, String message) {
        try (Repositories.Located located = Repositories.around(file);
                Git git = new Git(located.repository())) {
            RevCommit made =
                    git.commit().setOnly(located.path()).setMessage(message).call();
            return new Commit(made.name(), made.getShortMessage());
        } catch (GitAPIException | JGitInternalException e) {
            throw new AxiomException(
                    Diagnostic.of(
                            Code.COMMIT_FAILED,
                            file + ": " + e.getMessage(),
                            "The file is edited and not committed. By hand:\n    git commit --only -- " + file),
                    e);
        }
    }
}
