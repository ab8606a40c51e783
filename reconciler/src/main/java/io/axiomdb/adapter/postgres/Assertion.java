package io.axiomdb.adapter.postgres;

import io.axiomdb.port.HostWriter.HostFailure;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.postgresql.jdbc.PgConnection;

/** Runs queries that must return no row, as a copy's owner. What a row holds is told nobody. */
final class Assertion {
    private Assertion() {}

    static void run(OwnersSession session, String file, String sql) throws SQLException, HostFailure {
        Untold untold = session.untold();
        @Nullable ScriptPart running = null;
        try (PgConnection connection = session.open();
                Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            connection.setAutoCommit(false);
            int queries = 0;
            for (ScriptPart part : ScriptPart.of(sql, connection)) {
                running = part;
                ScriptRun.refuseEnd(part);
                queries += queries(statement, file, queries, part.sql());
            }
            running = null;
            if (queries == 0) {
                throw refused(
                        file + " holds no query, so it asserts nothing", "write SELECTs that return what must not be");
            }
            connection.rollback();
        } catch (SQLException e) {
            throw untold.failed(e, running);
        }
    }

    private static int queries(Statement statement, String file, int before, String sql)
            throws SQLException, HostFailure {
        statement.setMaxRows(1);
        int queries = 0;
        boolean more = statement.execute(sql);
        while (more || statement.getUpdateCount() >= 0) {
            if (more) {
                queries++;
                try (ResultSet rows = statement.getResultSet()) {
                    if (rows.next()) {
                        throw refused(
                                file + ", query " + (before + queries) + ", returns a row",
                                "run it in the parent to see what the script leaves unmasked");
                    }
                }
            }
            more = statement.getMoreResults();
        }
        return queries;
    }

    private static HostFailure refused(String words, String help) {
        return HostFailure.refused(words, help, null);
    }
}
