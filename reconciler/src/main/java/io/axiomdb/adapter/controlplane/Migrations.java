package io.axiomdb.adapter.controlplane;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.OptionalInt;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** Brings the schema to this program's version. Asks for the version with one query first, for Flyway takes its time. */
final class Migrations {
    /** The highest V*.sql beside the first. */
    static final int LATEST = 3;

    private static final String VERSION = """
            SELECT coalesce(max(version::integer) FILTER (WHERE success), 0), coalesce(bool_or(NOT success), false)
            FROM axiomdb.flyway_schema_history WHERE version IS NOT NULL
            """;
    private static final String MAY_MAKE = "SELECT to_regnamespace('axiomdb') IS NOT NULL"
            + " OR has_database_privilege(current_database(), 'CREATE')";
    private static final String NO_SCHEMA = "3F000";
    private static final String NO_TABLE = "42P01";
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
     * @throws AxiomException with CONTROL_PLANE_NEWER or CONTROL_PLANE_SCHEMA
     */
    static void run(DataSource pool, JdbcTarget target) throws SQLException {
        OptionalInt version = version(pool, target);
        if (version.isPresent() && version.getAsInt() > LATEST) {
            throw new AxiomException(Diagnostic.of(
                    Code.CONTROL_PLANE_NEWER,
                    target + ": its schema has version " + version.getAsInt() + ", this program knows " + LATEST,
                    "use the AxiomDB that made it, or a newer one"));
        }
        if (version.isEmpty() || version.getAsInt() < LATEST) {
            requireRights(pool, target);
            migrate(target);
        }
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

    private static OptionalInt version(DataSource pool, JdbcTarget target) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(VERSION)) {
            row.next();
            return row.getBoolean(2) ? OptionalInt.empty() : OptionalInt.of(row.getInt(1));
        } catch (SQLException e) {
            if (NO_SCHEMA.equals(e.getSQLState()) || NO_TABLE.equals(e.getSQLState())) {
                return OptionalInt.empty();
            }
            if (NOT_ALLOWED.equals(e.getSQLState())) {
                throw refused(target, e);
            }
            throw e;
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
            throw refused(target, e);
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
