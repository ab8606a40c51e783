package io.axiomdb.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.adapter.embedded.EmbeddedServer;
import io.axiomdb.adapter.secrets.TinkKey;
import io.axiomdb.cli.RealWorld;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/disaster.md tells to type is typed, section by section, after the disaster really happened. */
class DisasterDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "disaster.md");
    private static final String DEV = "sq_shop_main_br_dev";

    @TempDir
    private Path directory;

    private EmbeddedServer server;
    private Path file;
    private String hostPassword = "";

    private record Run(String line, int exit, String said) {}

    @BeforeEach
    void start() throws IOException, SQLException {
        server = EmbeddedServer.start(Files.createDirectory(directory.resolve("server")));
        file = directory.resolve("axiomdb.yaml");
        sql(server, "postgres", "CREATE DATABASE plane");
        declare(server, "main: {}");
        ok(run("plane", "axm apply"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void declare(EmbeddedServer host, String branches) throws IOException {
        hostPassword = host.password().reveal();
        Files.writeString(file, """
                version: 1
                organization: acme
                members: { dba@acme.example: owner }
                hosts:
                  db1:
                    postgres: { url: "postgresql://127.0.0.1:%d/postgres", user: axm_admin, password: env:SERVER_PASSWORD }
                    tls: disable
                projects:
                  shop: { host: db1, branches: { %s } }
                """.formatted(host.port(), branches));
    }

    @Test
    void the_secrets_key_is_lost() throws Exception {
        String old = url("plane");
        Files.delete(directory.resolve("home").resolve(TinkKey.FILE));
        Run missing = run("plane", "axm credentials url --project shop --reveal");
        assertThat(missing.exit()).isEqualTo(Exit.ERROR);
        assertThat(missing.said()).contains("AX0302").contains("axm key new").contains(TinkKey.FILE);

        List<Run> runs = play("plane", "The secrets key is lost");

        assertThat(runs.getFirst().said())
                .contains("shop/main/owner")
                .contains("shop/main/rw")
                .contains("shop/main/ro");
        assertThat(runs.getLast().said()).as("no host with ssh").contains("has signed no server's certificate");
        runs.subList(0, runs.size() - 1).forEach(DisasterDocumentTest::ok);
        assertThat(url("plane")).startsWith("DATABASE_URL=").isNotEqualTo(old);
        converged("plane");
    }

    @Test
    void the_control_plane_is_lost() throws Exception {
        declare(server, "main: {}, dev: {}");
        ok(run("plane", "axm apply"));
        sql(server, DEV, "CREATE TABLE t AS SELECT 7 AS a");
        declare(server, "main: {}");
        ok(run("plane", "axm apply"));
        sql(server, "postgres", "DROP DATABASE plane", "CREATE DATABASE new_plane");

        List<Run> runs = play("new_plane", "The control plane is lost");

        assertThat(runs.getFirst().said()).contains("AX0414");
        assertThat(runs.get(1).said()).contains("AX0419").contains("AX0420");
        runs.subList(1, runs.size()).forEach(DisasterDocumentTest::ok);
        assertThat(runs.stream()
                        .filter(run -> run.line().equals("axm undelete"))
                        .toList())
                .singleElement()
                .satisfies(run -> assertThat(run.said()).contains("shop/dev"));
        assertThat(url("new_plane")).startsWith("DATABASE_URL=");
        converged("new_plane");
        ok(run("new_plane", "axm undelete shop/dev"));
        ok(run("new_plane", "axm apply"));
        assertThat(one(server, DEV, "SELECT a FROM t")).isEqualTo("7");
    }

    @Test
    void the_control_plane_was_restored_from_a_backup() throws Exception {
        sql(server, "postgres", "CREATE DATABASE backup TEMPLATE plane");
        declare(server, "main: { connection_limits: { rw: 7 } }");
        ok(run("plane", "axm apply"));

        List<Run> runs = play("backup", "The control plane was restored from a backup");

        assertThat(runs.getFirst().said()).contains("AX0416");
        runs.subList(1, runs.size()).forEach(DisasterDocumentTest::ok);
        converged("backup");
        assertThat(run("plane", "axm plan").said()).contains("AX0416");
    }

    @Test
    void two_control_planes_by_mistake() throws Exception {
        sql(server, "postgres", "CREATE DATABASE mistake");
        ok(run("mistake", "axm adopt --all --trust-address db1"));

        List<Run> runs = play("plane", "Two control planes by mistake");

        assertThat(runs.getFirst().said()).contains("AX0414");
        runs.subList(1, runs.size()).forEach(DisasterDocumentTest::ok);
        converged("plane");
        assertThat(run("mistake", "axm plan").said()).contains("AX0414");
        assertThat(url("plane")).as("its passwords are still known").startsWith("DATABASE_URL=");
    }

    @Test
    void a_host_is_lost() throws Exception {
        EmbeddedServer lost = EmbeddedServer.start(Files.createDirectory(directory.resolve("lost")));
        declare(lost, "main: {}");
        sql(server, "postgres", "CREATE DATABASE plane_of_lost");
        ok(run("plane_of_lost", "axm apply"));
        String url = url("plane_of_lost");
        List<String> dump = dump(lost);
        lost.close();
        try (EmbeddedServer again = EmbeddedServer.start(Files.createDirectory(directory.resolve("again")))) {
            sql(again, "postgres", dump.toArray(String[]::new));
            declare(again, "main: {}");

            List<Run> runs = play("plane_of_lost", "A host is lost", " --trust-address db1");

            assertThat(runs.getFirst().said()).contains("axm host accept db1");
            runs.subList(1, runs.size()).forEach(DisasterDocumentTest::ok);
            converged("plane_of_lost");
            assertThat(url("plane_of_lost").replaceAll("127.0.0.1:\\d+", ""))
                    .as("passwords are those of before")
                    .isEqualTo(url.replaceAll("127.0.0.1:\\d+", ""));
        }
    }

    /** What pg_dumpall writes of roles, and empty databases. */
    private static List<String> dump(EmbeddedServer of) throws SQLException {
        List<String> dump = new ArrayList<>();
        for (String query : List.of(
                "SELECT format('CREATE ROLE %I LOGIN PASSWORD %L CONNECTION LIMIT %s', rolname, rolpassword, rolconnlimit)"
                        + " FROM pg_authid WHERE rolname LIKE 'shop%'",
                "SELECT format('COMMENT ON ROLE %I IS %L', rolname, shobj_description(oid, 'pg_authid')) FROM pg_authid"
                        + " WHERE rolname LIKE 'shop%'",
                "SELECT format('CREATE DATABASE %I OWNER %I', datname, datdba::regrole::text) FROM pg_database WHERE datname"
                        + " LIKE 'sq_shop%'",
                "SELECT format('COMMENT ON DATABASE %I IS %L', datname, shobj_description(oid, 'pg_database')) FROM"
                        + " pg_database WHERE datname LIKE 'sq_shop%'")) {
            dump.addAll(all(of, "postgres", query));
        }
        return dump;
    }

    private List<Run> play(String plane, String section) throws IOException {
        return play(plane, section, "");
    }

    /** Types the section's commands in their order. */
    private List<Run> play(String plane, String section, String more) throws IOException {
        String text = Files.readString(DOCUMENT);
        int begin = text.indexOf("\n## " + section + "\n");
        assertThat(begin).as(section).isPositive();
        int end = text.indexOf("\n## ", begin + 1);
        List<String> lines = text.substring(begin, end < 0 ? text.length() : end)
                .lines()
                .filter(line -> line.startsWith("axm "))
                .toList();
        assertThat(lines).as(section).hasSizeGreaterThan(2);
        return lines.stream().map(line -> run(plane, line, more)).toList();
    }

    private Run run(String plane, String line) {
        return run(plane, line, "");
    }

    private Run run(String plane, String line, String more) {
        SortedMap<String, String> environment = new TreeMap<>(Map.of(
                "NO_COLOR",
                "1",
                "AXM_ACTOR",
                "dba@acme.example",
                "AXM_HOME",
                directory.resolve("home").toString(),
                "AXM_CONTROL_PLANE_URL",
                "postgresql://axm_admin@127.0.0.1:" + server.port() + "/" + plane,
                "AXM_CONTROL_PLANE_PASSWORD",
                "env:PLANE_PASSWORD",
                "PLANE_PASSWORD",
                server.password().reveal(),
                "SERVER_PASSWORD",
                hostPassword));
        RealWorld real = RealWorld.answering(environment, "yes\n".repeat(3));
        String typed = (line + more).replaceAll(" > .*$", "") + " --file " + file;
        List<String> words = Pattern.compile("\"([^\"]*)\"|(\\S+)")
                .matcher(typed.substring("axm ".length()))
                .results()
                .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
                .toList();
        return new Run(line, Axm.run(real.world(), words), real.said());
    }

    private static void ok(Run run) {
        assertThat(run.exit()).as(run.line() + "\n" + run.said()).isEqualTo(Exit.OK);
    }

    private void converged(String plane) {
        Run plan = run(plane, "axm plan --detailed-exitcode");
        assertThat(plan.exit()).as(plan.said()).isEqualTo(Exit.OK);
        ok(run(plane, "axm audit verify"));
    }

    /** Of which the password is the right one: the server says so. */
    private String url(String plane) throws SQLException {
        Run run = run(plane, "axm credentials url --project shop --target runtime --reveal");
        ok(run);
        String url = run.said()
                .lines()
                .filter(line -> line.startsWith("DATABASE_URL="))
                .findFirst()
                .orElseThrow();
        var parts = Pattern.compile("postgresql://([^:]+):([^@]+)@([^/]+)/([^?\"]+)")
                .matcher(url);
        assertThat(parts.find()).as(url).isTrue();
        Properties login = new Properties();
        login.put("user", parts.group(1));
        login.put("password", URLDecoder.decode(parts.group(2), StandardCharsets.UTF_8));
        DriverManager.getConnection("jdbc:postgresql://" + parts.group(3) + "/" + parts.group(4), login)
                .close();
        return url;
    }

    private static Connection connect(EmbeddedServer to, String database) throws SQLException {
        Properties login = new Properties();
        login.put("user", EmbeddedServer.USER);
        login.put("password", to.password().reveal());
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + to.port() + "/" + database, login);
    }

    private static void sql(EmbeddedServer to, String database, String... statements) throws SQLException {
        try (Connection connection = connect(to, database);
                Statement statement = connection.createStatement()) {
            for (String one : statements) {
                statement.execute(one);
            }
        }
    }

    private static List<String> all(EmbeddedServer of, String database, String query) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = connect(of, database);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                rows.add(row.getString(1));
            }
        }
        return rows;
    }

    private static String one(EmbeddedServer of, String database, String query) throws SQLException {
        return all(of, database, query).getFirst();
    }
}
