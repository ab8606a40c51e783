package io.axiomdb.adapter.postgres;

import java.sql.SQLException;
import java.util.Properties;
import org.postgresql.PGProperty;
import org.postgresql.jdbc.PgConnection;
import org.postgresql.util.HostSpec;

/**
 * Opens control connections. Everything goes in as properties: no URL is put together, no service file, environment or
 * .pgpass is read.
 */
final class AdminConnections {
    private static final String CONNECT_SECONDS = "10";

    private AdminConnections() {}

    /**
     * A connection in auto-commit mode.
     *
     * @param name shown as application_name
     * @param majorVersion of the server; 0 when it is not known yet
     */
    static PgConnection open(Target target, String database, String name, Pins pins, int majorVersion)
            throws SQLException {
        Properties properties = properties(target, database, name, pins);
        PGProperty.OPTIONS.set(properties, pins.options(majorVersion));
        return connect(target, properties);
    }

    /** The same without our pins: what the owner's own sessions get, and as long as it takes. */
    static PgConnection plain(Target target, String database, String name) throws SQLException {
        return connect(target, properties(target, database, name, Pins.COPY));
    }

    private static PgConnection connect(Target target, Properties properties) throws SQLException {
        return new PgConnection(
                new HostSpec[] {new HostSpec(target.address(), target.port())}, properties, "jdbc:postgresql:");
    }

    private static Properties properties(Target target, String database, String name, Pins pins) {
        Properties properties = new Properties();
        PGProperty.USER.set(properties, target.user());
        PGProperty.PG_DBNAME.set(properties, database);
        if (target.password() != null) {
            PGProperty.PASSWORD.set(properties, target.password().reveal());
        }
        PGProperty.APPLICATION_NAME.set(properties, name);
        security(properties, target);
        manners(properties, pins);
        return properties;
    }

    /** A server that asks for the password in clear is an impostor: {@code tls: required} checks no certificate. */
    private static void security(Properties properties, Target target) {
        String mode = switch (target.tls()) {
            case REQUIRED -> "require";
            case VERIFY_FULL -> "verify-full";
            case DISABLE -> "disable";
        };
        PGProperty.SSL_MODE.set(properties, mode);
        PGProperty.GSS_ENC_MODE.set(properties, "disable");
        PGProperty.REQUIRE_AUTH.set(properties, "!password");
    }

    private static void manners(Properties properties, Pins pins) {
        PGProperty.CONNECT_TIMEOUT.set(properties, CONNECT_SECONDS);
        PGProperty.SOCKET_TIMEOUT.set(
                properties, Long.toString(pins.answerTimeout().toSeconds()));
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        // Then application_name is in the startup packet, and the driver sends no statements of its own.
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "9.6");
        PGProperty.PREPARE_THRESHOLD.set(properties, "0");
        // The driver's texts must not hold more than the server's message: details can quote statements.
        PGProperty.LOG_SERVER_ERROR_DETAIL.set(properties, false);
    }
}
