package io.axiomdb.port;

import io.axiomdb.desired.Host;
import io.axiomdb.host.Inventory;
import io.axiomdb.host.Observation;
import io.axiomdb.host.Probe;

/** Looks at hosts; changes nothing. Thread-safe. */
public interface HostReader {
    /**
     * What is there of what is asked for. Never throws for a host's sake: what keeps it from looking is an
     * {@link Observation.Unreachable}.
     */
    Observation look(Host host, Probe probe);

    /**
     * Everything on it that a file could declare, whoever made it.
     *
     * @throws io.axiomdb.core.AxiomException of group 05 when it can't be looked at
     */
    Inventory inventory(Host host);
}
