package io.axiomdb.adapter.git;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The work tree that a directory is in: by the nearest {@code .git} above it and by nothing else. Git and JGit also take
 * every directory with HEAD, objects and refs for a repository. Such a directory can consist of tracked files, so whoever
 * may propose a change to a repository could put one there, with settings that run programs and commits of its own.
 * {@code .git} can't be tracked.
 *
 * @param top the directory that {@code .git} is in, without symbolic links
 * @param repository the directory that {@code .git} is or names, without symbolic links where it is there
 */
record WorkTree(Path top, Path repository) {
    private static final String NAMES = "gitdir: ";
    private static final int LONGEST = 16 * 1024;

    /**
     * The work tree around a directory.
     *
     * @param written the directory as the user wrote it, absolute
     * @param real the same without symbolic links
     * @return empty outside Git
     * @throws AxiomException REPOSITORY_UNCLEAR when a repository of tracked files lies between the directory and the top,
     *     or a symbolic link leads from one work tree to another
     */
    static Optional<WorkTree> around(Path written, Path real) throws IOException {
        Optional<WorkTree> found = nearest(real);
        if (found.isPresent()) {
            found.get().requireNoRepositoryWithin(real);
            Optional<WorkTree> before = nearest(written);
            if (before.isPresent() && !before.equals(found)) {
                throw unclear(
                        "a symbolic link in " + written + " leads out of the repository " + before.get().top + " to "
                                + found.get().top,
                        "Name the file by its real path, if the other repository is meant:\n    " + real
                                + "\nNothing of it was run.");
            }
        }
        return found;
    }

    /** As {@link #around}, but whatever lies in between. */
    static Optional<WorkTree> nearest(Path directory) throws IOException {
        for (Path at = directory; at != null; at = at.getParent()) {
            Path entry = at.resolve(".git");
            if (isRepository(entry)) {
                return Optional.of(new WorkTree(at.toRealPath(), entry.toRealPath()));
            }
            if (Files.isRegularFile(entry)) {
                Path named = at.toRealPath().resolve(named(entry)).normalize();
                return Optional.of(new WorkTree(at.toRealPath(), Files.exists(named) ? named.toRealPath() : named));
            }
        }
        return Optional.empty();
    }

    /** Linked work trees and submodules have a file there, which names the directory. */
    private static String named(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            String text = new String(in.readNBytes(LONGEST), StandardCharsets.UTF_8);
            if (!text.startsWith(NAMES)) {
                throw new IOException(file + " names no repository");
            }
            return text.substring(NAMES.length()).stripTrailing();
        }
    }

    /** More than Git takes for one: what HEAD and the rest hold is not looked at. */
    static boolean isRepository(Path directory) {
        return Files.exists(directory.resolve("HEAD"), LinkOption.NOFOLLOW_LINKS)
                && (Files.exists(directory.resolve("commondir"), LinkOption.NOFOLLOW_LINKS)
                        || Files.isDirectory(directory.resolve("objects"))
                                && Files.isDirectory(directory.resolve("refs")));
    }

    private void requireNoRepositoryWithin(Path directory) {
        for (@Nullable Path at = directory; at != null && !at.equals(top); at = at.getParent()) {
            if (!at.equals(repository) && isRepository(at)) {
                throw within(at);
            }
        }
    }

    private AxiomException within(Path directory) {
        return unclear(
                directory + " is a repository of its own, inside the repository " + top
                        + ": Git would run the programs that its config names, and read its commits",
                "See who added HEAD, objects and refs to that directory, and take them out. Nothing of it was run.");
    }

    /**
     * Refuses what Git found, if that is another repository.
     *
     * @param found what Git answers to {@code rev-parse --absolute-git-dir}
     */
    void requireFoundBy(Path found) throws IOException {
        if (!found.toRealPath().equals(repository)) {
            throw unclear(
                    "Git takes " + found + " for the repository, and .git in " + top + " names " + repository,
                    "See with git rev-parse --absolute-git-dir what leads Git there. Nothing was written.");
        }
    }

    /** Whether this is a work tree that was added to a repository which has one, or none, elsewhere. */
    boolean isLinked() {
        return Files.exists(repository.resolve("commondir"));
    }

    /** The nearest directory that is there, without symbolic links; a commit may hold what the work tree does not. */
    static Path real(Path directory) throws IOException {
        Path parent = directory.getParent();
        return Files.isDirectory(directory) || parent == null
                ? directory.toRealPath()
                : real(parent).resolve(Objects.requireNonNull(directory.getFileName()));
    }

    private static AxiomException unclear(String detail, String help) {
        return new AxiomException(Diagnostic.of(Code.REPOSITORY_UNCLEAR, detail, help));
    }
}
