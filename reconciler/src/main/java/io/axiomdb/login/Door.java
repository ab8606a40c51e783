package io.axiomdb.login;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.postgresql.PGProperty;
import org.postgresql.jdbc.PgConnection;
import org.postgresql.util.HostSpec;
import org.postgresql.util.PSQLState;

/**
 * Logs in. The server has to prove that it knows the password before it gets anything that the password could be guessed from
 * faster than by trying: no cleartext, no MD5 unless somebody said so, and none that lets in whoever comes. All of it takes a
 * bounded time, whatever the other side does. Everything goes in as properties: no URL is put together, no service file,
 * environment or .pgpass is read.
 */
public final class Door {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    /** From the first packet to being let in. Every step has a limit, but an impostor may send one byte at a time. */
    private static final Duration LOGIN = Duration.ofSeconds(60);
    /** PostgreSQL's own default is 4096; a server that asks for more only wants us to calculate. */
    static final int ITERATIONS = 100_000;

    static final String IMPOSTOR =
            "the server does not prove who it is: it asks for the password in clear or as MD5, or for none at all";

    private Door() {}

    /** The server asks for the password in a way that nothing but an impostor needs. */
    public static final class Impostor extends SQLException {
        private static final long serialVersionUID = 1L;

        Impostor(SQLException cause) {
            super(IMPOSTOR, PSQLState.CONNECTION_REJECTED.getState(), cause);
        }
    }

    /** A connection in auto-commit mode. */
    public static PgConnection open(Login login, Session session) throws SQLException {
        return open(login, session, LOGIN);
    }

    /** Judges a connection before anyone gets it. */
    public interface Check {
        void of(PgConnection connection) throws SQLException;
    }

    /** The same, closed again when the check throws. */
    public static PgConnection open(Login login, Session session, Check check) throws SQLException {
        PgConnection connection = open(login, session);
        try {
            check.of(connection);
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    static PgConnection open(Login login, Session session, Duration limit) throws SQLException {
        HostSpec[] server = {new HostSpec(login.address(), login.port())};
        Properties properties = properties(login, session);
        try (Deadline deadline = Deadline.in(limit)) {
            try {
                return deadline.during(() -> new PgConnection(server, properties, "jdbc:postgresql:"));
            } catch (SQLException e) {
                throw deadline.hasPassed() ? tooLong(limit, e) : judged(e);
            } catch (RuntimeException | AssertionError | OutOfMemoryError e) {
                // What the driver makes of messages that no server sends: an answer without a question, a length of
                // gigabytes.
                throw new SQLException(
                        "the server does not keep to PostgreSQL's protocol",
                        PSQLState.PROTOCOL_VIOLATION.getState(),
                        e);
            }
        }
    }

    private static SQLException tooLong(Duration limit, SQLException cause) {
        return new SQLException(
                "logging in took longer than " + limit.toSeconds() + " s",
                PSQLState.CONNECTION_UNABLE_TO_CONNECT.getState(),
                cause);
    }

    /** The driver has no state of its own for this; it names the property that we set. */
    private static SQLException judged(SQLException failure) {
        return String.valueOf(failure.getMessage()).contains(PGProperty.REQUIRE_AUTH.getName())
                ? new Impostor(failure)
                : failure;
    }

    private static Properties properties(Login login, Session session) {
        Properties properties = new Properties();
        PGProperty.USER.set(properties, login.user());
        PGProperty.PG_DBNAME.set(properties, login.database());
        if (login.password() != null) {
            PGProperty.PASSWORD.set(properties, login.password().reveal());
        }
        PGProperty.REQUIRE_AUTH.set(properties, login.requiredAuth());
        PGProperty.SCRAM_MAX_ITERATIONS.set(properties, ITERATIONS);
        PGProperty.SSL_MODE.set(properties, login.sslMode());
        if (login.sslRootCert() != null) {
            PGProperty.SSL_ROOT_CERT.set(properties, login.sslRootCert());
        }
        if (login.bindsChannel()) {
            PGProperty.CHANNEL_BINDING.set(properties, "require");
        }
        PGProperty.GSS_ENC_MODE.set(properties, "disable");
        PGProperty.SOCKET_FACTORY.set(properties, Deadline.Sockets.class.getName());
        manners(properties, session);
        return properties;
    }

    private static void manners(Properties properties, Session session) {
        PGProperty.APPLICATION_NAME.set(properties, session.name());
        if (!session.options().isEmpty()) {
            PGProperty.OPTIONS.set(properties, session.options());
        }
        PGProperty.CONNECT_TIMEOUT.set(properties, Long.toString(CONNECT.toSeconds()));
        PGProperty.SOCKET_TIMEOUT.set(properties, Long.toString(session.answer().toSeconds()));
        PGProperty.TCP_KEEP_ALIVE.set(properties, true);
        // Then application_name is in the startup packet, and the driver sends no statements of its own.
        PGProperty.ASSUME_MIN_SERVER_VERSION.set(properties, "9.6");
        if (!session.prepares()) {
            PGProperty.PREPARE_THRESHOLD.set(properties, "0");
        }
        // The driver's texts must not hold more than the server's message: details can quote statements and rows.
        PGProperty.LOG_SERVER_ERROR_DETAIL.set(properties, false);
    }
}
