package io.axiomdb.adapter.controlplane;

import com.zaxxer.hikari.HikariDataSource;
import io.axiomdb.audit.AuditEntry;
import io.axiomdb.audit.AuditRow;
import io.axiomdb.core.Anchor;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Mark;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.port.AuthorityStore;
import io.axiomdb.port.KeyRenewal;
import io.axiomdb.port.Leases;
import io.axiomdb.port.SecretStore;
import io.axiomdb.port.SecretsKey;
import io.axiomdb.registry.Applied;
import io.axiomdb.registry.ControlPlaneSite;
import io.axiomdb.registry.CredentialKey;
import io.axiomdb.registry.Identity;
import io.axiomdb.registry.Registry;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/** The control plane in a PostgreSQL, in a schema of its own. */
public final class ControlPlaneDatabase implements Plane {
    /** How long a lease lasts without being renewed. */
    public static final Duration LEASE = Duration.ofSeconds(30);

    /** The cluster's number, if we may read it; a connection from the server's own address passes no firewall. */
    private static final String SITE = "SELECT CASE WHEN has_function_privilege('pg_control_system()', 'EXECUTE')"
            + " THEN (SELECT system_identifier::text FROM pg_control_system()) ELSE '' END, current_database(), current_user,"
            + " inet_client_addr() IS NULL OR host(inet_client_addr()) = host(inet_server_addr())"
            + " OR inet_client_addr() <<= '127.0.0.0/8' OR inet_client_addr() <<= '::1/128'";

    private static final String MARK = "SELECT h.id::text AS id, coalesce(a.number, 0) AS number, h.sequence, h.hash"
            + " FROM axiomdb.audit_head h LEFT JOIN axiomdb.applies a ON a.organization = :organization";

    private static final String COUNT =
            "INSERT INTO axiomdb.applies AS a (organization, number) VALUES (:organization, :above + 1)"
                    + " ON CONFLICT (organization) DO UPDATE SET number = greatest(a.number, :above) + 1";

    private final HikariDataSource pool;
    private final Transactions transactions;
    private final SecretStore secrets;
    private final AuthorityStore authorities;
    private final Leases leases;
    private final KeyRenewal keys;

    private ControlPlaneDatabase(HikariDataSource pool, JdbcTarget target, SecretsKey key, Duration lease) {
        this.pool = pool;
        this.transactions = new Transactions(pool, target);
        OwnKey own = new OwnKey(transactions, key);
        this.secrets = new StoredSecrets(transactions, own);
        this.authorities = new StoredAuthorities(transactions, own);
        this.leases = new StoredLeases(transactions, lease);
        this.keys = new LostKeys(transactions, own);
    }

    /**
     * Connects, and makes the schema or brings it up to date.
     *
     * @param key opened when a secret is first stored or read
     * @param lease how long a lease lasts without being renewed, such as {@link #LEASE}
     * @throws AxiomException with CONTROL_PLANE_UNREACHABLE, CONTROL_PLANE_NEWER or CONTROL_PLANE_SCHEMA
     */
    public static ControlPlaneDatabase open(JdbcTarget target, SecretsKey key, Duration lease) {
        return open(target, key, lease, _ -> {});
    }

    /**
     * The same.
     *
     * @param notice gets what is about to be done to the schema, before it is; nothing when it is as it should be
     */
    public static ControlPlaneDatabase open(
            JdbcTarget target, SecretsKey key, Duration lease, Consumer<String> notice) {
        return connected(target, false, pool -> {
            Migrations.run(pool, target, notice);
            return new ControlPlaneDatabase(pool, target, key, lease);
        });
    }

    /**
     * Connects to what is there and leaves the schema as it is. Where none was made, what is returned is empty.
     *
     * @param readOnly the server itself refuses whatever would write
     * @throws AxiomException with CONTROL_PLANE_UNREACHABLE, CONTROL_PLANE_NEWER, CONTROL_PLANE_OLDER or
     *     CONTROL_PLANE_SCHEMA
     */
    public static Plane existing(JdbcTarget target, SecretsKey key, Duration lease, boolean readOnly) {
        return connected(target, readOnly, pool -> {
            boolean made = Migrations.isCurrent(pool, target);
            ControlPlaneDatabase database = new ControlPlaneDatabase(pool, target, key, lease);
            return made ? database : new EmptyPlane(database::now, database::site, database::close);
        });
    }

    /** The embedded one before it is made: looking at it needs no server. */
    public static Plane notMade(Clock clock, ControlPlaneSite place) {
        return EmptyPlane.ofThisMachine(clock, place);
    }

    private interface Opening<T> {
        T with(HikariDataSource pool) throws SQLException;
    }

    private static <T> T connected(JdbcTarget target, boolean readOnly, Opening<T> opening) {
        HikariDataSource pool = connect(target, readOnly);
        try {
            return opening.with(pool);
        } catch (SQLException e) {
            pool.close();
            throw Failures.told(new IllegalStateException(e), target);
        } catch (RuntimeException e) {
            pool.close();
            throw e;
        }
    }

    private static HikariDataSource connect(JdbcTarget target, boolean readOnly) {
        try {
            return Connections.pool(target, readOnly);
        } catch (RuntimeException e) {
            throw Failures.told(e, target);
        }
    }

