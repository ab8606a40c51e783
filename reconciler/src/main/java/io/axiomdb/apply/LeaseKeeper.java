package io.axiomdb.apply;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.port.Leases;
import io.axiomdb.registry.Lease;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds several leases and keeps them alive until closed. They are lost when another holder is seen, or when the time of one
 * is over; a renewal that fails is tried again until then. Once one is lost, it says so for ever.
 */
public final class LeaseKeeper implements AutoCloseable {
    /** Renewals in the time that a lease lasts, and tries in the time between two of them. */
    private static final int RENEWALS = 3;

    private static final int TRIES = 10;

    private final Leases leases;
    private final ConcurrentSkipListMap<String, Lease> held = new ConcurrentSkipListMap<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(runnable -> {
        Thread thread = new Thread(runnable, "axm-leases");
        thread.setDaemon(true);
        return thread;
    });
    private final LongSupplier nanos;
    private final Map<String, Long> until = new ConcurrentHashMap<>();
    private volatile @Nullable RuntimeException lost;
    private volatile @Nullable RuntimeException failed;

    private LeaseKeeper(Leases leases, LongSupplier nanos) {
        this.leases = leases;
        this.nanos = nanos;
    }

    /**
     * Takes all leases or none, in sorted order so that two applies can't wait for each other.
     *
     * @throws AxiomException LEASE_HELD
     */
    public static LeaseKeeper acquire(Leases leases, Collection<String> names, String holder) {
        LeaseKeeper keeper = taken(leases, names, holder, System::nanoTime);
        long pause = Math.max(1, leases.lasting().toMillis() / RENEWALS / TRIES);
        keeper.clock.scheduleWithFixedDelay(keeper::renewDue, pause, pause, TimeUnit.MILLISECONDS);
        return keeper;
    }

    /** Nothing renews them by itself. */
    static LeaseKeeper taken(Leases leases, Collection<String> names, String holder, LongSupplier nanos) {
        LeaseKeeper keeper = new LeaseKeeper(leases, nanos);
        try {
            names.stream().sorted().forEach(name -> {
                long asked = nanos.getAsLong();
                keeper.held.put(name, leases.acquire(name, holder));
                keeper.until.put(name, asked + leases.lasting().toNanos());
            });
            return keeper;
        } catch (RuntimeException e) {
            keeper.close();
            throw e;
        }
    }

    public Lease lease(String name) {
        return Objects.requireNonNull(held.get(name), name);
    }

    /** Puts all of them on new lines. To be called while no host is open by one. */
    public void anew() {
        held.replaceAll((_, lease) -> leases.anew(lease));
    }

    /** Why the leases can't be relied on any more; empty while they can. Never waits for the control plane. */
    public Optional<RuntimeException> lost() {
        if (lost == null) {
            long now = nanos.getAsLong();
            until.forEach((name, end) -> {
                if (lost == null && end - now <= 0) {
                    lost = over(name);
                }
            });
        }
        return Optional.ofNullable(lost);
    }

    /** Those that have lasted a third of their time. To be called again and again. */
    void renewDue() {
        long renewal = leases.lasting().toNanos() * (RENEWALS - 1) / RENEWALS;
        for (Lease lease : held.values()) {
            long asked = nanos.getAsLong();
            if (lost().isPresent()) {
                clock.shutdown();
                return;
            }
            if (Objects.requireNonNull(until.get(lease.host())) - asked <= renewal) {
                renew(lease, asked);
            }
        }
    }

    private void renew(Lease lease, long asked) {
        try {
            leases.renew(lease);
            until.put(lease.host(), asked + leases.lasting().toNanos());
        } catch (AxiomException e) {
            if (e.code() == Code.LEASE_LOST) {
                lost = e;
            } else {
                failed = e;
            }
        } catch (RuntimeException e) {
            failed = e;
        }
    }

    private RuntimeException over(String name) {
        RuntimeException why = failed;
        String last = why instanceof AxiomException known
                ? "; the last try: " + known.diagnostics().getFirst().detail()
                : "";
        return new AxiomException(
                Diagnostic.of(
                        Code.LEASE_LOST,
                        name + ": it could not be renewed within the "
                                + leases.lasting().toSeconds() + " s that it lasts" + last,
                        "see that the control plane answers, then run axm plan to see what is left to do, and apply that"),
                why);
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
