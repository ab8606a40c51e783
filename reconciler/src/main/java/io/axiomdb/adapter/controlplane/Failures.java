package io.axiomdb.adapter.controlplane;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.login.NotDirect;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Tells what the server says from a fault of ours. Whatever it says is shown with its SQLSTATE: the classes are open, and
 * of one that is not known here it is said that it comes from the server.
 */
final class Failures {
    /** Connection, authorization, no such database, operator's hand. */
    private static final Set<String> AWAY = Set.of("08", "28", "3D", "57");

    private static final String CANCELLED = "57014";
    private static final int LONGEST = 500;

    /** What the server quotes of a value that it can't read. */
    private static final Pattern QUOTED = Pattern.compile("\"[^\"]*\"");

    private static final Pattern VERIFIER = Pattern.compile("SCRAM-SHA-256\\$\\S+");

    private Failures() {}

    /** What to throw instead: a diagnostic when the server or the way to it is to blame, else the failure itself. */
    static RuntimeException told(RuntimeException failure, JdbcTarget target) {
        SQLException sql = sqlCause(failure);
        if (sql == null) {
            return failure;
        }
        if (NotDirect.isToldBy(sql, String.valueOf(sql.getMessage()))) {
            return new AxiomException(
                    Diagnostic.of(
                            Code.CONTROL_PLANE_POOLER,
                            target + ": " + words(sql, target),
                            "give AXM_CONTROL_PLANE_URL PostgreSQL's own address and port (5432 as a rule)"),
                    failure);
        }
        String state = String.valueOf(sql.getSQLState());
        if (sql instanceof SQLTransientConnectionException || isAway(state)) {
            return new AxiomException(
                    Diagnostic.of(
                            Code.CONTROL_PLANE_UNREACHABLE,
                            target + ": " + words(sql, target),
                            "check AXM_CONTROL_PLANE_URL and AXM_CONTROL_PLANE_PASSWORD, and that the server runs; unset"
                                    + " AXM_CONTROL_PLANE_URL to use the embedded control plane"),
                    failure);
        }
        return said(sql) == null
                ? failure
                : new AxiomException(
                        Diagnostic.of(
                                Code.CONTROL_PLANE_FAILED,
                                target + " reports: " + words(sql, target) + " (SQLSTATE " + state + ")",
                                help(state)),
                        failure);
    }

    private static boolean isAway(String state) {
        return state.length() == 5 && AWAY.contains(state.substring(0, 2)) && !state.equals(CANCELLED);
    }

    private static String help(String state) {
        return switch (state.substring(0, Math.min(2, state.length()))) {
            case "53" -> "free what that server lacks (disk, memory, connections), then run the same command again";
            case "58", "XX" ->
                "that server's files or its disk are damaged or missing; its log says more, and a backup may be needed";
            case "25" -> "that server takes no changes: give the address of the primary, or end its read-only mode";
            case "40", "55", "57" ->
                "another session is in the way (pg_stat_activity, pg_locks); run the same command again";
            case "42" ->
                state.equals("42501")
                        ? "give the user of AXM_CONTROL_PLANE_URL what it lacks; it has to own the schema axiomdb"
                        : "the schema axiomdb is not as AxiomDB made it; compare it with a backup";
            default ->
                "this comes from the PostgreSQL server of the control plane; its log, and PostgreSQL's list of error codes,"
                        + " say more";
        };
    }

    /** The message alone: details quote rows. Nothing in it is a secret of ours, also when something repeats one. */
    private static String words(SQLException sql, JdbcTarget target) {
        ServerErrorMessage said = said(sql);
        String words = String.valueOf(said == null ? sql.getMessage() : said.getMessage())
                .strip()
                .replaceAll("\\s*\\R\\s*", " ");
        if (String.valueOf(sql.getSQLState()).startsWith("22")) {
            words = QUOTED.matcher(words).replaceAll("[redacted]");
        }
        words = VERIFIER.matcher(words).replaceAll("[redacted]");
        if (target.password() != null) {
            words = words.replace(target.password().reveal(), "[redacted]");
        }
        return words.length() <= LONGEST ? words : words.substring(0, LONGEST) + "...";
    }

    private static @Nullable ServerErrorMessage said(SQLException sql) {
        return sql instanceof PSQLException known ? known.getServerErrorMessage() : null;
    }

    /** The innermost, for pools put their own around the driver's; of a batch, what its first failure was. */
    static @Nullable SQLException sqlCause(Throwable failure) {
        SQLException found = null;
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof SQLException sql) {
                found = said(sql) == null && sql.getCause() == null && sql.getNextException() != null
                        ? sql.getNextException()
                        : sql;
            }
        }
        return found;
    }
}
