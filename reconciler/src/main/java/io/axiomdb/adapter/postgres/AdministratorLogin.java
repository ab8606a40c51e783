package io.axiomdb.adapter.postgres;

import io.axiomdb.port.HostWriter.HostFailure;
import java.sql.SQLException;
import org.postgresql.jdbc.PgConnection;

/** Whether the administrator can log in. */
public final class AdministratorLogin {
    private AdministratorLogin() {}

    /** Logs in anew to where applies begin, asks something, and hangs up. A database that is not there was asked for last. */
    public static void prove(Target target) throws HostFailure {
        try (PgConnection connection = AdminConnections.open(target, LockDatabase.NAME, "axm", Pins.LOOK, 0)) {
            connection.execSQLQuery("SELECT 1").close();
        } catch (SQLException e) {
            if (!LockDatabase.isAbsent(e)) {
                throw Failures.of(e);
            }
        }
    }
}
