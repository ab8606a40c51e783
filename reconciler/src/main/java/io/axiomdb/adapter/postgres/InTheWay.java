package io.axiomdb.adapter.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.postgresql.jdbc.PgConnection;

/**
 * Sees to it that a statement of ours about roles and databases does not wait for somebody's open transaction. Anybody may alter
 * what is his, a password or the name of a database, and leave the transaction open: whatever else alters it waits, and so does
 * whatever needs such a name. Once ours has waited a moment the sessions that it waits for are ended, unless they are a
 * superuser's: those too that are only beginning, and those whose role was dropped, of which nobody knows whose they are. A
 * prepared transaction belongs to its application: it is named.
 */
final class InTheWay implements AutoCloseable {
    private static final int MOMENT_MILLIS = 1000;
    private static final int PAUSE_MILLIS = 200;
    private static final String GAVE_UP = "55P03";

    private static final String END = """
            SELECT CASE WHEN r.rolsuper THEN 'superuser "' || r.rolname || '", process ' || b.pid || coalesce(' in database "' || a.datname || '"', '')
                        WHEN pg_terminate_backend(b.pid) THEN '' ELSE '' END
              FROM unnest(pg_blocking_pids(?)) b (pid)
              LEFT JOIN pg_stat_activity a ON a.pid = b.pid
              LEFT JOIN pg_authid r ON r.oid = a.usesysid
             WHERE b.pid <> 0
             UNION ALL
            SELECT 'prepared transaction ' || quote_literal(x.gid) || ' of "' || x.owner || '" in database "' || x.database || '"'
              FROM pg_locks w
              JOIN pg_locks h ON h.pid IS NULL AND h.granted
                   AND (h.locktype, h.database, h.relation, h.page, h.tuple, h.transactionid, h.classid, h.objid, h.objsubid)
                       IS NOT DISTINCT FROM (w.locktype, w.database, w.relation, w.page, w.tuple, w.transactionid, w.classid, w.objid, w.objsubid)
              JOIN pg_locks t ON t.pid IS NULL AND t.locktype = 'transactionid' AND t.virtualtransaction = h.virtualtransaction
              JOIN pg_prepared_xacts x ON x.transaction = t.transactionid
             WHERE w.pid = ? AND NOT w.granted
            """;

    private final CountDownLatch over = new CountDownLatch(1);
    private final SessionPool.Opener opener;
    private final String database;
    private final int waiter;
    private volatile String left = "";

    private InTheWay(SessionPool.Opener opener, String database, int waiter) {
        this.opener = opener;
        this.database = database;
        this.waiter = waiter;
    }

    /**
     * Watches what a connection does until closed.
     *
     * @param opener opens another connection, and only if the first has to wait
     * @param database in which nobody but superusers is
     */
    static InTheWay of(Connection waiting, SessionPool.Opener opener, String database) throws SQLException {
        InTheWay watch = new InTheWay(
                opener, database, waiting.unwrap(PgConnection.class).getBackendPID());
        Thread.ofVirtual().name("axm-in-the-way").start(watch::watch);
        return watch;
    }

    /** The same failure, with what is in the way that only a person can settle. */
    SQLException told(SQLException failure) {
        String what = left;
        return what.isEmpty() || !Failures.state(failure).equals(GAVE_UP)
                ? failure
                : new SQLException(
                        Refusal.words(failure) + ": in the way is " + what
                                + (what.startsWith("prepared")
                                        ? "; there, as a superuser, ROLLBACK PREPARED or COMMIT PREPARED ends it"
                                        : ""),
                        GAVE_UP,
                        failure);
    }

    private void watch() {
        try {
            if (over.await(MOMENT_MILLIS, TimeUnit.MILLISECONDS)) {
                return;
            }
            try (Connection connection = opener.open(database);
                    PreparedStatement statement = connection.prepareStatement(END)) {
                statement.setInt(1, waiter);
                statement.setInt(2, waiter);
                do {
                    look(statement);
                } while (!over.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS));
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        } catch (SQLException e) {
            // What waits gives up by itself, and says that.
            System.getLogger(InTheWay.class.getName())
                    .log(System.Logger.Level.DEBUG, "nobody in the way could be ended", e);
        }
    }

    private void look(PreparedStatement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                if (!rows.getString(1).isEmpty()) {
                    left = rows.getString(1);
                }
            }
        }
    }

    @Override
    public void close() {
        over.countDown();
    }
}
