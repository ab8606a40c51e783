package io.axiomdb.adapter.embedded;

import java.io.BufferedInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** PostgreSQL's programs as they come from Maven Central: {@code initdb}, {@code pg_ctl} and {@code postgres}. */
public final class Binaries {
    private static final int EXECUTABLE = 0100;

    private Binaries() {}

    /**
     * The programs that are on the class path for this machine, unpacked once below the cache directory.
     *
     * @return the directory that holds {@code bin}, {@code lib} and {@code share}
     */
    public static Path unpacked(Path cache) throws IOException {
        String name = resource();
        URL url = Binaries.class.getClassLoader().getResource(name);
        if (url == null) {
            throw new FileNotFoundException("no PostgreSQL for this machine is packaged (" + name + ")");
        }
        URLConnection connection = url.openConnection();
        Path home = cache.resolve("postgres-" + mark(connection));
        if (!Files.isDirectory(home)) {
            try (InputStream archive = connection.getInputStream()) {
                unpack(archive, home);
            }
        }
        return home;
    }

    /** Unpacks a tar.xz archive; the directory appears at once, and complete, or not at all. */
    public static void unpack(InputStream archive, Path home) throws IOException {
        Files.createDirectories(home.toAbsolutePath().getParent());
        Path half = Files.createTempDirectory(home.toAbsolutePath().getParent(), "unpacking");
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(archive)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                write(tar, entry, half);
            }
            if (!Files.isDirectory(home)) {
                Files.move(half, home);
            }
        } finally {
            delete(half);
        }
    }

    /** Deletes a directory with all that is in it; nothing happens when there is none. */
    public static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static void write(TarArchiveInputStream tar, TarArchiveEntry entry, Path into) throws IOException {
        Path target = into.resolve(entry.getName()).normalize();
        if (!target.startsWith(into)) {
            throw new IOException("the archive leaves its directory: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
            return;
        }
        Files.copy(tar, target);
        Files.setPosixFilePermissions(target, permissions(entry));
    }

    private static Set<PosixFilePermission> permissions(TarArchiveEntry entry) {
        return PosixFilePermissions.fromString((entry.getMode() & EXECUTABLE) != 0 ? "rwxr-xr-x" : "rw-r--r--");
    }

    /** The name that the packagers gave the archive for this machine. */
    private static String resource() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac") ? "darwin" : "linux";
        String machine = switch (System.getProperty("os.arch")) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "arm_64";
            case String other -> other;
        };
        String libc = Files.exists(Path.of("/etc/alpine-release")) ? "-alpine_linux" : "";
        return "postgres-" + system + "-" + machine + libc + ".txz";
    }

    /** Tells archives apart without reading 15 MB: the checksum that the jar already holds. */
    private static String mark(URLConnection connection) throws IOException {
        return connection instanceof JarURLConnection jar
                ? Long.toHexString(jar.getJarEntry().getCrc())
                : Long.toHexString(connection.getContentLengthLong());
    }
}
