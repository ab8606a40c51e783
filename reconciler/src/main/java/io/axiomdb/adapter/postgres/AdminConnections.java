package io.axiomdb.adapter.postgres;

import io.axiomdb.core.Pinned;
import io.axiomdb.login.Door;
import io.axiomdb.login.NotDirect;
import io.axiomdb.login.Session;
import java.sql.SQLException;
import java.util.Set;
import org.postgresql.jdbc.PgConnection;

/** Opens control connections. */
final class AdminConnections {
    /** For the answer that proves a connection: a server that is stopped acknowledges all the same. */
    private static final int PROOF_MILLIS = 30_000;

    /** Unknown, or not allowed. */
    private static final Set<String> NOT_TO_BE_SAID = Set.of("42704", "42501");

    private AdminConnections() {}

    /**
     * A connection in auto-commit mode, proved to lead to PostgreSQL itself and to hold all pins.
     *
     * @param name shown as application_name
     * @param majorVersion of the server; 0 when it is not known yet
     */
    static PgConnection open(Target target, String database, String name, Pins pins, int majorVersion)
            throws SQLException {
        Pinned quiet = pins.quiet(majorVersion, database.equals(LockDatabase.NAME));
        Pinned pinned = pins.pinned(majorVersion);
        try {
            return open(target, database, name, pins, quiet);
        } catch (SQLException e) {
            // An older server knows it not; and who is no superuser may not say it, and is told so.
            if (quiet.equals(pinned) || !NOT_TO_BE_SAID.contains(Failures.state(e))) {
                throw e;
            }
            return open(target, database, name, pins, pinned);
        }
    }

    private static PgConnection open(Target target, String database, String name, Pins pins, Pinned pinned)
            throws SQLException {
        Session session = new Session(name, pinned.options(), pins.answerTimeout(), false);
        return Door.open(target.login(database), session, connection -> {
            connection.setNetworkTimeout(Runnable::run, PROOF_MILLIS);
            NotDirect.check(connection, pinned);
            patient(connection, pins);
        });
    }

    /** The same without our pins: what the owner's own sessions get, and as long as it takes. */
    static PgConnection plain(Target target, String database, String name) throws SQLException {
        return Door.open(target.login(database), new Session(name, "", Pins.COPY.answerTimeout(), false));
    }

    /** From here on it may take as long as a statement may. */
    private static void patient(PgConnection connection, Pins pins) throws SQLException {
        connection.setNetworkTimeout(
                Runnable::run, Math.toIntExact(pins.answerTimeout().toMillis()));
    }
}
