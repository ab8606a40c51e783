package io.axiomdb.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.axiomdb.adapter.embedded.EmbeddedServer;
import io.axiomdb.audit.Actor;
import io.axiomdb.audit.AuditEntry;
import io.axiomdb.cli.RealWorld;
import io.axiomdb.cli.world.World;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.port.ControlPlane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * Looking never writes, whatever the control plane is: not there, empty, of an older version, in use. Each command of axm
 * is in one of the two lists, and is run. Whether anything was written on the server, in the control plane or on the host
 * beside it, is what its transaction counter says: a transaction that writes gets a number, others get none.
 */
class LookingWritesNothingTest {
    /** Commands that only look, or edit the file and look then. */
    private static final List<String> LOOK = List.of(
            "init --organization acme --project mail --host embedded --owner dba@acme.example",
            "validate",
            "plan",
            "export --host db1",
            "drift",
            "audit list",
            "audit show 4f2c1ab9",
            "audit verify",
            "network my-ip",
            "network explain --from 203.0.113.7 --project shop --branch main --port direct",
            "network mode set --project shop public_runtime",
            "network rule create --project shop --cidr 203.0.113.0/24 --label Office",
            "network rule list --project shop",
            "network rule get --project shop --rule vpn",
            "network rule delete --project shop --rule vpn",
            "credentials url --project shop --branch main",
            "credentials policy set --project shop --interval-days 30",
            "ca",
            "status",
            "project create mail --host db1",
            "branch list",
            "branch list --removed",
            "branch create shop/staging --from main",
            "branch delete shop/feature/auth",
            "undelete",
            "undelete shop/feature/auth",
            "explain AX0107",
            "completion bash",
            "doctor",
            "version");

    /** Those that change something, or nothing yet without a yes. */
    private static final List<String> CHANGE = List.of(
            "apply",
            "adopt --all",
            "run-due",
            "branch reset shop/feature/auth",
            "purge shop/feature/auth",
            "control-plane upgrade",
            "key new",
            "host enroll db1",
            "host accept db1",
            "demo");

    /** They do without a control plane. */
    private static final List<String> TOUCH_NO_CONTROL_PLANE =
            List.of("init", "validate", "explain", "completion", "doctor", "export", "version", "network my-ip");

    @TempDir
    private static Path serverHome;

