package io.axiomdb.adapter.postgres;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Mark;
import io.axiomdb.core.Secret;
import io.axiomdb.host.CopyWay;
import io.axiomdb.port.DumpCopy;
import io.axiomdb.port.HostWriter;
import io.axiomdb.port.HostWriter.Numbers;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.postgresql.jdbc.PgConnection;

/** One host open for changes. */
final class HostSession implements HostWriter.Session {
    private static final System.Logger LOG = System.getLogger(HostSession.class.getName());
    private static final int ATTEMPTS = 6;
    private static final String LONGER = "UPDATE axiomdb.retained r SET keep_until = p.until"
            + " FROM (SELECT number, removed + make_interval(days => ?) AS until FROM axiomdb.retained) p"
            + " WHERE p.number = r.number AND r.organization = ? AND r.keep_until < p.until";
    private static final int PAUSE_MILLIS = 20;

    private final SessionPool pool;
    private final Connection guard;
    private final Target target;
    private final SessionPool.Opener copying;
    private final ToolRun tools;
    private final Pulse pulse;

    /**
     * A host that is open.
     *
     * @param copying opens connections that may take as long as a copy does
     * @param tools copy with programs of this machine
     * @param pulse tells when the host is silent
     */
    HostSession(
            SessionPool pool, Connection guard, Target target, SessionPool.Opener copying, ToolRun tools, Pulse pulse) {
        this.pool = pool;
        this.guard = guard;
        this.target = target;
        this.copying = copying;
        this.tools = tools;
        this.pulse = pulse;
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
    public void makeRoles(List<String> statements, SortedSet<String> roles, Consumer<Numbers> note)
            throws HostWriter.HostFailure {
        String text = "BEGIN;\n" + String.join(";\n", statements);
        attempt("", connection -> {
            execute(connection, text);
            note.accept(OwnNumbers.ofRoles(connection, roles));
            execute(connection, "COMMIT");
        });
    }

    @Override
    public Numbers numberOf(String database) throws HostWriter.HostFailure {
        SortedMap<String, Long> oids = new TreeMap<>();
        String[] system = {""};
        attempt("", connection -> {
            Numbers found = OwnNumbers.ofDatabase(connection, database);
            system[0] = found.system();
            oids.putAll(found.oids());
        });
        if (!oids.containsKey(database)) {
            throw HostWriter.HostFailure.refused(
                    "there is no database \"" + database + "\" of a superuser", "plan again", null);
        }
        return new Numbers(system[0], oids);
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

    @Override
    public void promise(String organization, int days) throws HostWriter.HostFailure {
        attempt("", connection -> {
            try (PreparedStatement statement = connection.prepareStatement(LONGER)) {
                statement.setInt(1, days);
                statement.setString(2, organization);
                statement.execute();
            }
        });
    }

    @Override
    public boolean leaveMark(String organization, Collection<Mark> before, Mark mark) throws HostWriter.HostFailure {
        AtomicBoolean left = new AtomicBoolean();
        attempt("", connection -> left.set(Marks.replace(connection, organization, before, mark)));
        return left.get();
    }

    /** What is done on the host, other than with a connection of the pool. */
    private interface Act {
        void run() throws SQLException, HostWriter.HostFailure;
    }

    /** A host that is silent is told as that, whatever gave up waiting for it first. */
    private void act(Act act) throws HostWriter.HostFailure {
        try {
            act.run();
        } catch (SQLException e) {
            throw failed(e);
        } catch (HostWriter.HostFailure e) {
            throw pulse.silence(e).orElse(e);
        }
    }

    private HostWriter.HostFailure failed(SQLException e) {
        return pulse.silence(e).orElseGet(() -> Failures.of(e));
    }

    /** Our own idle connections would be in the way of the copy as anybody else's. */
    @Override
    public void copy(String from, String to, CopyWay.Template way) throws HostWriter.HostFailure {
        act(() -> {
            pool.leave(from);
            try (PgConnection copier = copying.open(LockDatabase.NAME);
                    PgConnection ender = copying.open(LockDatabase.NAME)) {
                try (InTheWay watch = InTheWay.of(copier, copying, LockDatabase.NAME)) {
                    TemplateCopy.run(copier, ender, from, to, way, watch);
                }
            }
        });
    }

    @Override
    public void blank(DumpCopy copy) throws HostWriter.HostFailure {
        act(() -> new RestoredDatabase(this, copying, copy).make(LockDatabase.NAME));
    }

    @Override
    public void restore(DumpCopy copy) throws HostWriter.HostFailure {
        act(() -> {
            try (Moment original = Moment.of(copying, copy.from())) {
                new RestoredDatabase(this, copying, copy).ready(original.extensions());
                tools.copy(target, copy, original, pulse);
            }
        });
    }

    @Override
    public void closeRoutines(DumpCopy copy) throws HostWriter.HostFailure {
        act(() -> {
            String statement = ClosedRoutines.statement(copying, copy.from());
            if (statement != null) {
                alone(copy.to(), statement);
            }
        });
    }

    @Override
    public void script(String database, String login, Secret password, String role, String sql)
            throws HostWriter.HostFailure {
        act(() -> ScriptRun.run(owners(database, login, password, role), sql));
    }

    @Override
    public void assertion(String database, String login, Secret password, String role, String file, String sql)
            throws HostWriter.HostFailure {
        act(() -> Assertion.run(owners(database, login, password, role), file, sql));
    }

    @Override
    public List<String> refreshDerived(String database, String login, Secret password, String role)
            throws HostWriter.HostFailure {
        List<String> left = new ArrayList<>();
        act(() -> left.addAll(DerivedValues.refresh(owners(database, login, password, role))));
        return left;
    }

    private OwnersSession owners(String database, String login, Secret password, String role) {
        return new OwnersSession(target, database, login, password, role, pulse, copying);
    }

    @Override
    public void close() {
        try (guard;
                pulse) {
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
                if (database.isEmpty()) {
                    unhindered(loan.connection(), work);
                } else {
                    work.on(loan.connection());
                }
                // A database that anybody is connected to can't be renamed, and a copy is.
                if (!database.startsWith(CopyWay.UNFINISHED)) {
                    loan.keep();
                }
                return;
            } catch (SQLException e) {
                if (left == 1 || !passes(e) || !pause()) {
                    throw failed(e);
                }
            }
        }
    }

    /** What alters roles and databases waits for nobody who holds them by a transaction left open. */
    private void unhindered(Connection connection, Work work) throws SQLException {
        try (InTheWay watch = InTheWay.of(connection, copying, LockDatabase.NAME)) {
            try {
                work.on(connection);
            } catch (SQLException e) {
                throw watch.told(e);
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
