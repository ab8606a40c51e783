package io.axiomdb.adapter.postgres;

import io.axiomdb.host.CopyWay;
import io.axiomdb.port.HostWriter.HostFailure;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.postgresql.core.Utils;
import org.postgresql.jdbc.PgConnection;

/**
 * CREATE DATABASE ... TEMPLATE while the original is in use. The server first locks the original, so that whoever comes
 * from then on waits, and then gives those who are there 5 s to go. They are ended once that lock is held and not
 * before: when the server refuses for another reason, nobody was disturbed. Nothing about the original is altered, so a
 * crash leaves it open.
 */
final class TemplateCopy {
    private static final String BUSY = "55006";
    private static final int PAUSE_MILLIS = 50;

    private static final String END = """
            SELECT count(pg_terminate_backend(a.pid))
              FROM pg_stat_activity a
             WHERE a.datname = ? AND a.pid <> pg_backend_pid()
               AND EXISTS (SELECT FROM pg_locks l
                            WHERE l.pid = ? AND l.locktype = 'object' AND l.classid = 'pg_database'::regclass
                              AND l.objid = a.datid AND l.mode = 'ShareLock' AND l.granted)
             UNION ALL
            SELECT count(pg_terminate_backend(b.pid))
              FROM unnest(pg_blocking_pids(?)) b (pid)
              LEFT JOIN pg_stat_activity a ON a.pid = b.pid
             WHERE b.pid <> 0 AND a.usesysid IS NULL
            """;

    private TemplateCopy() {}

    /**
     * Copies.
     *
     * @param ender a connection that ends sessions meanwhile
     * @param watch of the copier
     */
    static void run(PgConnection copier, Connection ender, String from, String to, CopyWay.Template way, InTheWay watch)
            throws HostFailure {
        CountDownLatch done = new CountDownLatch(1);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Void> ending = threads.submit(() -> {
                while (way.endsSessions() && done.getCount() > 0) {
                    end(ender, from, copier.getBackendPID());
                    done.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
                }
                return null;
            });
            try {
                copy(copier, from, to, way);
            } finally {
                done.countDown();
            }
            finished(ending);
        } catch (SQLException e) {
            throw refused(watch.told(e), way);
        }
    }

    private static void copy(Connection connection, String from, String to, CopyWay.Template way) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            StringBuilder sql = new StringBuilder("CREATE DATABASE ");
            Utils.escapeIdentifier(sql, to).append(" TEMPLATE ");
            Utils.escapeIdentifier(sql, from).append(" CONNECTION LIMIT 0");
            statement.execute(sql + (way.clones() ? " STRATEGY FILE_COPY" : ""));
        }
    }

    private static void end(Connection connection, String database, int copier) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(END)) {
            statement.setString(1, database);
            statement.setInt(2, copier);
            statement.setInt(3, copier);
            statement.executeQuery().close();
        }
    }

    private static void finished(Future<Void> ending) throws SQLException {
        try {
            ending.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted while a database was copied", e);
        } catch (ExecutionException e) {
            // The copy is made all the same.
            System.getLogger(TemplateCopy.class.getName())
                    .log(System.Logger.Level.DEBUG, "ending sessions stopped", e.getCause());
        }
    }

    private static HostFailure refused(SQLException failure, CopyWay.Template way) {
        HostFailure words = Failures.of(failure);
        if (way.clones() && String.valueOf(words.getMessage()).contains("could not clone file")) {
            return HostFailure.refused(
                    String.valueOf(words.getMessage()),
                    "its file system can't: have files copied with ALTER SYSTEM RESET file_copy_method and SELECT"
                            + " pg_reload_conf()",
                    failure);
        }
        if (!Failures.state(failure).equals(BUSY)) {
            return words;
        }
        String help = way.endsSessions()
                ? "somebody did not go within 5 s; try again, or see what they do in pg_stat_activity"
                : "the original can't be copied from its files while anybody is connected to it: disconnect them, or"
                        + " write hold_sessions: true to have them ended while it is copied";
        return HostFailure.refused(String.valueOf(words.getMessage()), help, failure);
    }
}
