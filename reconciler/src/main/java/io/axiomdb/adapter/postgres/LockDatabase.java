package io.axiomdb.adapter.postgres;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.ReservedNames;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.postgresql.jdbc.PgConnection;
import org.postgresql.util.PSQLException;

/**
 * The database on each server that holds the lock which excludes applies from each other, and the rows that say what is
 * AxiomDB's. Only superusers may connect to it: whoever may connect to a database may take, and wait for, any advisory lock
 * in it. The first apply makes it; nothing that looks does.
 */
final class LockDatabase {
    static final String NAME = ReservedNames.LOCK_DATABASE;

    /**
     * From template0, which nobody can be connected to, and closed to all but superusers in the same statement; it stays so.
     * Encoding and locale are the same everywhere, whatever the server's.
     */
    private static final String CREATE = "CREATE DATABASE " + NAME
            + " TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' CONNECTION LIMIT 0";

    private static final String UNIQUE_VIOLATION = "23505";
    private static final String DUPLICATE_DATABASE = "42P04";
    private static final String NO_SUCH_DATABASE = "3D000";
    private static final String NOT_AN_INTEGER = "22P02";
    private static final String NOT_LET_IN = "28000";
    private static final String WRONG_PASSWORD = "28P01";
    private static final String NOT_OPEN = "55000";
    private static final Set<String> ABOUT_IT = Set.of(NOT_LET_IN, NOT_OPEN);

    private static final Query FAULTS = Query.load("lock.sql");
    private static final Query SCHEMA = Query.load("lock_schema.sql");

    /** Fails when there is a fault, and with it all that is sent together with it. */
    private static final Query UNLESS_FAULTY = new Query(
            "SELECT CASE WHEN count(*) = 0 THEN 0 ELSE min(f.words)::int END FROM (" + FAULTS.sql() + ") f", List.of());

    private static final String FROM_OUTSIDE = """
            SELECT o.rolname, coalesce(o.rolsuper, false), d.datallowconn, d.datconnlimit, host(inet_client_addr())
              FROM (SELECT) one
              LEFT JOIN pg_database d ON d.datname = ?
              LEFT JOIN pg_authid o ON o.oid = d.datdba
            """;

    private LockDatabase() {}

    /** A connection to it or, on a server that has none, to the database of the host's url. */
    static PgConnection enter(Host host, Target target, SessionPool.Opener opener) throws SQLException {
        try {
            return opener.open(NAME);
        } catch (SQLException e) {
            boolean answered = e instanceof PSQLException known && known.getServerErrorMessage() != null;
            if (!answered || Failures.state(e).equals(WRONG_PASSWORD)) {
                throw e;
            }
            PgConnection outside = opener.open(target.database());
            if (isAbsent(e)) {
                return outside;
            }
            try (outside) {
                Diagnostic unfit = Refusal.unfit(host, target, outside).orElse(null);
                if (unfit == null && !ABOUT_IT.contains(Failures.state(e))) {
                    throw e; // such as too many connections: another login got through a moment later
                }
                throw new AxiomException(unfit == null ? refused(host, target, outside, e) : unfit);
            }
        }
    }

    /** Whether a login failed only because it is not there: then pg_hba.conf lets the administrator in. */
    static boolean isAbsent(SQLException failure) {
        return Failures.state(failure).equals(NO_SUCH_DATABASE);
    }

    static boolean isIn(Connection connection) throws SQLException {
        return NAME.equals(connection.getCatalog());
    }

    /**
     * Makes it, closed and empty. Another apply may be at it too.
     *
     * @param connection to another database
     * @param watch of it
     */
    static void create(Connection connection, InTheWay watch) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(CREATE);
        } catch (SQLException e) {
            String state = Failures.state(e);
            if (!state.equals(DUPLICATE_DATABASE) && !state.equals(UNIQUE_VIOLATION)) {
                throw watch.told(e);
            }
        }
    }

    /**
     * Whether all is in it that belongs there; false while the first apply makes it or when it was cut short.
     *
     * @param connection to it
     * @throws AxiomException when it is not AxiomDB's
     */
    static boolean isFinished(Host host, Connection connection) throws SQLException {
        List<String> foreign = new ArrayList<>();
        List<String> unfinished = new ArrayList<>();
        FAULTS.run(
                connection,
                new TreeMap<>(),
                List.of(row -> (row.getString(1).equals("foreign") ? foreign : unfinished).add(row.getString(2))));
        if (!foreign.isEmpty()) {
            throw new AxiomException(foreign(host, foreign.getFirst()));
        }
        return unfinished.isEmpty();
    }

    /** Puts into it what belongs there, under its lock. */
    static void finish(Host host, Connection connection) throws SQLException {
        if (isFinished(host, connection)) {
            return;
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("BEGIN;\n" + SCHEMA.sql() + ";\nCOMMIT");
        }
        if (!isFinished(host, connection)) {
            throw new IllegalStateException(NAME + " is not finished by its own statements");
        }
    }

    /**
     * What only reads it if it is AxiomDB's and finished; otherwise nothing of the query is run.
     *
     * @return a query whose first row is to be passed over, and which fails with {@link #isFaulty}
     */
    static Query unlessFaulty(Query next) {
        return UNLESS_FAULTY.then(next);
    }

    /** Whether a query did not run for {@link #isFinished} would throw or be false. */
    static boolean isFaulty(SQLException failure) {
        return Failures.state(failure).equals(NOT_AN_INTEGER);
    }

    private static Diagnostic refused(Host host, Target target, Connection outside, SQLException failure)
            throws SQLException {
        try (PreparedStatement statement = outside.prepareStatement(FROM_OUTSIDE)) {
            statement.setString(1, NAME);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                String owner = row.getString(1);
                if (owner != null && !row.getBoolean(2)) {
                    return foreign(
                            host, "its owner is \"" + owner.replace("\"", "\"\"") + "\", who is not a superuser");
                }
                String what = "host " + host.name() + " does not let \"" + target.user() + "\" into database " + NAME
                        + ": " + Refusal.words(failure);
                return Diagnostic.of(
                        Code.LOCK_DATABASE_REFUSED,
                        host.origin().of("postgres"),
                        what,
                        help(target, Failures.state(failure), row.getString(5), row.getInt(4)));
            }
        }
    }

    private static String help(Target target, String state, String client, int limit) {
        if (state.equals(NOT_LET_IN)) {
            return "add this line to its pg_hba.conf, above the one that refuses, and run SELECT pg_reload_conf():  "
                    + line(target, client);
        }
        return limit < -1
                ? "its removal was cut short: run DROP DATABASE " + NAME
                        + " as a superuser; the next apply makes it again"
                : "run ALTER DATABASE " + NAME + " ALLOW_CONNECTIONS true as a superuser";
    }

    /** Of pg_hba.conf, for this administrator alone. */
    private static String line(Target target, String client) {
        String user = '"' + target.user().replace("\"", "\"\"") + '"';
        return (target.tls() == Host.Tls.DISABLE ? "host " : "hostssl ") + NAME + " " + user + " " + client
                + (client.contains(":") ? "/128" : "/32") + " scram-sha-256";
    }

    private static Diagnostic foreign(Host host, String why) {
        return Diagnostic.of(
                Code.LOCK_DATABASE_FOREIGN,
                host.origin().of("postgres"),
                "host " + host.name() + ": database " + NAME + " is there, and " + why,
                "AxiomDB needs this name for a database of its own, which only superusers may enter. Look at who made this"
                        + " one and why; have it renamed or dropped, then run the command again");
    }
}
