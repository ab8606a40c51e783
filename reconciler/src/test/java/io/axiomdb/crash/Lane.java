package io.axiomdb.crash;

import io.axiomdb.adapter.controlplane.JdbcTarget;
import io.axiomdb.adapter.embedded.Binaries;
import io.axiomdb.adapter.embedded.Cluster;
import io.axiomdb.core.Secret;
import io.axiomdb.engine.Installation;
import io.axiomdb.testing.Patience;
import io.axiomdb.testing.Servers;
import io.axiomdb.testing.Servers.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A control plane with a server of its own, which can be stopped and whose disk can be full, and a host, for only one apply at
 * a time may change one. An apply that is cut short goes over the wires.
 */
public final class Lane implements AutoCloseable {
    static final String USER = "axm_admin";

    final SmallDisk disk;
    final Wire controlWire;
    final Wire hostWire;
    final Rig.Address direct;
    final Rig.Address wired;

    final Server host = Servers.another(18);

    private final Path directory;
    private final Cluster cluster;
    private final int port;

    public Lane() throws IOException {
        this.directory = Files.createTempDirectory("axm-lane-");
        this.disk = SmallDisk.at(Files.createDirectory(directory.resolve("disk")));
        this.cluster = new Cluster(
                Binaries.unpacked(Path.of("target").toAbsolutePath().resolve("pg-binaries")),
                disk.root().resolve("data"),
                directory.resolve("log"));
        Secret password = Secret.of("control plane");
        Path file = Files.writeString(directory.resolve("password"), password.reveal());
        Runtime.getRuntime().addShutdownHook(new Thread(this::abandon));
        cluster.create(USER, file, List.of("--no-sync"));
        this.port = freePort();
        start();
        this.controlWire = new Wire(port);
        this.hostWire = new Wire(host.port());
        this.direct = new Rig.Address(port, USER, password, directory, host.port(), host.password());
        this.wired = new Rig.Address(controlWire.port(), USER, password, directory, hostWire.port(), host.password());
    }

    /** The control plane as a process reaches it, without a wire. */
    public JdbcTarget target() {
        return new JdbcTarget(Server.ADDRESS, port, "postgres", USER, direct.controlPassword(), "disable", null);
    }

    /** Whether its disk can be filled. */
    public boolean hasSmallDisk() {
        return disk.isReal();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Small, for a disk that is small; what is committed survives an immediate stop without fsync, for the machine goes on. */
    void start() throws IOException {
        SortedMap<String, String> settings = new TreeMap<>(Map.of(
                "listen_addresses", "127.0.0.1",
                "unix_socket_directories", "",
                "fsync", "off",
                "autovacuum", "off",
                "shared_buffers", "16MB",
                "max_wal_size", "64MB",
                "min_wal_size", "32MB"));
        cluster.start(port, settings);
    }

    /** Stops the control plane's server as a crash does: nothing is written down. */
    public void stop() {
        try {
            Cluster.Running running = cluster.running().orElseThrow();
            ProcessHandle process = ProcessHandle.of(running.pid()).orElseThrow();
            new ProcessBuilder("kill", "-QUIT", Long.toString(running.pid()))
                    .start()
                    .waitFor();
            process.onExit().join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Fills the disk, and the room in the tables that an apply writes to: rows that are undone stay until vacuum. */
    public void fill() {
        for (String table : List.of("audit_events", "credentials", "project_branches")) {
            control("""
                    BEGIN;
                    INSERT INTO axiomdb.%1$s SELECT (jsonb_populate_record(NULL::axiomdb.%1$s, to_jsonb(t)
                        || jsonb_build_object('sequence', 1000000 + n, 'version', 1000000 + n, 'id', gen_random_uuid(),
                           'name', 'filler' || n, 'state', 'RETIRED'))).*
                      FROM (SELECT * FROM axiomdb.%1$s LIMIT 1) t, generate_series(1, 150) n;
                    ROLLBACK""".formatted(table));
        }
        disk.fill();
    }

    /** Frees the disk, and starts the control plane's server if it is down. */
    public void heal() {
        disk.free();
        try {
            if (cluster.running().isEmpty()) {
                start();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What time does: leases of the dead run out. */
    public void forgetLeases() {
        control("UPDATE axiomdb.leases SET expires_at = clock_timestamp()");
    }

    /** Waits until the host has noticed the end of all connections of applies of this lane. */
    void awaitSilence() {
        String open = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'axm:%'";
        long start = System.nanoTime();
        while (!host("", open).equals("0")) {
            if (Patience.isOver(start, Duration.ofSeconds(30))) {
                throw new IllegalStateException("the host still serves connections of an apply that was killed");
            }
        }
    }

    /** Keeps each name that is drawn for a database, also of those that are gone or in no row any more. */
    void rememberDrawn() {
        control("""
                CREATE TABLE IF NOT EXISTS public.drawn (name text, organization text);
                CREATE OR REPLACE FUNCTION public.remember() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                    INSERT INTO public.drawn SELECT NEW.name, organization FROM axiomdb.project_branches WHERE id = NEW.branch_id;
                    RETURN NULL; END $$;
                CREATE OR REPLACE TRIGGER remember AFTER INSERT ON axiomdb.databases_being_made
                    FOR EACH ROW EXECUTE FUNCTION public.remember()""");
    }

    /** All names that were ever drawn for an organization's databases. */
    List<String> drawn(String organization) {
        String all =
                control("SELECT string_agg(name, ';') FROM public.drawn WHERE organization = '" + organization + "'");
        return all.isEmpty() ? List.of() : List.of(all.split(";"));
    }

    /** Runs SQL in the control plane. */
    String control(String sql) {
        Server server = new Server(18, port, USER, direct.controlPassword(), cluster);
        return Installation.sql(
                server, "postgres", USER, direct.controlPassword().reveal(), sql);
    }

    /** Runs SQL on the host as its administrator. */
    String host(String database, String sql) {
        return as(host.user(), host.password().reveal(), database, sql);
    }

    /** Runs SQL on the host as somebody. */
    String as(String user, String password, String database, String sql) {
        return Installation.sql(host, database.isEmpty() ? "postgres" : database, user, password, sql);
    }

    @Override
    public void close() throws IOException {
        controlWire.close();
        hostWire.close();
        remove();
    }

    private void remove() throws IOException {
        if (Files.exists(directory)) {
            cluster.stop();
            disk.close();
            Binaries.delete(directory);
        }
    }

    /** When the JVM ends before the lane is closed. */
    private void abandon() {
        try {
            remove();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
