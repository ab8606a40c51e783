package io.axiomdb.engine;

import io.axiomdb.adapter.controlplane.ControlPlaneDatabase;
import io.axiomdb.adapter.controlplane.JdbcTarget;
import io.axiomdb.adapter.postgres.PostgresReader;
import io.axiomdb.adapter.postgres.PostgresWriter;
import io.axiomdb.adapter.postgres.ScramHasher;
import io.axiomdb.adapter.postgres.Target;
import io.axiomdb.adapter.postgres.tools.ClientTools;
import io.axiomdb.adapter.secrets.TinkKey;
import io.axiomdb.apply.Progress;
import io.axiomdb.audit.Actor;
import io.axiomdb.audit.AuditEntry;
import io.axiomdb.core.DiagnosticText;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.load.Loaded;
import io.axiomdb.load.Loader;
import io.axiomdb.plan.Asked;
import io.axiomdb.plan.HeldBack.Named;
import io.axiomdb.port.ControlPlane.Intent;
import io.axiomdb.port.ControlPlane.Note;
import io.axiomdb.port.DesiredSource;
import io.axiomdb.port.HostWriter;
import io.axiomdb.registry.CredentialKey;
import io.axiomdb.registry.Identity;
import io.axiomdb.testing.MemoryFiles;
import io.axiomdb.testing.NoFiles;
import io.axiomdb.testing.Servers;
import io.axiomdb.testing.Servers.Server;
import io.axiomdb.testing.TextSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A whole AxiomDB without the command line: a control plane in a database of its own on the newest server, and hosts that
 * are servers of any version. Nothing is faked but the files of hosts with {@code ssh}.
 */
public final class Installation implements AutoCloseable {
    /** A port on which nothing listens. */
    private static final int NOBODY = 1;

    /** By the names that files of tests give them. */
    public static final SortedSet<String> HOSTS = new TreeSet<>(List.of("db1", "db2", "dead", "beside", "other"));

    private static final AtomicInteger COUNT = new AtomicInteger();

    final Server host;
    final ControlPlaneDatabase controlPlane;
    final MemoryFiles files;
    private final String database;
    private final Path home;
    final Outside outside;
    final Engine engine;

    private Installation(
            Server host,
            String holder,
            JdbcTarget target,
            Path home,
            Supplier<SortedMap<Integer, Path>> programs,
            MemoryFiles files) {
        this.host = host;
        this.database = target.database();
        this.home = home;
        this.controlPlane =
                ControlPlaneDatabase.open(target, TinkKey.at(null, home, Map.of()), ControlPlaneDatabase.LEASE);
        this.files = files.goingBy(controlPlane::now);
        this.outside = new Outside(
                controlPlane,
                controlPlane.secrets(),
                controlPlane.leases(),
                new PostgresReader(this::target),
                new PostgresWriter(this::target, programs),
                files,
                new NoFiles(),
                new ScramHasher(),
                new SecureRandom(),
                holder);
        this.engine = new Engine(outside);
    }

    /** The same, changing hosts in another way. */
    private Installation(Installation other, HostWriter writer) {
        this.host = other.host;
        this.database = other.database;
        this.home = other.home;
        this.controlPlane = other.controlPlane;
        this.files = other.files;
        this.outside = new Outside(
                controlPlane,
                controlPlane.secrets(),
                controlPlane.leases(),
                other.outside.reader(),
                writer,
                files,
                other.outside.authority(),
                other.outside.hasher(),
                other.outside.random(),
                other.outside.holder());
        this.engine = new Engine(outside);
    }

    /** The same, changing hosts in another way. */
    Installation writing(HostWriter writer) {
        return new Installation(this, writer);
    }

    /** A new control plane, and hosts of the given version. */
    static Installation of(int version) {
        return of(version, ClientTools::none);
    }

    /** A new control plane for the same hosts, which belong to the one that is there. */
    static Installation ofNextTo(Installation other) {
        return of(other.host, ClientTools::none);
    }

    /** The same, with PostgreSQL's own programs. */
    static Installation of(int version, Supplier<SortedMap<Integer, Path>> programs) {
        Server host = Servers.of(version);
        forgetMarks(host);
        return of(host, programs);
    }

