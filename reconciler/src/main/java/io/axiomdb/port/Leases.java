package io.axiomdb.port;

import io.axiomdb.registry.Lease;
import java.time.Duration;

/** Who may change a host. Thread-safe. */
public interface Leases {
    /**
     * Takes the lease of a host for a limited time, with a higher epoch than anyone before.
     *
     * @throws io.axiomdb.core.AxiomException with LEASE_HELD, naming the holder and since when
     */
    Lease acquire(String host, String holder);

    /** How long one lasts from when it is taken or renewed. */
    Duration lasting();

    /**
     * Makes it last longer. To be called well before it runs out.
     *
     * @throws io.axiomdb.core.AxiomException with LEASE_LOST when somebody has taken it over
     */
    void renew(Lease lease);

    /**
     * The same lease on a new line, whose epochs no host has seen: of a control plane that was set back, those of the old line are
     * over on its hosts.
     *
     * @throws io.axiomdb.core.AxiomException with LEASE_LOST when somebody has taken it over
     */
    Lease anew(Lease lease);

    /** Gives it back; nothing happens when it is no longer ours. */
    void release(Lease lease);
}
