package io.axiomdb.adapter.postgres;

import io.axiomdb.port.HostWriter.HostFailure;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.postgresql.jdbc.PgConnection;

/** Runs somebody's script as a copy's owner, in one transaction. */
final class ScriptRun {
    /** What a transaction has written to beside its database: it keeps these locks to its end. */
    private static final String OUTSIDE = "SELECT c.relname FROM pg_locks l JOIN pg_class c ON c.oid = l.relation"
            + " WHERE l.pid = ? AND l.locktype = 'relation' AND l.database = 0 AND c.relkind = 'r' AND c.relname <> 'pg_shdepend'"
            + " AND l.mode NOT IN ('AccessShareLock', 'RowShareLock') ORDER BY 1";

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
                refuseEnd(part);
                statement.execute(part.sql());
            }
            running = null;
            stillWhole(statement);
            statement.execute("SET CONSTRAINTS ALL IMMEDIATE"); // what they fire would come after the look otherwise
            onlyInside(session, connection);
            connection.commit();
        } catch (SQLException e) {
            throw untold.failed(e, running);
        }
    }

    static void refuseEnd(ScriptPart part) throws HostFailure {
        if (part.isOfTransaction()) {
            throw HostFailure.refused(
                    "the script begins, ends or prepares a transaction " + part.where(0)
                            + ", so what comes before it would stay whatever fails later",
                    "take BEGIN, COMMIT, ROLLBACK and PREPARE TRANSACTION out of it: it is one transaction",
                    null);
        }
    }

    /** An owner may change its own password and its databases: who writes a script, or a trigger that it fires, may not for it. */
    private static void onlyInside(OwnersSession session, PgConnection connection) throws SQLException, HostFailure {
        try (PgConnection administrator = session.administrator().open(session.database());
                PreparedStatement statement = administrator.prepareStatement(OUTSIDE)) {
            statement.setInt(1, connection.getBackendPID());
            try (ResultSet rows = statement.executeQuery()) {
                if (rows.next()) {
                    throw HostFailure.refused(
                            "the script, or what it fires, changes roles or databases (" + rows.getString(1)
                                    + "), not only what is in the copy",
                            "take that out of it, or switch triggers off for it: roles are AxiomDB's, and whoever wrote that would"
                                    + " have a login",
                            null);
                }
            }
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
