package io.axiomdb.adapter.controlplane;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells a server that can't be reached from a fault of ours. */
final class Failures {
    /** Connection, authorization, no such database, resources, operator's hand, lock and statement timeouts. */
    private static final Set<String> CLASSES = Set.of("08", "28", "3D", "53", "57");

    private static final String LOCK_TIMEOUT = "55P03";

    private Failures() {}

    /** What to throw instead: a diagnostic when the server is to blame, else the failure itself. */
    static RuntimeException told(RuntimeException failure, JdbcTarget target) {
        SQLException sql = sqlCause(failure);
        return sql != null && isServersFault(sql) ? unreachable(sql, failure, target) : failure;
    }

    private static AxiomException unreachable(SQLException sql, RuntimeException failure, JdbcTarget target) {
        String words = String.valueOf(sql.getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
        return new AxiomException(
                Diagnostic.of(
                        Code.CONTROL_PLANE_UNREACHABLE,
                        target + ": " + words,
                        "check AXM_CONTROL_PLANE_URL and AXM_CONTROL_PLANE_PASSWORD, and that the server runs; unset"
                                + " AXM_CONTROL_PLANE_URL to use the embedded control plane"),
                failure);
    }

    private static boolean isServersFault(SQLException sql) {
        String state = sql.getSQLState();
        return sql instanceof SQLTransientConnectionException
                || state != null
                        && state.length() == 5
                        && (CLASSES.contains(state.substring(0, 2)) || state.equals(LOCK_TIMEOUT));
    }

    /** The innermost, for pools put their own around the driver's. */
    private static @Nullable SQLException sqlCause(Throwable failure) {
        SQLException found = null;
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof SQLException sql) {
                found = sql;
            }
        }
        return found;
    }
}
