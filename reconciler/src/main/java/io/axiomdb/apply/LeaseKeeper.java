package io.axiomdb.apply;

import io.axiomdb.core.AxiomException;
import io.axiomdb.port.Leases;
import io.axiomdb.registry.Lease;
import java.time.Duration;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Holds several leases and keeps them alive until closed. Once one is lost, it says so for ever. */
public final class LeaseKeeper implements AutoCloseable {
    /** A third of the shortest time to live that a lease may have. */
    private static final Duration RENEWAL = Duration.ofSeconds(10);

    private final Leases leases;
    private final SortedMap<String, Lease> held = new TreeMap<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(runnable -> {
        Thread thread = new Thread(runnable, "axm-leases");
        thread.setDaemon(true);
        return thread;
    });
    private volatile @Nullable RuntimeException lost;

    private LeaseKeeper(Leases leases) {
        this.leases = leases;
    }

    /**
     * Takes all leases or none, in sorted order so that two applies can't wait for each other.
     *
     * @throws AxiomException LEASE_HELD
     */
    public static LeaseKeeper acquire(Leases leases, Collection<String> names, String holder) {
        LeaseKeeper keeper = new LeaseKeeper(leases);
        try {
            names.stream().sorted().forEach(name -> keeper.held.put(name, leases.acquire(name, holder)));
        } catch (RuntimeException e) {
            keeper.close();
            throw e;
        }
        keeper.clock.scheduleAtFixedRate(keeper::renew, RENEWAL.toMillis(), RENEWAL.toMillis(), TimeUnit.MILLISECONDS);
        return keeper;
    }

    public Lease lease(String name) {
        return Objects.requireNonNull(held.get(name), name);
    }

    /** Why the leases can't be relied on any more; empty while they can. */
    public Optional<RuntimeException> lost() {
        return Optional.ofNullable(lost);
    }

    private void renew() {
        try {
            held.values().forEach(leases::renew);
        } catch (RuntimeException e) {
            lost = e;
            clock.shutdown();
        }
    }

    /**
     * Gives the leases back, the last one first. When one can't be given back the control plane is away: the rest would
     * each wait for it in vain, and run out by themselves.
     */
    @Override
    public void close() {
        clock.shutdownNow();
        held.reversed().values().forEach(leases::release);
    }
}
