package io.axiomdb.adapter.controlplane;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.port.Leases;
import io.axiomdb.registry.Lease;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.jdbi.v3.core.Handle;

/** Leases in the control plane's database, by its clock. */
final class StoredLeases implements Leases {
    private static final String ACQUIRE = """
            INSERT INTO axiomdb.leases AS l (host, epoch, holder, acquired_at, renewed_at, expires_at)
            VALUES (:host, 1, :holder, clock_timestamp(), clock_timestamp(), clock_timestamp() + CAST(:ttl AS interval))
            ON CONFLICT (host) DO UPDATE SET epoch = l.epoch + 1, holder = excluded.holder,
                acquired_at = clock_timestamp(), renewed_at = clock_timestamp(),
                expires_at = clock_timestamp() + CAST(:ttl AS interval)
                WHERE l.expires_at <= clock_timestamp()
            RETURNING epoch, line
            """;
    private static final String OURS =
            " WHERE host = :host AND epoch = :epoch AND holder = :holder AND expires_at > clock_timestamp()";

    private final Transactions transactions;
    private final Duration lasting;
    private final String ttl;

    StoredLeases(Transactions transactions, Duration ttl) {
        this.transactions = transactions;
        this.lasting = ttl;
        this.ttl = ttl.toMillis() + " milliseconds";
    }

    @Override
    public Lease acquire(String host, String holder) {
        return transactions.write(handle -> handle.createQuery(ACQUIRE)
                .bind("host", host)
                .bind("holder", holder)
                .bind("ttl", ttl)
                .map((row, context) -> new Lease(host, row.getLong("epoch"), holder, row.getString("line")))
                .findOne()
                .orElseThrow(() -> held(holding(handle, host))));
    }

    @Override
    public Duration lasting() {
        return lasting;
    }

    @Override
    public void renew(Lease lease) {
        transactions.write(handle -> {
            int renewed = change(
                    handle,
                    lease,
                    "renewed_at = clock_timestamp(), expires_at = clock_timestamp() + CAST('" + ttl + "' AS interval)");
            if (renewed == 0) {
                throw lost(lease, holding(handle, lease.host()));
            }
            return renewed;
        });
    }

    @Override
    public Lease anew(Lease lease) {
        return transactions.write(handle -> {
            if (change(handle, lease, "line = gen_random_uuid()") == 0) {
                throw lost(lease, holding(handle, lease.host()));
            }
            return holding(handle, lease.host()).lease();
        });
    }

    @Override
    public void release(Lease lease) {
        transactions.write(handle -> change(handle, lease, "expires_at = clock_timestamp()"));
    }

    private static int change(Handle handle, Lease lease, String assignment) {
        return handle.createUpdate("UPDATE axiomdb.leases SET " + assignment + OURS)
                .bind("host", lease.host())
                .bind("epoch", lease.epoch())
                .bind("holder", lease.holder())
                .execute();
    }

    private static Holding holding(Handle handle, String host) {
        return handle.createQuery(
                        "SELECT epoch, line, holder, acquired_at, expires_at FROM axiomdb.leases WHERE host = :host")
                .bind("host", host)
                .map((row, context) -> new Holding(
                        new Lease(host, row.getLong("epoch"), row.getString("holder"), row.getString("line")),
                        row.getObject("acquired_at", OffsetDateTime.class).toInstant(),
                        row.getObject("expires_at", OffsetDateTime.class).toInstant()))
                .one();
    }

    private record Holding(Lease lease, Instant since, Instant until) {}

    private static AxiomException held(Holding other) {
        return new AxiomException(Diagnostic.of(
                Code.LEASE_HELD,
                other.lease().holder() + " has been changing " + other.lease().host() + " since " + other.since(),
                "wait until it ends; if it died, its lease runs out by itself at " + other.until()));
    }

    private static AxiomException lost(Lease ours, Holding now) {
        String why = now.lease().equals(ours)
                ? "it was not renewed in time and ran out at " + now.until()
                : now.lease().holder() + " took it over at " + now.since();
        return new AxiomException(Diagnostic.of(
                Code.LEASE_LOST, ours.host() + ": " + why, "run axm plan to see what is left to do, and apply that"));
    }
}
