package io.axiomdb.adapter.postgres.tools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where pg_dump and pg_restore are on this machine: the places of Debian's and Red Hat's packages, which say the version
 * in their names, and what PATH has. On Linux alone, for the sake of {@link PasswordFile}.
 */
public final class ClientTools {
    private static final Pattern DIGITS = Pattern.compile("(?:pgsql-)?([1-9][0-9]?)");
    private static final Pattern VERSION = Pattern.compile("pg_dump \\(PostgreSQL\\) ([0-9]+)[^0-9].*", Pattern.DOTALL);
    private static final long ANSWER_SECONDS = 10;

    private ClientTools() {}

    /** On a machine without any. */
    public static SortedMap<Integer, Path> none() {
        return Collections.emptySortedMap();
    }

    /**
     * The directories that hold them, by PostgreSQL's major version; looked for when first asked.
     *
     * @param path the variable PATH
     */
    public static Supplier<SortedMap<Integer, Path>> onPath(String path) {
        return () -> System.getProperty("os.name").equals("Linux") ? find(path) : none();
    }

    private static SortedMap<Integer, Path> find(String path) {
        SortedMap<Integer, Path> found = new TreeMap<>();
        firstOf(path).ifPresent(bin -> version(bin).ifPresent(major -> found.put(major, bin)));
        packaged(Path.of("/usr/lib/postgresql"), found);
        packaged(Path.of("/usr"), found);
        return found;
    }

    private static void packaged(Path parent, SortedMap<Integer, Path> found) {
        if (!Files.isDirectory(parent)) {
            return;
        }
        try (DirectoryStream<Path> children = Files.newDirectoryStream(parent)) {
            for (Path child : children) {
                Matcher name = DIGITS.matcher(child.getFileName().toString());
                if (name.matches() && isWhole(child.resolve("bin"))) {
                    found.put(Integer.valueOf(name.group(1)), child.resolve("bin"));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("can't list " + parent, e);
        }
    }

    private static Optional<Path> firstOf(String path) {
        return Stream.of(path.split(":"))
                .filter(directory -> directory.startsWith("/"))
                .map(Path::of)
                .filter(ClientTools::isWhole)
                .findFirst();
    }

    private static boolean isWhole(Path bin) {
        return Stream.of("pg_dump", "pg_restore").allMatch(name -> Files.isExecutable(bin.resolve(name)));
    }

    /** Empty for a program that does not say, such as a wrapper that finds no PostgreSQL. */
    private static Optional<Integer> version(Path bin) {
        List<String> command = List.of(bin.resolve("pg_dump").toString(), "--version");
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
            builder.environment().keySet().retainAll(Set.of("PATH"));
            Process process = builder.start();
            process.getOutputStream().close();
            if (!process.waitFor(ANSWER_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return Optional.empty();
            }
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Matcher version = VERSION.matcher(said);
            return version.matches() ? Optional.of(Integer.valueOf(version.group(1))) : Optional.empty();
        } catch (IOException e) {
            // What can't be run is not there.
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
