package io.axiomdb.adapter.git;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.eclipse.jgit.lib.ConfigConstants;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;

/** Opens the repository around a file. JGit is told which one that is, and looks for none. */
final class Repositories {
    static {
        RepositoryAlone.holds();
    }

    private Repositories() {}

    /** A repository with a work tree, and a file's path in it. */
    record Located(Repository repository, String path) implements AutoCloseable {
        @Override
        public void close() {
            repository.close();
        }
    }

    /**
     * The repository whose work tree a file is in, or would be.
     *
     * @throws AxiomException with GIT outside a repository, and when it can't be read; REPOSITORY_UNCLEAR
     */
    static Located around(Path file) {
        try {
            Path absolute = file.toAbsolutePath().normalize();
            Path parent = Objects.requireNonNullElse(absolute.getParent(), absolute);
            Path directory = WorkTree.real(parent);
            WorkTree tree = WorkTree.around(parent, directory).orElseThrow(() -> nowhere(file));
            Repository repository = open(tree)
                    .orElseThrow(() -> new AxiomException(Diagnostic.of(
                            Code.GIT,
                            tree.repository() + " has no work tree at " + tree.top(),
                            "clone it, and go into the clone")));
            Path inTree = tree.top().relativize(directory).resolve(absolute.getFileName());
            return new Located(repository, inTree.toString().replace('\\', '/'));
        } catch (IOException e) {
            throw unreadable(file.toString(), e);
        }
    }

    /** Empty if the repository says that its work tree is elsewhere, or that it has none. */
    static Optional<Repository> open(WorkTree tree) throws IOException {
        Repository repository = new FileRepositoryBuilder()
                .setGitDir(tree.repository().toFile())
                .setWorkTree(tree.top().toFile())
                .setMustExist(true)
                .build();
        if (isAt(repository, tree)) {
            return Optional.of(repository);
        }
        repository.close();
        return Optional.empty();
    }

    private static boolean isAt(Repository repository, WorkTree tree) throws IOException {
        if (tree.isLinked()) {
            return true;
        }
        String section = ConfigConstants.CONFIG_CORE_SECTION;
        String said = repository.getConfig().getString(section, null, ConfigConstants.CONFIG_KEY_WORKTREE);
        if (said == null) {
            return !repository.getConfig().getBoolean(section, ConfigConstants.CONFIG_KEY_BARE, false);
        }
        Path there = tree.repository().resolve(said);
        return Files.exists(there) && Files.isSameFile(there, tree.top());
    }

    static AxiomException nowhere(Path file) {
        return new AxiomException(
                Diagnostic.of(Code.GIT, file + " is in no Git repository", "go into one, or leave --commit out"));
    }

    static AxiomException unreadable(String what, Exception e) {
        return new AxiomException(
                Diagnostic.of(Code.GIT, what + ": " + e.getMessage(), "check the repository with git fsck"), e);
    }
}
