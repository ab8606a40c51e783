package io.axiomdb.adapter.postgres;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Host;
import io.axiomdb.port.HostWriter;
import io.axiomdb.registry.Lease;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.Function;
import org.postgresql.jdbc.PgConnection;

/** Opens hosts for changes, fenced by the lease's epoch. */
public final class PostgresWriter implements HostWriter {
    private final Function<Host, Target> targets;

    public PostgresWriter(Function<Host, Target> targets) {
        this.targets = targets;
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

    private static Session open(Host host, Target target, Lease lease) throws SQLException {
        String name = Fence.name(lease);
        PgConnection guard = AdminConnections.open(target, target.database(), name, Pins.CHANGE, 0);
        try {
            Optional<Diagnostic> refused = Refusal.unfit(host, target, guard);
            if (refused.isPresent()) {
                throw new AxiomException(refused.get());
            }
            Fence fence = Fence.take(guard, host, lease);
            int major = ServerFacts.major(ServerFacts.version(guard));
            SessionPool pool = new SessionPool(
                    database -> AdminConnections.open(target, database, name, Pins.CHANGE, major), fence);
            SessionPool.Opener copying =
                    database -> fenced(AdminConnections.open(target, database, name, Pins.COPY, major), fence);
            return new HostSession(pool, guard, target, copying);
        } catch (SQLException | RuntimeException e) {
            guard.close();
            throw e;
        }
    }

    private static PgConnection fenced(PgConnection connection, Fence fence) throws SQLException {
        if (!fence.holds(connection)) {
            connection.close();
            throw SessionPool.lost();
        }
        return connection;
    }
}
