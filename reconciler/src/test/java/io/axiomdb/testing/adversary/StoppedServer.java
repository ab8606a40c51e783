package io.axiomdb.testing.adversary;

import io.axiomdb.adapter.embedded.Binaries;
import io.axiomdb.adapter.embedded.Cluster;
import io.axiomdb.core.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A server whose processes can be stopped (SIGSTOP): its kernel takes connections and acknowledges what is sent, and nothing
 * ever answers.
 */
public final class StoppedServer implements AutoCloseable {
    /** Its superuser. */
    public static final String USER = "axm_admin";

    private final Path directory;
    private final Cluster cluster;
    private final Secret password = Secret.of("administrator");
    private final Cluster.Running running;

    private StoppedServer(Path directory) throws IOException {
        this.directory = directory;
        Path home = Binaries.unpacked(Path.of("target").toAbsolutePath().resolve("pg-binaries"));
        this.cluster = new Cluster(home, directory.resolve("data"), directory.resolve("log"));
        cluster.create(USER, Files.writeString(directory.resolve("password"), password.reveal()), List.of("--no-sync"));
        this.running = cluster.start(
                freePort(),
                new TreeMap<>(Map.of(
                        "listen_addresses",
                        "127.0.0.1",
                        "unix_socket_directories",
                        "",
                        "fsync",
                        "off",
                        "shared_buffers",
                        "32MB")));
    }

    /** One of its own, that runs. */
    public static StoppedServer running() throws IOException {
        return new StoppedServer(Files.createTempDirectory("axm-stopped-"));
    }

    public int port() {
        return running.port();
    }

    public Secret password() {
        return password;
    }

    /** All of its processes. */
    public void stop() throws IOException {
        signal("STOP", false);
    }

    /** Only the process that takes connections: who is connected goes on. */
    public void stopTakingConnections() throws IOException {
        signal("STOP", true);
    }

    public void goOn() throws IOException {
        signal("CONT", false);
    }

    private void signal(String signal, boolean postmasterOnly) throws IOException {
        ProcessHandle postmaster = ProcessHandle.of(running.pid()).orElseThrow();
        // First the one that would start others.
        Stream<ProcessHandle> all =
                postmasterOnly ? Stream.of(postmaster) : Stream.concat(Stream.of(postmaster), postmaster.descendants());
        for (ProcessHandle process : all.toList()) {
            kill(signal, process.pid());
        }
    }

    /** One that has just ended needs no signal. */
    private static void kill(String signal, long pid) throws IOException {
        try {
            new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while processes were signalled", e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws IOException {
        goOn();
        cluster.stop();
        Binaries.delete(directory);
    }
}