    @Override
    public boolean exists() {
        return true;
    }

    @Override
    public SecretStore secrets() {
        return secrets;
    }

    @Override
    public AuthorityStore authorities() {
        return authorities;
    }

    @Override
    public Leases leases() {
        return leases;
    }

    @Override
    public KeyRenewal keys() {
        return keys;
    }

    @Override
    public Instant now() {
        return transactions
                .write(handle -> handle.createQuery("SELECT clock_timestamp()")
                        .mapTo(OffsetDateTime.class)
                        .one())
                .toInstant();
    }

    @Override
    public ControlPlaneSite site() {
        return transactions.snapshot(handle -> handle.createQuery(SITE)
                .map((row, _) ->
                        new ControlPlaneSite(row.getString(1), row.getString(2), row.getString(3), row.getBoolean(4)))
                .one());
    }

    @Override
    public Registry read(String organization) {
        return transactions.snapshot(handle -> {
            Map<String, Identity> identities = Identities.read(handle, organization);
            SortedMap<ResourceKey, Applied> applied = Resources.read(handle, organization, identities);
            Applied itself = applied.get(ResourceKey.organization(organization));
            return new Registry(
                    organization,
                    itself != null && itself.complete(),
                    Resources.otherOrganizations(handle, organization),
                    applied,
                    Resources.removed(handle, organization, Credentials.ofRemoved(handle, organization), identities),
                    Credentials.read(handle, organization));
        });
    }

    @Override
    public SortedMap<CredentialKey, Instant> credentialsSince(String organization) {
        return transactions.snapshot(handle -> Credentials.since(handle, organization));
    }

    @Override
    public void begin(String organization, List<Intent> intents) {
        transact(handle -> {
            AuditTrail.append(
                    handle, organization, intents.stream().map(Intent::entry).toList());
            Batch.run(
                    handle,
                    intents.stream()
                            .flatMap(intent -> claim(organization, intent))
                            .toList());
        });
    }

    private static Stream<Write> claim(String organization, Intent intent) {
        ResourceKey target = intent.entry().target();
        return switch (intent.claim()) {
            case null -> Stream.empty();
            case Claim.Make(SortedMap<String, String> fields) ->
                Stream.of(Resources.claim(organization, target, fields));
            case Claim.Revive(String id) -> Stream.of(Resources.revive(organization, target, id));
        };
    }

    @Override
    public void note(String organization, Note note) {
        transact(handle -> {
            if (Batch.run(handle, List.of(Identities.note(organization, note))) != 1) {
                throw new IllegalStateException("the control plane does not know what is being made: " + note);
            }
        });
    }

    @Override
    public void finish(String organization, List<Outcome> outcomes) {
        transact(handle -> {
            AuditTrail.append(
                    handle, organization, outcomes.stream().map(Outcome::entry).toList());
            Batch.run(
                    handle,
                    outcomes.stream()
                            .flatMap(outcome -> writes(organization, outcome))
                            .toList());
            Credentials.confirm(
                    handle,
                    organization,
                    outcomes.stream()
                            .flatMap(outcome -> outcome.confirmedCredentials().stream())
                            .toList());
        });
    }

    private static Stream<Write> writes(String organization, Outcome outcome) {
        return Stream.of(
                        Resources.write(organization, outcome.effect()).stream(),
                        outcome.identities().entrySet().stream()
                                .map(e -> Identities.identify(organization, e.getKey(), e.getValue())),
                        outcome.settled().stream().map(Identities::settle))
                .flatMap(writes -> writes);
    }

    @Override
    public void record(String organization, AuditEntry entry) {
        transact(handle -> AuditTrail.append(handle, organization, List.of(entry)));
    }

    private void transact(Consumer<Handle> work) {
        transactions.write(handle -> {
            work.accept(handle);
            return Optional.empty();
        });
    }

    @Override
    public List<AuditRow> unfinished(String organization) {
        return transactions.write(handle -> AuditTrail.unfinished(handle, organization));
    }

    @Override
    public List<AuditRow> audit(String organization, AuditQuery query) {
        return transactions.write(handle -> AuditTrail.list(handle, organization, query));
    }

    @Override
    public Mark mark(String organization) {
        return transactions.snapshot(handle -> handle.createQuery(MARK)
                .bind("organization", organization)
                .map((row, _) -> new Mark(
                        row.getString("id"),
                        row.getLong("number"),
                        new Anchor(row.getLong("sequence"), row.getString("hash"))))
                .one());
    }

    @Override
    public Mark next(String organization, long above) {
        transact(handle -> handle.createUpdate(COUNT)
                .bind("organization", organization)
                .bind("above", above)
                .execute());
        return mark(organization);
    }

    @Override
    public Set<Anchor> strangers(Collection<Anchor> anchors) {
        return transactions.snapshot(handle -> AuditCheck.strangers(handle, anchors));
    }

    @Override
    public Optional<Diagnostic> verifyAudit(SortedMap<String, Anchor> anchors) {
        return transactions.snapshot(handle -> AuditCheck.run(handle, anchors));
    }

    @Override
    public void close() {
        pool.close();
    }
}
