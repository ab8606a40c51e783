package io.axiomdb.cli;

import io.axiomdb.adapter.embedded.EmbeddedServer;
import io.axiomdb.desired.Host;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.host.HostState;
import io.axiomdb.host.Inventory;
import io.axiomdb.host.Observation;
import io.axiomdb.host.Probe;
import io.axiomdb.port.HostReader;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Looks at hosts, and sees the embedded one as empty before it is made: a look makes none.
 *
 * @param embedded whether the embedded one was made
 */
record MadeHosts(HostReader reader, BooleanSupplier embedded) implements HostReader {
    @Override
    public Observation look(Host host, Probe probe) {
        return host.postgres() instanceof Host.Embedded && !embedded.getAsBoolean()
                ? new Observation.Seen(
                        HostState.EMPTY,
                        EmbeddedServer.VERSION,
                        List.of(),
                        new AccessObservation.Unmanaged(),
                        Duration.ZERO)
                : reader.look(host, probe);
    }

    @Override
    public Inventory inventory(Host host) {
        return reader.inventory(host);
    }
}
