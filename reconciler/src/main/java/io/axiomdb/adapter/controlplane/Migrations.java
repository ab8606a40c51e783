package io.axiomdb.adapter.controlplane;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** Brings the schema to this program's version. Asks for the version with one query first, for Flyway takes its time. */
final class Migrations {
    /** The highest V*.sql beside the first. */
    static final int LATEST = 4;

    /** The version of a schema that is not there. */
    private static final int NONE = 0;

    private static final String HISTORY = "SELECT to_regclass('axiomdb.flyway_schema_history') IS NOT NULL,"
            + " EXISTS (SELECT FROM pg_class WHERE relnamespace = to_regnamespace('axiomdb'))";
    private static final String VERSION = "SELECT coalesce(max(version::integer) FILTER (WHERE success), 0)"
            + " FROM axiomdb.flyway_schema_history WHERE version IS NOT NULL";
    private static final String MAY_MAKE = "SELECT to_regnamespace('axiomdb') IS NOT NULL"
            + " OR has_database_privilege(current_database(), 'CREATE')";
    private static final String NOT_ALLOWED = "42501";

    /** Kept, for a logger that nobody holds forgets its level. */
    private static final Logger FLYWAY = Logger.getLogger("org.flywaydb");

    static {
        FLYWAY.setLevel(Level.SEVERE);
    }

    private Migrations() {}

    /**
     * Makes the schema or brings it up to date; does nothing when it is.
     *
     * @param notice gets what is about to be done
     * @throws AxiomException with CONTROL_PLANE_NEWER or CONTROL_PLANE_SCHEMA
     */
    static void run(DataSource pool, JdbcTarget target, Consumer<String> notice) throws SQLException {
        int version = version(pool, target);
        if (version < LATEST) {
            requireRights(pool, target);
            notice.accept(
                    version == NONE
                            ? "makes the control plane's schema in " + target
                            : "upgrades the control plane's schema in " + target + " from version " + version + " to "
                                    + LATEST);
            migrate(target);
        }
    }

    /**
     * Whether the schema is there and of this program's version; false when there is none. Changes nothing.
     *
     * @throws AxiomException with CONTROL_PLANE_NEWER, CONTROL_PLANE_OLDER or CONTROL_PLANE_SCHEMA
     */
    static boolean isCurrent(DataSource pool, JdbcTarget target) throws SQLException {
        int version = version(pool, target);
        if (version != NONE && version < LATEST) {
            throw new AxiomException(
                    Diagnostic.of(
                            Code.CONTROL_PLANE_OLDER,
                            target + ": its schema has version " + version + ", this program needs " + LATEST,
                            "back up that database, then run\n    axm control-plane upgrade\naxm apply does it too; no command that only looks does"));
        }
        return version != NONE;
    }

    /** Flyway would try for ten seconds to make a schema that it may not make. */
    private static void requireRights(DataSource pool, JdbcTarget target) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(MAY_MAKE)) {
            row.next();
            if (!row.getBoolean(1)) {
                throw refused(target, new SQLException("permission denied to create the schema axiomdb"));
            }
        }
    }

    /** NONE where the schema is not there, or has nothing in it. */
    private static int version(DataSource pool, JdbcTarget target) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            int version = version(statement, target);
            if (version > LATEST) {
                throw new AxiomException(Diagnostic.of(
                        Code.CONTROL_PLANE_NEWER,
                        target + ": its schema has version " + version + ", this program knows " + LATEST,
                        "use the AxiomDB that made it, or a newer one"));
            }
            return version;
        } catch (SQLException e) {
            if (NOT_ALLOWED.equals(e.getSQLState())) {
                throw refused(target, e);
            }
            throw e;
        }
    }

    private static int version(Statement statement, JdbcTarget target) throws SQLException {
        try (ResultSet there = statement.executeQuery(HISTORY)) {
            there.next();
            if (!there.getBoolean(1)) {
                if (there.getBoolean(2)) {
                    throw refused(
                            target, new SQLException("the schema axiomdb holds something that AxiomDB did not make"));
                }
                return NONE;
            }
        }
        try (ResultSet row = statement.executeQuery(VERSION)) {
            row.next();
            return row.getInt(1);
        }
    }

    private static void migrate(JdbcTarget target) {
        try {
            Flyway.configure(Migrations.class.getClassLoader())
                    .dataSource(Connections.single(target))
                    .locations("classpath:io/axiomdb/controlplane")
                    .defaultSchema("axiomdb")
                    .createSchemas(true)
                    .failOnMissingLocations(true)
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            SQLException sql = Failures.sqlCause(e);
            // What is wrong with the schema itself is told as such, by Flyway's words too.
            throw sql == null || String.valueOf(sql.getSQLState()).startsWith("42")
                    ? refused(target, e)
                    : Failures.told(e, target);
        }
    }

    private static AxiomException refused(JdbcTarget target, Exception cause) {
        return new AxiomException(
                Diagnostic.of(
                        Code.CONTROL_PLANE_SCHEMA,
                        target + ": "
                                + String.valueOf(cause.getMessage()).strip().replaceAll("\\s*\\R\\s*", " "),
                        "the user must own the schema axiomdb, or may create it (GRANT CREATE ON DATABASE), and nothing"
                                + " else may be in it"),
                cause);
    }
}