    private static Installation of(Server host, Supplier<SortedMap<Integer, Path>> programs) {
        Server newest = Servers.of(18);
        String database = "control_plane_" + COUNT.incrementAndGet();
        sql(newest, "postgres", newest.user(), newest.password().reveal(), "CREATE DATABASE " + database);
        JdbcTarget target = new JdbcTarget(
                Server.ADDRESS, newest.port(), database, newest.user(), newest.password(), "disable", null);
        try {
            return new Installation(
                    host,
                    "test",
                    target,
                    Files.createTempDirectory("axm-home-"),
                    programs,
                    new MemoryFiles(Instant::now));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A control plane that goes on, and one that was restored from a backup of it. */
    record Twins(Installation original, Installation restored) implements AutoCloseable {
        @Override
        public void close() {
            original.close();
            restored.close();
        }
    }

    /** Both of them, as this one is now. It is closed, for a database that is copied has nobody in it. */
    Twins backup() {
        close();
        Server newest = Servers.of(18);
        String copy = "control_plane_" + COUNT.incrementAndGet();
        sql(
                newest,
                "postgres",
                newest.user(),
                newest.password().reveal(),
                "CREATE DATABASE " + copy + " TEMPLATE " + database);
        return new Twins(again(database), again(copy));
    }

    private Installation again(String controlPlaneDatabase) {
        Server newest = Servers.of(18);
        JdbcTarget target = new JdbcTarget(
                Server.ADDRESS, newest.port(), controlPlaneDatabase, newest.user(), newest.password(), "disable", null);
        return new Installation(host, "test", target, home, ClientTools::none, files);
    }

    /** Servers are shared by tests, each of which has a control plane of its own. */
    private static void forgetMarks(Server host) {
        boolean made = sql(
                        host,
                        "postgres",
                        host.user(),
                        host.password().reveal(),
                        "SELECT count(*) FROM pg_database WHERE datname = 'axiomdb_lock'")
                .equals("1");
        if (made) {
            sql(
                    host,
                    "axiomdb_lock",
                    host.user(),
                    host.password().reveal(),
                    "DELETE FROM axiomdb.mark WHERE organization = 'acme'");
        }
    }

    /** Every host is this server, but one that is called {@code beside}; {@code dead} answers nobody. */
    private Target target(Host any) {
        Server server = any.name().equals("beside") ? beside() : host;
        int port = any.name().equals("dead") ? NOBODY : server.port();
        return new Target(Server.ADDRESS, port, "postgres", server.user(), server.password(), Host.Tls.DISABLE);
    }

    /** A server of another version, on which no control plane is. */
    Server beside() {
        return Servers.of(host.version() == 16 ? 17 : 16);
    }

    /** A configuration as a person writes it; hosts need no truth in it, for all of them are this installation's server. */
    public static Desired desired(String yaml) {
        return desired(TextSource.of(yaml));
    }

    public static Desired desired(DesiredSource source) {
        Loaded loaded = Loader.load(source, Instant.parse("2026-01-01T00:00:00Z"));
        if (loaded.desired() == null) {
            throw new IllegalArgumentException(DiagnosticText.render(loaded.diagnostics(), loaded.texts()));
        }
        return loaded.desired();
    }

    /** A process begins a change and dies before anything else: its intent is there, and never gets an outcome from it. */
    void died(
            String mutation,
            String event,
            ResourceKey target,
            SortedMap<String, String> before,
            SortedMap<String, String> after) {
        AuditEntry intent = new AuditEntry(
                mutation,
                AuditEntry.Phase.INTENT,
                event,
                request().actor(),
                null,
                target,
                "db1",
                before,
                after,
                "manual",
                "a process that died");
        controlPlane.begin("acme", List.of(new Intent(intent, null)));
    }

    /** The same of a reset that was made to its end: what it made has its branch's name, and only the registry does not know. */
    void diedWhenDone(String mutation, ResourceKey branch, String database) {
        Identity was = Objects.requireNonNull(
                        controlPlane.read("acme").applied().get(branch))
                .identity();
        died(mutation, "branch.reset", branch, new TreeMap<>(), new TreeMap<>());
        controlPlane.note("acme", new Note.Begins(branch, mutation, "axm_new_0123456789abcdef"));
        String oid = ask("postgres", "SELECT oid FROM pg_database WHERE datname = '" + database + "'");
        controlPlane.note("acme", new Note.Database("axm_new_0123456789abcdef", was.system(), Long.parseLong(oid)));
    }

    /** From somebody who vouches for all hosts of the tests, most of which have addresses that nobody ever applied. */
    static Request request(Named... repairs) {
        return new Request(
                new Actor("dba@acme.example", false, null, "test"),
                "manual",
                null,
                Asked.of(Set.of(repairs), 1),
                HOSTS);
    }

    Planned plan(Desired desired, Named... repairs) {
        return engine.plan(desired, request(repairs));
    }

    /** Plans and applies exactly that. */
    ApplyReport apply(Desired desired, Named... repairs) {
        return apply(desired, request(repairs), () -> false);
    }

    /** The same, asked for otherwise. */
    ApplyReport apply(Desired desired, Request request, BooleanSupplier stop) {
        String digest = engine.plan(desired, request).plan().digest().hex();
        return engine.apply(desired, request, digest, Progress.NONE, stop);
    }

    /** Plans, and applies that until it has asked so often whether to stop. */
    ApplyReport stopAfter(Desired desired, int questions, Named... repairs) {
        return stopAfter(desired, request(repairs), questions);
    }

    /** The same, asked for otherwise. */
    ApplyReport stopAfter(Desired desired, Request request, int questions) {
        int[] left = {questions};
        return apply(desired, request, () -> left[0]-- <= 0);
    }

    /** Runs SQL on the host as its administrator. */
    void admin(String database, String sql) {
        sql(host, database, host.user(), host.password().reveal(), sql);
    }

    /** As if the process had died when all steps were made and no outcome was written. */
    void forgetOutcomeOf(String branch) {
        control("UPDATE axiomdb.project_branches SET complete = false WHERE name = '" + branch + "'");
    }

    /** Runs SQL in the control plane. */
    void control(String sql) {
        Server newest = Servers.of(18);
        sql(newest, database, newest.user(), newest.password().reveal(), sql);
    }

    String password(String project, String branch, RoleKind role) {
        return controlPlane
                .secrets()
                .current("acme", new CredentialKey(project, branch, role))
                .orElseThrow()
                .password()
                .reveal();
    }

    /** Runs SQL on the host as a role of a branch, with the password of the secret store. */
    String as(String project, String branch, RoleKind kind, String role, String database, String sql) {
        return sql(host, database, role, password(project, branch, kind), sql);
    }

    /** Runs SQL on the host as its administrator, and gives its first value. */
    String ask(String database, String sql) {
        return sql(host, database, host.user(), host.password().reveal(), sql);
    }

    /** A project on one host, with the given text between the braces of its branches. */
    static Desired project(String name, String branches) {
        return project(name, "", branches);
    }

    /** The same with further lines of the project. */
    static Desired project(String name, String lines, String branches) {
        return desired("""
                version: 1
                organization: acme
                hosts:
                  db1: { postgres: { url: "postgresql://db1.acme.example:5432/postgres" } }
                projects:
                  %s:
                    host: db1
                    %s
                    branches: {%s}
                """.formatted(name, lines, branches));
    }

    /**
     * A host whose files AxiomDB keeps.
     *
     * @param project one line of the file, without what stands before it
     */
    static Desired onMachine(String project) {
        return desired("""
                version: 1
                organization: acme
                hosts:
                  db1:
                    postgres: { url: "postgresql://127.0.0.1:5432/postgres", user: axm_admin }
                    ssh:
                      address: db1.acme.example
                      key: "file:key"
                      host_keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0u1p2b9q0oYv3m1j8m8c6i6v4h1m1vZ8d9b1w3K2xY"]
                projects:
                  %s
                """.formatted(project));
    }

    /** Drops what a project left on the host, and what was set aside. */
    void drop(String project) {
        dropAll("DATABASE", "SELECT datname FROM pg_database WHERE datname ~ '^(sq_" + project + "|axm_del)'");
        dropAll("ROLE", "SELECT rolname FROM pg_roles WHERE rolname ~ '^(" + project + "|axm_del).*_(owner|rw|ro)$'");
    }

    private void dropAll(String kind, String names) {
        String all = ask("postgres", "SELECT string_agg(n, ';') FROM (" + names + ") x (n)");
        Stream.of(all.split(";"))
                .filter(name -> !name.isEmpty())
                .forEach(name -> admin("postgres", "DROP " + kind + " \"" + name + "\""));
    }

    /** The first value of the last result, or empty text. */
    public static String sql(Server server, String database, String user, String password, String sql) {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        String url = "jdbc:postgresql://" + Server.ADDRESS + ":" + server.port() + "/"
                + java.net.URLEncoder.encode(database, java.nio.charset.StandardCharsets.UTF_8);
        try (Connection connection = DriverManager.getConnection(url, properties);
                Statement statement = connection.createStatement()) {
            boolean rows = statement.execute(sql);
            String last = "";
            while (rows || statement.getUpdateCount() >= 0) {
                if (rows) {
                    last = first(statement.getResultSet());
                }
                rows = statement.getMoreResults();
            }
            return last;
        } catch (SQLException e) {
            throw new SqlRefused(e);
        }
    }

    private static String first(ResultSet rows) throws SQLException {
        return rows.next() && rows.getString(1) != null ? rows.getString(1) : "";
    }

    @Override
    public void close() {
        controlPlane.close();
    }

    /** The server said no. */
    public static final class SqlRefused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SqlRefused(SQLException cause) {
            super(cause.getMessage(), cause);
        }
    }
}
