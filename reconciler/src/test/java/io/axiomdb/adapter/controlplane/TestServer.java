package io.axiomdb.adapter.controlplane;

import io.axiomdb.testing.Servers;
import io.axiomdb.testing.Servers.Server;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** One throw-away PostgreSQL for this package's tests, stopped with the JVM; a fresh database for each test. */
final class TestServer {
    private static final Server SERVER = Servers.of(18);
    /** As somebody does who owns the database and wants to change the past. */
    static final List<String> TRIGGERS_OFF = List.of(
            "ALTER TABLE axiomdb.audit_events DISABLE TRIGGER USER",
            "ALTER TABLE axiomdb.credential_events DISABLE TRIGGER USER",
            "ALTER TABLE axiomdb.certificate_authorities DISABLE TRIGGER USER",
            "ALTER TABLE axiomdb.lost_authorities DISABLE TRIGGER USER",
            "ALTER TABLE axiomdb.audit_head DISABLE TRIGGER USER");

    private static final Queue<JdbcTarget> FREE = new ConcurrentLinkedQueue<>();
    private static final AtomicInteger COUNT = new AtomicInteger();

    /** Without any schema of ours. */
    static JdbcTarget emptyDatabase() {
        String name = "empty_" + COUNT.incrementAndGet();
        execute(target("postgres"), "CREATE DATABASE " + name);
        return target(name);
    }

    /** With the schema and nothing in it: one that was given back, or a new one. */
    static JdbcTarget database() {
        JdbcTarget used = FREE.poll();
        if (used != null) {
            return used;
        }
        String name = "plane_" + COUNT.incrementAndGet();
        execute(target("postgres"), "CREATE DATABASE " + name + " TEMPLATE " + Template.NAME);
        return target(name);
    }

    /** Empties the tables for the next test; for databases whose schema and settings are as they were. */
    static void giveBack(JdbcTarget target) {
        List<String> statements = new ArrayList<>(TRIGGERS_OFF);
        query(
                        target,
                        "SELECT relname FROM pg_class WHERE relnamespace = 'axiomdb'::regnamespace AND relkind = 'r'"
                                + " AND relname NOT IN ('flyway_schema_history', 'users') ORDER BY relname <> 'lost_authorities', relname")
                .forEach(table -> statements.add("DELETE FROM axiomdb." + table));
        statements.add("DELETE FROM axiomdb.users");
        statements.add("INSERT INTO axiomdb.audit_head (sequence, hash) VALUES (0, repeat('0', 64))");
        statements.add("ALTER TABLE axiomdb.audit_events ENABLE ALWAYS TRIGGER append_only");
        statements.add("ALTER TABLE axiomdb.credential_events ENABLE ALWAYS TRIGGER append_only");
        statements.add("ALTER TABLE axiomdb.certificate_authorities ENABLE ALWAYS TRIGGER append_only");
        statements.add("ALTER TABLE axiomdb.lost_authorities ENABLE ALWAYS TRIGGER append_only");
        statements.add("ALTER TABLE axiomdb.audit_head ENABLE ALWAYS TRIGGER append_only");
        statements.add("ALTER TABLE axiomdb.audit_head ENABLE ALWAYS TRIGGER only_forward");
        execute(target, String.join(";", statements));
        FREE.add(target);
    }

    private static final class Template {
        static final String NAME = make();

        private static String make() {
            JdbcTarget target = emptyDatabase();
            ControlPlaneDatabase.open(target, TestKey.noKey(), ControlPlaneDatabase.LEASE)
                    .close();
            return target.database();
        }
    }

    private static JdbcTarget target(String database) {
        return JdbcTarget.parse(
                "postgresql://" + SERVER.user() + "@127.0.0.1:" + SERVER.port() + "/" + database + "?sslmode=disable",
                SERVER.password());
    }

    static Connection connect(JdbcTarget target) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + target.port() + "/" + target.database(),
                target.user(),
                SERVER.password().reveal());
    }

    /** As the superuser, past AxiomDB. */
    static void execute(JdbcTarget target, String... statements) {
        try (Connection connection = connect(target);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first column. */
    static List<String> query(JdbcTarget target, String sql) {
        List<String> found = new ArrayList<>();
        try (Connection connection = connect(target);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                found.add(String.valueOf(rows.getString(1)));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return found;
    }
}
