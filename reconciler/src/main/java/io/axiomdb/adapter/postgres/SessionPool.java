package io.axiomdb.adapter.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.postgresql.jdbc.PgConnection;
import org.postgresql.util.PSQLState;

/**
 * Connections of one session, kept open for the next statement in the same database, at most eight at a time.
 * Thread-safe. Every connection is fenced: it works only while the session holds the host's lock.
 */
final class SessionPool implements AutoCloseable {
    private static final int LIMIT = 8;

    /** Opens a connection to a database. */
    interface Opener {
        PgConnection open(String database) throws SQLException;
    }

    private record Idle(String database, Connection connection) {}

    private final Opener opener;
    private final Fence fence;
    private final Semaphore permits = new Semaphore(LIMIT, true);
    private final Deque<Idle> idle = new ArrayDeque<>();
    private boolean closed;

    SessionPool(Opener opener, Fence fence) {
        this.opener = opener;
        this.fence = fence;
    }

    /** A connection on loan. It goes back into the pool only when it was kept: after a failure it is closed. */
    final class Loan implements AutoCloseable {
        private final String database;
        private final Connection connection;
        private boolean keep;

        private Loan(String database, Connection connection) {
            this.database = database;
            this.connection = connection;
        }

        Connection connection() {
            return connection;
        }

        void keep() {
            keep = true;
        }

        @Override
        public void close() throws SQLException {
            try {
                giveBack(database, connection, keep);
            } finally {
                permits.release();
            }
        }
    }

    Loan borrow(String database) throws SQLException {
        permits.acquireUninterruptibly();
        try {
            return new Loan(database, take(database));
        } catch (SQLException | RuntimeException e) {
            permits.release();
            throw e;
        }
    }

    @Override
    public synchronized void close() throws SQLException {
        closed = true;
        while (!idle.isEmpty()) {
            idle.removeFirst().connection().close();
        }
    }

    static SQLException lost() {
        return new SQLException(
                "the lock on the host is lost: another apply has taken over", PSQLState.OBJECT_NOT_IN_STATE.getState());
    }

    /** Closes what waits in a database. */
    synchronized void leave(String database) throws SQLException {
        for (Iterator<Idle> all = idle.iterator(); all.hasNext(); ) {
            Idle next = all.next();
            if (next.database().equals(database)) {
                all.remove();
                next.connection().close();
            }
        }
    }

    private Connection take(String database) throws SQLException {
        Connection waiting = waiting(database);
        if (waiting != null) {
            return waiting;
        }
        Connection connection = opener.open(database);
        if (!fence.holds(connection)) {
            connection.close();
            throw lost();
        }
        return connection;
    }

    private synchronized @Nullable Connection waiting(String database) throws SQLException {
        if (closed) {
            throw new SQLException("the session is closed", PSQLState.CONNECTION_DOES_NOT_EXIST.getState());
        }
        for (Iterator<Idle> all = idle.iterator(); all.hasNext(); ) {
            Idle next = all.next();
            if (next.database().equals(database)) {
                all.remove();
                return next.connection();
            }
        }
        // Those on loan hold a permit each; with the one asked for now the rest may idle.
        while (!idle.isEmpty() && idle.size() > permits.availablePermits()) {
            idle.removeLast().connection().close();
        }
        return null;
    }

    private synchronized void giveBack(String database, Connection connection, boolean keep) throws SQLException {
        if (keep && !closed) {
            idle.addFirst(new Idle(database, connection));
        } else {
            connection.close();
        }
    }
}
