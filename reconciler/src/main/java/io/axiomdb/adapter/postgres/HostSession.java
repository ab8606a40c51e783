package io.axiomdb.adapter.postgres;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Secret;
import io.axiomdb.host.CopyWay;
import io.axiomdb.port.DumpCopy;
import io.axiomdb.port.HostWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.ThreadLocalRandom;
import org.postgresql.jdbc.PgConnection;

/** One host open for changes. */
final class HostSession implements HostWriter.Session {
    private static final System.Logger LOG = System.getLogger(HostSession.class.getName());
    private static final int ATTEMPTS = 6;
    private static final int PAUSE_MILLIS = 20;

    private final SessionPool pool;
    private final Connection guard;
    private final Target target;
    private final SessionPool.Opener copying;
    private final ToolRun tools;

    /**
     * A host that is open.
     *
     * @param copying opens connections that may take as long as a copy does
     * @param tools copy with programs of this machine
     */
    HostSession(SessionPool pool, Connection guard, Target target, SessionPool.Opener copying, ToolRun tools) {
        this.pool = pool;
        this.guard = guard;
        this.target = target;
        this.copying = copying;
        this.tools = tools;
    }

    /** What is done with a connection. */
    private interface Work {
        void on(Connection connection) throws SQLException;
    }

    @Override
    public void transaction(String database, List<String> statements) throws HostWriter.HostFailure {
        String text = "BEGIN;\n" + String.join(";\n", statements) + ";\nCOMMIT";
        attempt(database, connection -> execute(connection, text));
    }

    @Override
    public void alone(String database, String statement) throws HostWriter.HostFailure {
        attempt(database, connection -> execute(connection, statement));
    }

    @Override
    public void setVerifiers(SortedMap<String, Secret> verifiers) throws HostWriter.HostFailure {
        try {
            Verifiers.check(verifiers);
            attempt("", connection -> Verifiers.set(connection, verifiers));
        } catch (AxiomException e) {
            throw new HostWriter.HostFailure("", e.diagnostics().getFirst().detail(), e);
        }
    }

    /** Our own idle connections would be in the way of the copy as anybody else's. */
    @Override
    public void copy(String from, String to, CopyWay.Template way) throws HostWriter.HostFailure {
        try {
            pool.leave(from);
            try (PgConnection copier = copying.open(LockDatabase.NAME);
                    PgConnection ender = copying.open(LockDatabase.NAME)) {
                TemplateCopy.run(copier, ender, from, to, way);
            }
        } catch (SQLException e) {
            throw Failures.of(e);
        }
    }

    @Override
    public void blank(DumpCopy copy) throws HostWriter.HostFailure {
        try {
            new RestoredDatabase(this, copying, copy).make(LockDatabase.NAME);
        } catch (SQLException e) {
            throw Failures.of(e);
        }
    }

    @Override
    public void restore(DumpCopy copy) throws HostWriter.HostFailure {
        try (Moment original = Moment.of(copying, copy.from())) {
            new RestoredDatabase(this, copying, copy).ready(original.extensions());
            tools.copy(target, copy, original);
        } catch (SQLException e) {
            throw Failures.of(e);
        }
    }

    @Override
    public void closeRoutines(DumpCopy copy) throws HostWriter.HostFailure {
        try {
            String statement = ClosedRoutines.statement(copying, copy.from());
            if (statement != null) {
                alone(copy.to(), statement);
            }
        } catch (SQLException e) {
            throw Failures.of(e);
        }
    }

    @Override
    public void script(String database, String login, Secret password, String role, String sql)
            throws HostWriter.HostFailure {
        ScriptRun.run(new OwnersSession(target, database, login, password, role), sql);
    }

    @Override
    public void assertion(String database, String login, Secret password, String role, String file, String sql)
            throws HostWriter.HostFailure {
        Assertion.run(new OwnersSession(target, database, login, password, role), file, sql);
    }

    @Override
    public List<String> refreshDerived(String database, String login, Secret password, String role)
            throws HostWriter.HostFailure {
        return DerivedValues.refresh(copying, new OwnersSession(target, database, login, password, role));
    }

    @Override
    public void close() {
        try (guard) {
            pool.close();
            // The server would see the end of the connection a moment later; whoever comes next need not wait for it.
            execute(guard, "SELECT pg_advisory_unlock_all()");
        } catch (SQLException e) {
            // The guard was ended by a takeover or with the server, and the lock with it: there is nothing left to
            // close.
            LOG.log(System.Logger.Level.DEBUG, "the guard was gone before it was closed", e);
        }
    }

    /**
     * Again where the server says that another transaction was in the way, which it has then undone as a whole.
     * Catalogue rows have no queue: two transactions that alter one of them at once get "tuple concurrently updated".
     */
    private void attempt(String database, Work work) throws HostWriter.HostFailure {
        for (int left = ATTEMPTS; ; left--) {
            try (SessionPool.Loan loan = pool.borrow(database.isEmpty() ? LockDatabase.NAME : database)) {
                work.on(loan.connection());
                // A database that anybody is connected to can't be renamed, and a copy is.
                if (!database.startsWith(CopyWay.UNFINISHED)) {
                    loan.keep();
                }
                return;
            } catch (SQLException e) {
                if (left == 1 || !passes(e) || !pause()) {
                    throw Failures.of(e);
                }
            }
        }
    }

    private static void execute(Connection connection, String text) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(text);
        }
    }

    private static boolean passes(SQLException failure) {
        String state = Failures.state(failure);
        return state.equals("40001")
                || state.equals("40P01")
                || state.equals("XX000") && Refusal.words(failure).startsWith("tuple concurrently ");
    }

    /** False when interrupted: then the failure is told instead. */
    private static boolean pause() {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextInt(1, PAUSE_MILLIS));
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
