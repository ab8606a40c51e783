package io.axiomdb.testing;

import io.axiomdb.adapter.embedded.Binaries;
import io.axiomdb.adapter.embedded.Cluster;
import io.axiomdb.core.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Assumptions;

/** One throw-away server per version and JVM, started when first asked for and stopped with the JVM. */
public final class Servers {
    /** Every supported major version; 15 is the one that Debian 12 packages. */
    public static final List<Integer> VERSIONS = List.of(14, 15, 16, 17, 18);

    private static final Path DEBIAN = Path.of("/usr/lib/postgresql/15");
    private static final Path SHARED = Path.of("/usr/share/postgresql/15");
    private static final Path TARGET = Path.of("target").toAbsolutePath();
    private static final ConcurrentHashMap<Integer, Server> RUNNING = new ConcurrentHashMap<>();

    private Servers() {}

    /** A server and its superuser, who logs in by SCRAM from 127.0.0.1 and ::1. */
    public record Server(int version, int port, String user, Secret password, Cluster cluster) {
        public static final String ADDRESS = "127.0.0.1";
    }

    /** The server of a major version. */
    public static Server of(int version) {
        Assumptions.assumeTrue(
                version != 15 || Files.isExecutable(DEBIAN.resolve("bin/postgres")),
                "PostgreSQL 15 is tested where Debian's postgresql-15 is installed in " + DEBIAN);
        return RUNNING.computeIfAbsent(version, Servers::start);
    }

    /** One more of a major version, for a test that takes the lock of applies while others do. */
    public static Server another(int version) {
        return start(version);
    }

    private static Server start(int version) {
        try {
            Path directory = Files.createTempDirectory("axm-pg" + version + "-");
            Secret password = Secret.of("admin's \"secret\" %s".formatted(version));
            Path passwordFile = Files.writeString(directory.resolve("password"), password.reveal());
            Cluster cluster =
                    new Cluster(home(version, directory), directory.resolve("data"), directory.resolve("log"));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(cluster, directory)));
            cluster.create("axm_admin", passwordFile, List.of("--no-sync"));
            Cluster.Running server = cluster.start(freePort(), settings());
            return new Server(version, server.port(), "axm_admin", password, cluster);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SortedMap<String, String> settings() {
        SortedMap<String, String> settings = new TreeMap<>();
        settings.put("listen_addresses", "127.0.0.1,::1");
        settings.put("unix_socket_directories", "");
        settings.put("fsync", "off");
        settings.put("max_prepared_transactions", "10");
        settings.put("shared_buffers", "32MB");
        settings.put("log_statement", "all");
        return settings;
    }

    private static Path home(int version, Path directory) throws IOException {
        if (version == 15) {
            return debian(directory);
        }
        Path cache = TARGET.resolve("pg-binaries");
        if (version == 18) {
            return Binaries.unpacked(cache);
        }
        Path home = cache.resolve("postgres" + version);
        if (!Files.isDirectory(home)) {
            try (ZipFile jar = new ZipFile(
                            cache.resolve("postgres" + version + ".jar").toFile());
                    InputStream archive = jar.getInputStream(jar.getEntry("postgres-linux-x86_64.txz"))) {
                Binaries.unpack(archive, home);
            }
        }
        return home;
    }

    /** They look for extensions beside themselves; so a test may add one, which the machine's own servers never see. */
    private static Path debian(Path directory) throws IOException {
        Path home = Files.createDirectories(directory.resolve("lib/postgresql/15"));
        Path bin = Files.createDirectory(home.resolve("bin"));
        for (String program : List.of("postgres", "initdb", "pg_ctl")) {
            Files.copy(DEBIAN.resolve("bin").resolve(program), bin.resolve(program));
        }
        Files.createSymbolicLink(home.resolve("lib"), DEBIAN.resolve("lib"));
        Path shared = Files.createDirectories(directory.resolve("share/postgresql/15"));
        link(SHARED.resolve("extension"), Files.createDirectory(shared.resolve("extension")));
        link(SHARED, shared);
        return home;
    }

    private static void link(Path from, Path to) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(from)) {
            for (Path file : files) {
                Path link = to.resolve(file.getFileName());
                if (!Files.exists(link)) {
                    Files.createSymbolicLink(link, file);
                }
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void stop(Cluster cluster, Path directory) {
        try {
            cluster.stop();
            try (Stream<Path> files = Files.walk(directory)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
