package io.axiomdb.adapter.embedded;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The PostgreSQL in {@code AXM_HOME}: durable, on 127.0.0.1 alone, asking everyone for a SCRAM password. It runs as long
 * as this process, which holds the directory's lock.
 */
public final class EmbeddedServer implements AutoCloseable {
    public static final String ADDRESS = "127.0.0.1";
    public static final String USER = "axm_admin";
    public static final String DATABASE = "postgres";

    /**
     * The administrator's password has 256 random bits: stretching it adds nothing and costs every login milliseconds.
     * The lowest number that the driver accepts; only for what initdb stores.
     */
    private static final String ITERATIONS = "128";

    /** Of the programs that come along, as {@code server_version_num}. */
    public static final int VERSION = 180006;

    private static final String LOCK = "lock";
    private static final int PASSWORD_BYTES = 32;
    private static final int ATTEMPTS = 3;
    private static final int LOG_LINES = 10;

    private static final SortedMap<String, String> SETTINGS = new TreeMap<>(Map.ofEntries(
            Map.entry("listen_addresses", ADDRESS),
            Map.entry("unix_socket_directories", ""),
            Map.entry("password_encryption", "scram-sha-256"),
            Map.entry("scram_iterations", "4096"),
            Map.entry("fsync", "on"),
            Map.entry("synchronous_commit", "on"),
            Map.entry("full_page_writes", "on"),
            Map.entry("max_connections", "100"),
            Map.entry("shared_buffers", "64MB"),
            Map.entry("timezone", "UTC"),
            Map.entry("logging_collector", "off")));

    private final HomeLock lock;
    private final Cluster cluster;
    private final Secret password;
    private final Thread hook = new Thread(this::stop, "embedded-postgres-stop");
    private int port;
    private boolean closed;

    private EmbeddedServer(HomeLock lock, Cluster cluster, Secret password) {
        this.lock = lock;
        this.cluster = cluster;
        this.password = password;
    }

    /**
     * Makes the server on first use, stops one that a killed process left behind, and starts it.
     *
     * @param home the data directory, AXM_HOME; made when it is not there
     * @throws AxiomException with CONTROL_PLANE_BUSY when another process has it, HOME when it can't be used,
     *     EMBEDDED_FAILED when PostgreSQL does not start
     */
    public static EmbeddedServer start(Path home) {
        HomeLock lock = lock(home);
        Cluster cluster = cluster(home);
        try {
            Path passwordFile = passwordFile(home);
            Path programs = Binaries.unpacked(home.resolve("cache"));
            cluster = new Cluster(programs, cluster.data(), cluster.log());
            if (!cluster.exists()) {
                cluster.create(USER, passwordFile, List.of("--set=scram_iterations=" + ITERATIONS));
            }
            cluster.stop();
            EmbeddedServer server = new EmbeddedServer(lock, cluster, Secret.of(Files.readString(passwordFile)));
            Runtime.getRuntime().addShutdownHook(server.hook);
            server.port = server.run(home.resolve("postgres.port"));
            return server;
        } catch (IOException | RuntimeException e) {
            throw failed(lock, cluster, e);
        }
    }

    /**
     * Whether the server of this directory was ever made. Makes nothing.
     *
     * @throws AxiomException with CONTROL_PLANE_BUSY while another process is about to make it, HOME when the directory
     *     can't be read
     */
    public static boolean exists(Path home) {
        if (cluster(home).exists()) {
            return true;
        }
        try {
            HomeLock.requireFree(home.resolve(LOCK));
            return cluster(home).exists();
        } catch (IOException e) {
            throw unusable(home, e);
        }
    }

    public int port() {
        return port;
    }

    /** Of {@link #USER}, a superuser. */
    public Secret password() {
        return password;
    }

    @Override
    public void close() {
        try {
            stop();
        } finally {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The JVM is already shutting down: the hook has run or will find nothing to do.
                return;
            }
        }
    }

    private synchronized void stop() {
        if (closed) {
            return;
        }
        closed = true;
        try (lock) {
            cluster.stop();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** On the same port as last time where it is free, so that URLs that were printed go on working. */
    private int run(Path portFile) throws IOException {
        for (int attempt = 1; ; attempt++) {
            int chosen = attempt == 1 ? freePort(remembered(portFile)) : freePort(0);
            try {
                int running = cluster.start(chosen, SETTINGS).port();
                Files.writeString(portFile, Integer.toString(running));
                return running;
            } catch (IOException e) {
                // Someone may have taken the port between the look and the start.
                if (attempt == ATTEMPTS || !cluster.lastWords(LOG_LINES).contains("Address already in use")) {
                    throw e;
                }
            }
        }
    }

    private static int remembered(Path portFile) throws IOException {
        return Files.exists(portFile)
                ? Integer.parseInt(Files.readString(portFile).strip())
                : 0;
    }

    private static int freePort(int wished) throws IOException {
        InetAddress loopback = InetAddress.getByName(ADDRESS);
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(loopback, wished));
            return socket.getLocalPort();
        } catch (IOException e) {
            if (wished == 0) {
                throw e;
            }
            return freePort(0);
        }
    }

    private static Cluster cluster(Path home) {
        return new Cluster(home, home.resolve("postgres"), home.resolve("postgres.log"));
    }

    private static HomeLock lock(Path home) {
        try {
            if (!Files.isDirectory(home)) {
                Files.createDirectories(
                        home, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx------"));
            return HomeLock.take(home.resolve(LOCK));
        } catch (IOException e) {
            throw unusable(home, e);
        }
    }

    private static AxiomException unusable(Path home, IOException e) {
        return new AxiomException(
                Diagnostic.of(
                        Code.HOME, home + ": " + e, "give AXM_HOME a directory of your own that can be written to"),
                e);
    }

    /** Made once; appears complete or not at all, so that a crash leaves no server whose password nobody knows. */
    private static Path passwordFile(Path home) throws IOException {
        Path file = home.resolve("postgres.password");
        if (!Files.exists(file)) {
            byte[] random = new byte[PASSWORD_BYTES];
            new SecureRandom().nextBytes(random);
            Path half = home.resolve("postgres.password.new");
            Files.deleteIfExists(half);
            Files.createFile(half, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(half, Base64.getUrlEncoder().withoutPadding().encodeToString(random));
            Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
        }
        return file;
    }

    private static AxiomException failed(HomeLock lock, Cluster cluster, Exception cause) {
        String log;
        try (lock) {
            log = cluster.lastWords(LOG_LINES);
        } catch (IOException e) {
            log = e.toString();
        }
        return new AxiomException(
                Diagnostic.of(
                        Code.EMBEDDED_FAILED,
                        cause.getMessage() + (log.isBlank() ? "" : "\n" + log),
                        "its log is " + cluster.log() + "; or give AXM_CONTROL_PLANE_URL a server that runs already"),
                cause);
    }
}
