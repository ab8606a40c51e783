package io.axiomdb.adapter.postgres;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Host;
import io.axiomdb.registry.Lease;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.postgresql.jdbc.PgConnection;

/**
 * Keeps everyone but the newest holder of a host's lease from changing it.
 *
 * <p>The guard connection holds an advisory lock for as long as the session lives. Whoever takes over ends all
 * connections of lower epochs, takes the lock, and ends them once more. A connection that an old holder opens in
 * between is either seen by the second round, for it is opened before it asks for the guard, or finds the guard gone.
 *
 * @param guard the process of the connection that holds the lock
 * @param name the application_name of all connections of this epoch
 */
record Fence(int guard, String name) {
    /** The lock's two keys: "AXMD" and its first use. It belongs to the database that it is taken in, {@link LockDatabase}. */
    private static final String LOCK = "1096305988, 1";

    private static final String LOCK_ROW =
            "l.locktype = 'advisory' AND l.classid = 1096305988 AND l.objid = 1 AND l.objsubid = 2 AND l.granted"
                    + " AND l.database = (SELECT oid FROM pg_database WHERE datname = '" + LockDatabase.NAME + "')";
    private static final long END_MILLIS = 10_000;

    private static final String LATE = " does not end within " + END_MILLIS / 1000 + " s";

    private static final String END_OLDER = """
            WITH older AS MATERIALIZED (
                SELECT a.pid
                  FROM pg_stat_activity a
                  JOIN pg_authid r ON r.oid = a.usesysid AND r.rolsuper
                 WHERE CASE WHEN a.application_name ~ '^axm:[0-9]{1,18}:[0-9a-f]{16}$'
                            THEN split_part(a.application_name, ':', 2)::bigint < ?
                                 AND split_part(a.application_name, ':', 3) = ? ELSE false END
                   AND a.pid <> pg_backend_pid())
            SELECT count(*) FILTER (WHERE NOT pg_terminate_backend(pid, ?)) FROM older
            """;

    /** Only superusers may be here. Who is no superuser got in before, and could hold the lock or stand in the queue for it. */
    private static final String END_IMPOSTORS = """
            WITH impostors AS MATERIALIZED (
                SELECT a.pid
                  FROM pg_stat_activity a
                  LEFT JOIN pg_authid r ON r.oid = a.usesysid
                 WHERE a.datname = current_database() AND a.usesysid IS NOT NULL AND r.rolsuper IS NOT TRUE)
            SELECT count(*) FILTER (WHERE NOT pg_terminate_backend(pid, ?)) FROM impostors
            """;

    private static final String HOLDER = """
            SELECT CASE WHEN l.pid IS NULL THEN 'a prepared transaction (pg_prepared_xacts)' ELSE
                   coalesce(a.application_name, '') || ' of ' || coalesce(a.usename, '?') || ' from '
                   || coalesce(host(a.client_addr), 'the host itself') || ' since '
                   || to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || ' UTC' END
              FROM pg_locks l
              LEFT JOIN pg_stat_activity a ON a.pid = l.pid
             WHERE %s
            """.formatted(LOCK_ROW);

    private static final String HELD = """
            SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
                            WHERE %s AND l.pid = ? AND a.application_name = ?)
            """.formatted(LOCK_ROW);

    /** Epochs of different lines can't be compared: the name says which line it is. */
    static String name(Lease lease) {
        return "axm:" + lease.epoch() + ":" + lease.lineDigits();
    }

    /** @throws AxiomException with LEASE_HELD when someone else is at it */
    static Fence take(PgConnection guard, Host host, Lease lease) throws SQLException {
        endOlder(guard, host, lease);
        if (count(guard, END_IMPOSTORS, END_MILLIS) > 0) {
            throw held(host, "a session in " + LockDatabase.NAME + " that is no superuser's" + LATE);
        }
        if (!lock(guard)) {
            throw held(host, "the lock on the host is held by " + holder(guard));
        }
        endOlder(guard, host, lease);
        return new Fence(guard.getBackendPID(), name(lease));
    }

    /** Whether the lock is still ours; to be asked on a connection after it was opened and before it is used. */
    boolean holds(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(HELD)) {
            statement.setInt(1, guard);
            statement.setString(2, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    private static void endOlder(Connection guard, Host host, Lease lease) throws SQLException {
        if (count(guard, END_OLDER, lease.epoch(), lease.lineDigits(), END_MILLIS) > 0) {
            throw held(host, "a connection of an older apply" + LATE);
        }
    }

    private static boolean lock(Connection guard) throws SQLException {
        try (PreparedStatement statement = guard.prepareStatement("SELECT pg_try_advisory_lock(" + LOCK + ")");
                ResultSet row = statement.executeQuery()) {
            return row.next() && row.getBoolean(1);
        }
    }

    private static String holder(Connection guard) throws SQLException {
        try (PreparedStatement statement = guard.prepareStatement(HOLDER);
                ResultSet row = statement.executeQuery()) {
            return row.next() ? row.getString(1) : "someone who is just leaving";
        }
    }

    private static long count(Connection guard, String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = guard.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }

    private static AxiomException held(Host host, String why) {
        return new AxiomException(Diagnostic.of(
                Code.LEASE_HELD,
                "host " + host.name() + ": " + why,
                "wait until it is done, or end it there and apply again"));
    }
}
