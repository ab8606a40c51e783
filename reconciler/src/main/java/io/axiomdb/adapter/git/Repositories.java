package io.axiomdb.adapter.git;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import java.io.IOException;
import java.nio.file.Path;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;

/** Finds the repository around a file. */
final class Repositories {
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
     * @throws AxiomException with GIT outside a repository, and when it can't be read
     */
    static Located around(Path file) {
        try {
            Path absolute = file.toAbsolutePath().normalize();
            Path parent = absolute.getParent();
            Path directory = real(parent == null ? absolute : parent);
            FileRepositoryBuilder builder = new FileRepositoryBuilder().findGitDir(directory.toFile());
            if (builder.getGitDir() == null) {
                throw new AxiomException(Diagnostic.of(
                        Code.GIT, file + " is in no Git repository", "go into one, or leave --commit out"));
            }
            Repository repository = builder.setMustExist(true).build();
            if (repository.isBare()) {
                repository.close();
                throw new AxiomException(Diagnostic.of(
                        Code.GIT, builder.getGitDir() + " has no work tree", "clone it, and go into the clone"));
            }
            Path top = repository.getWorkTree().toPath().toRealPath();
            Path inTree = top.relativize(directory).resolve(absolute.getFileName());
            return new Located(repository, inTree.toString().replace('\\', '/'));
        } catch (IOException e) {
            throw unreadable(file.toString(), e);
        }
    }

    /** The nearest directory that is there; a commit may hold what the work tree does not. */
    private static Path real(Path directory) throws IOException {
        Path parent = directory.getParent();
        return directory.toFile().isDirectory() || parent == null
                ? directory.toRealPath()
                : real(parent).resolve(directory.getFileName());
    }

    static AxiomException unreadable(String what, Exception e) {
        return new AxiomException(
                Diagnostic.of(Code.GIT, what + ": " + e.getMessage(), "check the repository with git fsck"), e);
    }
}
