package io.axiomdb.adapter.postgres;

import io.axiomdb.port.HostWriter.HostFailure;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.postgresql.jdbc.PgConnection;

/** Runs somebody's script as a copy's owner, in one transaction. */
final class ScriptRun {
    private ScriptRun() {}

    static void run(OwnersSession session, String sql) throws SQLException, HostFailure {
        Untold untold = session.untold();
        @Nullable ScriptPart running = null;
        try (PgConnection connection = session.open();
                Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            connection.setAutoCommit(false);
            for (ScriptPart part : ScriptPart.of(sql, connection)) {
                running = part;
                statement.execute(part.sql());
            }
            running = null;
            stillWhole(statement);
            connection.commit();
        } catch (SQLException e) {
            throw untold.failed(e, running);
        }
    }

    /** A script that lets policies narrow what it does again may have left rows as they were. */
    private static void stillWhole(Statement statement) throws SQLException, HostFailure {
        try (ResultSet row = statement.executeQuery("SELECT current_setting('row_security')")) {
            row.next();
            if (!row.getString(1).equals("off")) {
                throw HostFailure.refused(
                        "the script switched row_security on, with which policies narrow what it masks",
                        "take SET row_security out of it",
                        null);
            }
        }
    }
}
