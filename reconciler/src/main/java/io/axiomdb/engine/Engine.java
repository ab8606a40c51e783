package io.axiomdb.engine;

import io.axiomdb.desired.Desired;
import io.axiomdb.load.Loaded;
import io.axiomdb.port.DesiredSource;
import java.time.Instant;

/** The facade. Every door (command line, server) goes through here. Thread-safe. */
public final class Engine {
    /** Everything the engine needs from outside. */
    private final Outside outside;

    public Engine(Outside outside) {
        this.outside = outside;
    }

    /** Reads the file and finds every problem. Touches neither the control plane nor hosts. */
    public static Loaded validate(DesiredSource source, Instant now) {
        throw new UnsupportedOperationException();
    }

    /** Looks at the control plane and at every host, and says what apply would do. Changes nothing. */
    public Planned plan(Desired desired, Request request) {
        throw new UnsupportedOperationException(outside.toString());
    }

    /** What the hosts have drifted to since the last apply, whatever the file says by now. Changes nothing. */
    public Planned drift(String organization, Request request) {
        throw new UnsupportedOperationException();
    }

    /**
     * Applies exactly the plan that was reviewed: takes the leases, looks again, and refuses when the digest differs.
     *
     * @param reviewed the digest that was reviewed
     * @param stop asked between steps; true ends the apply cleanly
     * @throws io.axiomdb.core.AxiomException STALE_PLAN, LEASE_HELD, or a refusal of group 06
     */
    public ApplyReport apply(
            Desired desired,
            Request request,
            io.axiomdb.core.Digest reviewed,
            Progress progress,
            java.util.function.BooleanSupplier stop) {
        throw new UnsupportedOperationException();
    }
}
