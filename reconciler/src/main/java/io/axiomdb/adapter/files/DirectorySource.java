package io.axiomdb.adapter.files;

import io.axiomdb.core.Digest;
import io.axiomdb.port.DesiredSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads files of one directory and those below it. A symbolic link may lead from one of them to another, never out. Not
 * thread-safe.
 */
public final class DirectorySource implements DesiredSource {
    private final Path directory;
    private final String root;
    private final Commits commits;
    private final SortedMap<String, Digest> read = new TreeMap<>();
    private final SortedSet<String> patterns = new TreeSet<>();

    /** Finds the commit that what was read belongs to. */
    @FunctionalInterface
    public interface Commits {
        /** Always outside Git. */
        Commits NONE = (directory, read, patterns) -> Optional.empty();

        /**
         * The commit, if it holds exactly what was read.
         *
         * @param directory absolute, without symbolic links
         * @param read each file that was read, relative to the directory, with the digest of its bytes
         * @param patterns that were followed: the commit must hold no further file that they name
         */
        Optional<Commit> of(Path directory, SortedMap<String, Digest> read, SortedSet<String> patterns);
    }

    /**
     * Reads from the directory that the file is in; touches nothing yet.
     *
     * @param file the root file, which need not exist
     */
    public DirectorySource(Path file, Commits commits) {
        Path absolute = file.toAbsolutePath().normalize();
        Path parent = absolute.getParent();
        this.directory = parent == null ? absolute : parent;
        this.root = absolute.getFileName() == null ? "" : absolute.getFileName().toString();
        this.commits = commits;
    }

    @Override
    public String root() {
        return root;
    }

    @Override
    public byte[] read(String path, int limit) throws IOException {
        Path real = directory.resolve(path).toRealPath();
        if (!real.startsWith(directory.toRealPath())) {
            throw new IOException("it is a link that leads out of the directory");
        }
        if (!Files.isRegularFile(real)) {
            throw new IOException("it is not a file");
        }
        try (InputStream in = Files.newInputStream(real)) {
            byte[] bytes = in.readNBytes(limit + 1);
            read.put(path, Digest.of(bytes));
            return bytes;
        }
    }

    @Override
    public List<String> match(String pattern) throws IOException {
        List<String> found = List.of("");
        for (String part : pattern.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..") || part.contains("**")) {
                throw new IOException("a pattern names files below this directory, one level for each star");
            }
            List<String> next = new ArrayList<>();
            for (String parent : found) {
                next.addAll(levelOrRefused(parent, part));
            }
            found = next;
        }
        patterns.add(pattern);
        return found.stream()
                .filter(file -> Files.isRegularFile(directory.resolve(file)) || isBrokenLink(file))
                .sorted()
                .toList();
    }

    /** Reading such a link fails with a reason; leaving it out would lose a project without a word. */
    private boolean isBrokenLink(String file) {
        return Files.isSymbolicLink(directory.resolve(file)) && !Files.exists(directory.resolve(file));
    }

    /** A name may hold what this machine's file names can't: NUL, or letters outside of the encoding it was started with. */
    private List<String> levelOrRefused(String parent, String part) throws IOException {
        try {
            return level(parent, part);
        } catch (InvalidPathException e) {
            throw new IOException("no file on this machine can have such a name", e);
        }
    }

    private List<String> level(String parent, String part) throws IOException {
        if (part.indexOf('*') < 0) {
            return Files.exists(directory.resolve(child(parent, part))) ? List.of(child(parent, part)) : List.of();
        }
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + literalButStars(part));
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(directory.resolve(parent))) {
            for (Path path : children) {
                Path name = path.getFileName();
                if (name != null && !name.toString().startsWith(".") && matcher.matches(name)) {
                    found.add(child(parent, name.toString()));
                }
            }
        } catch (NoSuchFileException | java.nio.file.NotDirectoryException e) {
            return List.of();
        }
        Collections.sort(found);
        return found;
    }

    private static String child(String parent, String name) {
        return parent.isEmpty() ? name : parent + "/" + name;
    }

    private static String literalButStars(String part) {
        return part.replaceAll("[\\\\\\[\\]{}?]", "\\\\$0");
    }

    @Override
    public @Nullable Commit commit() {
        try {
            return commits.of(directory.toRealPath(), Collections.unmodifiableSortedMap(read), patterns)
                    .orElse(null);
        } catch (IOException e) {
            // The directory is gone since it was read: then there is no commit to name.
            return null;
        }
    }
}
