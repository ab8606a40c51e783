package io.axiomdb.adapter.postgres;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Host;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.HostState;
import io.axiomdb.host.Inventory;
import io.axiomdb.host.Observation;
import io.axiomdb.host.Probe;
import io.axiomdb.port.HostReader;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.postgresql.jdbc.PgConnection;

/**
 * Looks at a host: one round trip in axiomdb_lock, then one in each branch's database, four at a time,
 * since a connection costs far more than its query.
 */
public final class PostgresReader implements HostReader {
    private static final String NAME = "axm";
    private static final int WORKERS = 4;

    private final Function<Host, Target> targets;

    public PostgresReader(Function<Host, Target> targets) {
        this.targets = targets;
    }

    @Override
    public Observation look(Host host, Probe probe) {
        long start = System.nanoTime();
        try {
            Target target = targets.apply(host);
            return look(host, target, probe, start);
        } catch (AxiomException e) {
            return new Observation.Unreachable(e.diagnostics().getFirst());
        } catch (SQLException e) {
            return new Observation.Unreachable(Refusal.of(host, e));
        }
    }

    @Override
    public Inventory inventory(Host host) {
        Target target = targets.apply(host);
        InventoryLook look = new InventoryLook();
        int version;
        try (PgConnection connection = enter(host, target)) {
            Refusal.unfit(host, target, connection).ifPresent(why -> {
                throw new AxiomException(why);
            });
            version = ServerFacts.version(connection);
            look.read(host, connection);
        } catch (SQLException e) {
            throw new AxiomException(Refusal.of(host, e), e);
        }
        Silence silence = new Silence(() -> enter(host, target).close());
        try {
            Inventory inventory =
                    look.inventory(version, database -> silence.unless(() -> overview(target, database, version)));
            silence.check();
            return inventory;
        } catch (SQLException e) {
            throw new AxiomException(Refusal.of(host, e), e);
        }
    }

    private static Inventory.Inside overview(Target target, String database, int version) throws SQLException {
        try (PgConnection connection =
                AdminConnections.open(target, database, NAME, Pins.LOOK, ServerFacts.major(version))) {
            return InventoryLook.overview(connection);
        }
    }

    private static PgConnection enter(Host host, Target target) throws SQLException {
        return LockDatabase.enter(
                host, target, database -> AdminConnections.open(target, database, NAME, Pins.LOOK, 0));
    }

    private static Observation look(Host host, Target target, Probe probe, long start) throws SQLException {
        HostLook look = new HostLook();
        SaltedPasswords passwords = new SaltedPasswords();
        int version;
        try (PgConnection connection = passwords.remember(() -> enter(host, target))) {
            Optional<Diagnostic> refused = Refusal.unfit(host, target, connection);
            if (refused.isPresent()) {
                return new Observation.Unreachable(refused.get());
            }
            version = ServerFacts.version(connection);
            look.read(host, connection, probe);
        }
        Silence silence =
                new Silence(() -> passwords.remember(() -> enter(host, target)).close());
        SortedMap<String, DatabaseState> databases =
                enter(target, probe, look.databases(), version, passwords, silence);
        silence.check();
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        return new Observation.Seen(
                new HostState(look.roles(), databases),
                version,
                look.strangers(),
                look.ties(),
                look.measured(),
                look.holds(),
                look.ledger(),
                new AccessObservation.Unmanaged(),
                took);
    }

    private static SortedMap<String, DatabaseState> enter(
            Target target,
            Probe probe,
            SortedMap<String, DatabaseState> closed,
            int version,
            SaltedPasswords passwords,
            Silence silence) {
        SortedMap<String, DatabaseState> databases = new TreeMap<>();
        List<Future<DatabaseState>> entered = new ArrayList<>();
        try (ExecutorService workers = Executors.newFixedThreadPool(
                WORKERS, Thread.ofPlatform().name("look-", 1).daemon().factory())) {
            for (DatabaseState database : closed.values()) {
                Probe.Inside what = probe.databases().get(database.name());
                if (what == null || !database.allowConnections()) {
                    databases.put(database.name(), database);
                    continue;
                }
                entered.add(workers.submit(() -> entered(target, database, what, version, passwords, silence)));
            }
            entered.forEach(look -> {
                DatabaseState seen = result(look);
                databases.put(seen.name(), seen);
            });
        }
        return databases;
    }

    /** Without contents when it can't be entered or read: a poisoned one must not hide the others. */
    private static DatabaseState entered(
            Target target,
            DatabaseState database,
            Probe.Inside what,
            int version,
            SaltedPasswords passwords,
            Silence silence) {
        try {
            return database.with(silence.unless(() -> inside(target, database.name(), what, version, passwords)));
        } catch (SQLException e) {
            return database.unread(Refusal.said(e));
        }
    }

    private static DatabaseState.Contents inside(
            Target target, String database, Probe.Inside what, int version, SaltedPasswords passwords)
            throws SQLException {
        try (PgConnection connection = passwords.remember(
                () -> AdminConnections.open(target, database, NAME, Pins.LOOK, ServerFacts.major(version)))) {
            return DatabaseLook.read(connection, what);
        }
    }

    private static DatabaseState result(Future<DatabaseState> look) {
        try {
            return look.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while reading a database", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("reading a database", e.getCause());
        }
    }
}
