package io.axiomdb.testing.adversary;

import io.axiomdb.core.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A real PgBouncer in front of a server, as somebody runs it whose port stands in a url by mistake. */
public final class PgBouncer implements AutoCloseable {
    private static final Path PROGRAM = Path.of("/usr/sbin/pgbouncer");

    private final Path directory;
    private final Process process;
    private final int port;

    private PgBouncer(Path directory, Process process, int port) {
        this.directory = directory;
        this.process = process;
        this.port = port;
    }

    /**
     * Listens on 127.0.0.1 when this returns.
     *
     * @param mode session, transaction or statement
     * @param drops whether it drops parameters that a connection begins with; otherwise it refuses them
     */
    public static PgBouncer before(int server, String user, Secret password, String mode, boolean drops)
            throws IOException, InterruptedException {
        Assumptions.assumeTrue(Files.isExecutable(PROGRAM), "tried where Debian's pgbouncer is installed");
        Path directory = Files.createTempDirectory("axm-pgbouncer-");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        int port = freePort();
        Files.writeString(
                directory.resolve("users"),
                "\"" + user + "\" \"" + password.reveal().replace("\"", "\"\"") + "\"\n");
        Path ini = Files.writeString(directory.resolve("pgbouncer.ini"), """
                [databases]
                * = host=127.0.0.1 port=%d
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = scram-sha-256
                auth_file = %s
                pool_mode = %s
                %s
                """.formatted(
                        server,
                        port,
                        directory.resolve("users"),
                        mode,
                        drops ? "ignore_startup_parameters = options, extra_float_digits, search_path" : ""));
        // It refuses to run as root.
        List<String> command = new ArrayList<>(List.of(PROGRAM.toString()));
        if (Files.isWritable(Path.of("/etc/passwd"))) {
            command.addAll(List.of("-u", "nobody"));
        }
        command.add(ini.toString());
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        PgBouncer started = new PgBouncer(directory, process, port);
        started.await();
        return started;
    }

    public int port() {
        return port;
    }

    private void await() throws IOException, InterruptedException {
        while (true) {
            if (process.waitFor(10, TimeUnit.MILLISECONDS)) {
                throw new IOException("pgbouncer ended: " + Files.readString(directory.resolve("log")));
            }
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return;
            } catch (java.net.ConnectException e) {
                // Not yet: its process is alive.
                continue;
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
