package io.axiomdb.adapter.postgres;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Host;
import io.axiomdb.port.HostWriter;
import io.axiomdb.registry.Lease;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import org.postgresql.jdbc.PgConnection;

/** Opens hosts for changes, fenced by the lease's epoch. */
public final class PostgresWriter implements HostWriter {
    private final Function<Host, Target> targets;
    private final Supplier<SortedMap<Integer, Path>> programs;
    private final Duration silence;

    /**
     * A way to hosts.
     *
     * @param programs PostgreSQL's own on this machine ({@link io.axiomdb.adapter.postgres.tools.ClientTools})
     */
    public PostgresWriter(Function<Host, Target> targets, Supplier<SortedMap<Integer, Path>> programs) {
        this(targets, programs, Pulse.SILENCE);
    }

    /** @param silence how long a host may answer nothing */
    PostgresWriter(Function<Host, Target> targets, Supplier<SortedMap<Integer, Path>> programs, Duration silence) {
        this.targets = targets;
        this.programs = programs;
        this.silence = silence;
    }

    @Override
    public SortedSet<Integer> tools() {
        return new TreeSet<>(programs.get().keySet());
    }

    @Override
    public Session open(Host host, Lease lease) {
        Target target = targets.apply(host);
        try {
            return open(host, target, lease);
        } catch (SQLException e) {
            throw new AxiomException(Refusal.of(host, e));
        }
    }

    private Session open(Host host, Target target, Lease lease) throws SQLException {
        String name = Fence.name(lease);
        PgConnection guard = guard(host, target, name);
        try {
            Optional<Diagnostic> refused = Refusal.unfit(host, target, guard);
            if (refused.isPresent()) {
                throw new AxiomException(refused.get());
            }
            LockDatabase.isFinished(host, guard); // it is not asked for its lock, nor anybody ended, if it is foreign
            Fence fence = Fence.take(guard, host, lease);
            LockDatabase.finish(host, guard);
            int major = ServerFacts.major(ServerFacts.version(guard));
            Pulse pulse = Pulse.of(guard, silence);
            SessionPool pool =
                    new SessionPool(database -> open(target, database, name, Pins.CHANGE, major, pulse), fence);
            SessionPool.Opener copying =
                    database -> fenced(open(target, database, name, Pins.COPY, major, pulse), fence);
            return new HostSession(pool, guard, target, copying, new ToolRun(programs, major, name), pulse);
        } catch (SQLException | RuntimeException e) {
            guard.close();
            throw e;
        }
    }

    private static PgConnection open(Target target, String database, String name, Pins pins, int major, Pulse pulse)
            throws SQLException {
        pulse.check();
        PgConnection connection = pulse.over(AdminConnections.open(target, database, name, pins, major));
        if (!database.equals(LockDatabase.NAME)) {
            try {
                EventTriggers.refuse(connection, major);
            } catch (SQLException e) {
                connection.close();
                throw e;
            }
        }
        return connection;
    }

    private static PgConnection guard(Host host, Target target, String name) throws SQLException {
        SessionPool.Opener opener = database -> AdminConnections.open(target, database, name, Pins.CHANGE, 0);
        PgConnection connection = LockDatabase.enter(host, target, opener);
        if (LockDatabase.isIn(connection)) {
            return connection;
        }
        try (connection) {
            Refusal.unfit(host, target, connection).ifPresent(why -> {
                throw new AxiomException(why);
            });
            try (InTheWay watch = InTheWay.of(connection, opener, target.database())) {
                LockDatabase.create(connection, watch);
            }
        }
        return opener.open(LockDatabase.NAME);
    }

    private static PgConnection fenced(PgConnection connection, Fence fence) throws SQLException {
        if (!fence.holds(connection)) {
            connection.close();
            throw SessionPool.lost();
        }
        return connection;
    }
}