    private static EmbeddedServer server;
    private static int databases;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() throws SQLException {
        server = EmbeddedServer.start(serverHome);
        // Nobody but us writes.
        sql("postgres", "ALTER SYSTEM SET autovacuum = off", "SELECT pg_reload_conf()");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void each_command_of_axm_is_here() {
        List<String> commands = new ArrayList<>();
        leaves(Axm.whole(new FakeWorld()), "", commands);
        assertThat(Stream.concat(LOOK.stream(), CHANGE.stream()))
                .allSatisfy(line -> assertThat(commands.stream().anyMatch(c -> (line + " ").startsWith(c + " ")))
                        .as(line)
                        .isTrue());
        assertThat(commands)
                .allSatisfy(command -> assertThat(Stream.concat(LOOK.stream(), CHANGE.stream())
                                .anyMatch(line -> (line + " ").startsWith(command + " ")))
                        .as(command)
                        .isTrue());
    }

    private static void leaves(CommandLine line, String path, List<String> commands) {
        if (line.getSubcommands().isEmpty()) {
            commands.add(path.strip());
        }
        line.getSubcommands().forEach((name, below) -> leaves(below, path + " " + name, commands));
    }

    @Test
    void a_look_at_an_embedded_control_plane_that_was_never_made_makes_none() throws IOException {
        Path home = directory.resolve("home");
        for (String line : LOOK) {
            Run run = run(Map.of("AXM_HOME", home.toString()), embedded(), line);
            assertThat(home).as(line + "\n" + run.said).doesNotExist();
            assertThat(run.said).as(line).doesNotContain("a fault in axm itself");
        }
        assertThat(run(Map.of("AXM_HOME", home.toString()), embedded(), "plan").said)
                .contains("+ branch main");
    }

    @Test
    void what_is_planned_before_it_is_made_is_what_is_applied() throws IOException {
        Map<String, String> world = Map.of("AXM_HOME", directory.resolve("home").toString());
        String digest = digest(run(world, embedded(), "plan --output json").said);

        assertThat(run(world, embedded(), "apply").exit).isEqualTo(Exit.REFUSED);
        assertThat(directory.resolve("home")).doesNotExist();
        Run applied = run(world, embedded(), "apply --plan " + digest);

        assertThat(applied.exit).as(applied.said).isEqualTo(Exit.OK);
        assertThat(applied.said).contains("axm: makes the control plane's schema in ");
        assertThat(run(world, embedded(), "plan --detailed-exitcode").exit).isEqualTo(Exit.OK);
    }

    @Test
    void a_look_at_an_empty_database_makes_no_schema() throws Exception {
        String database = database();
        for (String line : LOOK) {
            writesNothing(database, line);
            assertThat(schemas(database)).as(line).isEqualTo("0");
        }
        assertThat(run(on(database), onServer(), "plan").said).contains("+ organization acme");
        assertThat(run(on(database), onServer(), "apply").exit).isEqualTo(Exit.REFUSED);
        assertThat(schemas(database)).isEqualTo("0");
    }

    @Test
    void a_look_at_an_older_control_plane_is_refused_with_the_command_that_upgrades_it() throws Exception {
        String database = older();
        for (String line : LOOK) {
            Run run = writesNothing(database, line);
            if (TOUCH_NO_CONTROL_PLANE.stream().noneMatch(line::startsWith)) {
                assertThat(run.exit).as(line + "\n" + run.said).isEqualTo(Exit.ERROR);
                assertThat(run.said).as(line).contains("AX0410").contains("axm control-plane upgrade");
            }
        }
        Run revealed = run(on(database), onServer(), "credentials url --project shop --branch main --reveal");
        assertThat(revealed.said).contains("AX0410");
        assertThat(versions(database)).isEqualTo("3");

        Run upgraded = run(on(database), onServer(), "control-plane upgrade");

        assertThat(upgraded.exit).isEqualTo(Exit.OK);
        assertThat(upgraded.said).contains("from version 3 to 4").contains("is up to date");
        assertThat(versions(database)).isEqualTo("4");
        assertThat(run(on(database), onServer(), "control-plane upgrade").said).doesNotContain("version");
    }

    @Test
    void apply_upgrades_an_older_one_and_says_so() throws Exception {
        String database = older();
        Run applied = run(on(database), onServer(), "apply");
        assertThat(applied.said)
                .contains("axm: upgrades the control plane's schema in")
                .contains("from version 3 to 4");
    }

    @Test
    void a_look_at_a_control_plane_in_use_writes_nothing() throws Exception {
        String database = database();
        Run applied = run(on(database), onServer(), "apply --auto-approve --trust-address db1");
        assertThat(applied.exit).as(applied.said).isEqualTo(Exit.OK);
        for (String line : LOOK) {
            writesNothing(database, line);
        }
        String events = one(database, "SELECT count(*) FROM axiomdb.audit_events");

        Run revealed = run(on(database), onServer(), "credentials url --project shop --branch main --reveal");

        assertThat(revealed.exit).as(revealed.said).isEqualTo(Exit.OK);
        assertThat(one(database, "SELECT count(*) FROM axiomdb.audit_events")).isNotEqualTo(events);
    }

    /** What the server itself would refuse: the guard behind all of the above. */
    @Test
    void a_look_that_tried_to_write_would_be_refused_by_the_server() throws Exception {
        String database = database();
        assertThat(run(on(database), onServer(), "control-plane upgrade").exit).isEqualTo(Exit.OK);
        RealWorld real = RealWorld.of(on(database));
        try (var opened = real.world().open(onServer(), World.Opening.LOOK)) {
            assertThat(catchThrowable(
                            () -> opened.controlPlane().begin("acme", List.of(new ControlPlane.Intent(entry(), null)))))
                    .rootCause()
                    .hasMessageContaining("read-only transaction");
        }
    }

    private static AuditEntry entry() {
        return new io.axiomdb.audit.AuditEntry(
                "4f2c1ab9-0000-0000-0000-000000000000",
                AuditEntry.Phase.INTENT,
                "branch.created",
                new Actor("dba@acme.example", false, null, null),
                null,
                ResourceKey.branch("shop", "main"),
                "db1",
                new TreeMap<>(),
                new TreeMap<>(),
                "manual",
                "");
    }

    private Run writesNothing(String database, String line) throws Exception {
        String before = one(database, "SELECT pg_snapshot_xmax(pg_current_snapshot())");
        Run run = run(on(database), onServer(), line);
        assertThat(one(database, "SELECT pg_snapshot_xmax(pg_current_snapshot())"))
                .as(line + " wrote\n" + run.said)
                .isEqualTo(before);
        assertThat(run.said).as(line).doesNotContain("a fault in axm itself");
        return run;
    }

    private record Run(int exit, String said) {}

    private Run run(Map<String, String> environment, Path file, String line) {
        SortedMap<String, String> all = new TreeMap<>(environment);
        all.put("NO_COLOR", "1");
        all.put("AXM_ACTOR", "dba@acme.example");
        all.putIfAbsent("AXM_HOME", directory.resolve("unused").toString());
        RealWorld real = RealWorld.of(all);
        List<String> words = new ArrayList<>(Arrays.asList(line.split(" ")));
        if (!new TreeSet<>(List.of("explain", "completion", "version", "demo")).contains(words.getFirst())) {
            words.addAll(List.of("--file", file.toString()));
        }
        int exit = Axm.run(real.world(), words);
        assertThat(exit).as(real.said()).isNotEqualTo(Exit.USAGE);
        return new Run(exit, real.said());
    }

    private static String digest(String json) {
        var found = Pattern.compile("\"digest\"\\s*:\\s*\"([0-9a-f]{64})\"").matcher(json);
        assertThat(found.find()).as(json).isTrue();
        return found.group(1);
    }

    /** Edits make another one of it, so each run gets its own. */
    private Path file(String host) throws IOException {
        Path file = Files.createTempDirectory(directory, "repository").resolve("axiomdb.yaml");
        return Files.writeString(file, """
                version: 1
                organization: acme
                members:
                  dba@acme.example: owner
                hosts:
                  db1:
                %s
                projects:
                  shop:
                    host: db1
                    network: { mode: restricted, rules: { vpn: { label: VPN, cidr: 198.51.100.0/24 } } }
                    rotation_policy: { enabled: true, interval_days: 90, warn_before_days: 7 }
                    branches:
                      main: {}
                      feature/auth: { from: main }
                """.formatted(host.indent(4).stripTrailing()));
    }

    private Path embedded() throws IOException {
        return file("postgres: embedded");
    }

    private Path onServer() throws IOException {
        return file("postgres: { url: postgresql://127.0.0.1:" + server.port() + "/postgres, user: axm_admin,"
                + " password: env:SERVER_PASSWORD }\ntls: disable");
    }

    private static Map<String, String> on(String database) {
        return Map.of(
                "AXM_CONTROL_PLANE_URL",
                "postgresql://axm_admin@127.0.0.1:" + server.port() + "/" + database,
                "AXM_CONTROL_PLANE_PASSWORD",
                "env:SERVER_PASSWORD",
                "SERVER_PASSWORD",
                server.password().reveal());
    }

    private static String database() throws SQLException {
        String name = "plane_" + ++databases;
        sql("postgres", "CREATE DATABASE " + name);
        return name;
    }

    /** As the version before this one left it. */
    private static String older() throws SQLException {
        String database = database();
        Flyway.configure(EmbeddedServer.class.getClassLoader())
                .dataSource(
                        url(database), EmbeddedServer.USER, server.password().reveal())
                .locations("classpath:io/axiomdb/controlplane")
                .defaultSchema("axiomdb")
                .target("3")
                .load()
                .migrate();
        return database;
    }

    private static String schemas(String database) throws SQLException {
        return one(database, "SELECT count(*) FROM pg_namespace WHERE nspname = 'axiomdb'");
    }

    private static String versions(String database) throws SQLException {
        return one(database, "SELECT max(version) FROM axiomdb.flyway_schema_history");
    }

    private static String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + server.port() + "/" + database;
    }

    private static Connection connect(String database) throws SQLException {
        Properties login = new Properties();
        login.put("user", EmbeddedServer.USER);
        login.put("password", server.password().reveal());
        return DriverManager.getConnection(url(database), login);
    }

    private static void sql(String database, String... statements) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            for (String one : statements) {
                statement.execute(one);
            }
        }
    }

    private static String one(String database, String query) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }
}
