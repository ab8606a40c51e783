package io.axiomdb.testing;

import io.axiomdb.audit.AuditChain;
import io.axiomdb.audit.AuditEntry;
import io.axiomdb.audit.AuditRow;
import io.axiomdb.core.Anchor;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Mark;
import io.axiomdb.core.Origin;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.Kind;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.PasswordMark;
import io.axiomdb.port.ControlPlane;
import io.axiomdb.port.Leases;
import io.axiomdb.port.SecretStore;
import io.axiomdb.registry.Applied;
import io.axiomdb.registry.BeingMade;
import io.axiomdb.registry.ControlPlaneSite;
import io.axiomdb.registry.Credential;
import io.axiomdb.registry.Credential.State;
import io.axiomdb.registry.CredentialKey;
import io.axiomdb.registry.Identity;
import io.axiomdb.registry.Lease;
import io.axiomdb.registry.Registry;
import io.axiomdb.registry.Removed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The control plane without a database, held to the same contract test as the real one. Its clock ticks when told. */
public final class MemoryControlPlane implements ControlPlane, SecretStore, Leases {
    public static final Duration LEASE = Duration.ofSeconds(30);

    private final List<Gone> removed = new ArrayList<>();
    private final SortedMap<String, SortedMap<ResourceKey, Applied>> applied = new TreeMap<>();
    private final List<AuditRow> trail = new ArrayList<>();
    private final List<Stored> secrets = new ArrayList<>();
    private final Map<String, SortedMap<CredentialKey, Instant>> since = new TreeMap<>();
    private final Map<String, Held> leases = new TreeMap<>();
    private final Map<String, Long> applies = new TreeMap<>();
    private final String id = UUID.randomUUID().toString();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private record Stored(String organization, Credential credential, StoredSecret secret) {
        Stored as(State state) {
            return new Stored(
                    organization,
                    new Credential(credential.key(), credential.version(), credential.mark(), state),
                    secret);
        }

        boolean is(String owner, CredentialKey key) {
            return organization.equals(owner) && credential.key().equals(key);
        }

        boolean isOf(ResourceKey branch) {
            return branch.equals(ResourceKey.branch(
                    credential.key().project(), credential.key().branch()));
        }

        boolean live() {
            return credential.state() != State.RETIRED;
        }
    }

    private record Gone(String organization, ResourceKey key, Applied resource, Instant since) {
        boolean is(String organization, String id) {
            return this.organization.equals(organization) && resource.id().equals(id);
        }
    }

    private record Held(Lease lease, Instant until) {}

    public synchronized void tick(Duration time) {
        now = now.plus(time);
    }

    @Override
    public synchronized Instant now() {
        return now;
    }

    @Override
    public ControlPlaneSite site() {
        return new ControlPlaneSite("", "", "", true);
    }

    @Override
    public synchronized SortedMap<CredentialKey, Instant> credentialsSince(String organization) {
        SortedMap<CredentialKey, Instant> current = new TreeMap<>(since.getOrDefault(organization, new TreeMap<>()));
        current.keySet().removeIf(key -> current(organization, key).isEmpty());
        return current;
    }

    @Override
    public synchronized Registry read(String organization) {
        SortedMap<ResourceKey, Applied> live = live(organization);
        Applied itself = live.get(ResourceKey.organization(organization));
        SortedMap<CredentialKey, List<Credential>> credentials = new TreeMap<>();
        secrets.stream()
                .filter(s -> s.organization().equals(organization) && s.live())
                .map(Stored::credential)
                .forEach(c -> credentials
                        .computeIfAbsent(c.key(), key -> new ArrayList<>())
                        .add(c));
        return new Registry(
                organization,
                itself != null && itself.complete(),
                applied.keySet().stream()
                        .filter(other ->
                                !other.equals(organization) && live(other).containsKey(ResourceKey.organization(other)))
                        .toList(),
                live,
                removed.stream()
                        .filter(r -> r.organization().equals(organization))
                        .map(this::removed)
                        .toList(),
                credentials);
    }

    private SortedMap<ResourceKey, Applied> live(String organization) {
        return applied.computeIfAbsent(organization, name -> new TreeMap<>());
    }

    @Override
    public synchronized void begin(String organization, List<Intent> intents) {
        intents.forEach(intent -> {
            append(organization, intent.entry());
            switch (intent.claim()) {
                case null -> {}
                case Claim.Make(SortedMap<String, String> fields) ->
                    live(organization).putIfAbsent(intent.entry().target(), applied(null, fields, false, false));
                case Claim.Revive(String id) -> revive(organization, id);
            }
        });
    }

    @Override
    public synchronized void note(String organization, Note note) {
        switch (note) {
            case Note.Begins(ResourceKey branch, String mutation, String name) ->
                change(organization, branch, a -> {
                    List<BeingMade> all = new ArrayList<>(a.beingMade());
                    all.add(new BeingMade(name, mutation, "", 0));
                    return with(a, a.identity(), all);
                });
            case Note.Database(String name, String system, long oid) ->
                change(
                        organization,
                        making(organization, name),
                        a -> with(
                                a,
                                a.identity(),
                                a.beingMade().stream()
                                        .map(one -> one.name().equals(name)
                                                ? new BeingMade(name, one.mutation(), system, oid)
                                                : one)
                                        .toList()));
            case Note.Roles(ResourceKey branch, String system, SortedMap<RoleKind, Long> oids) ->
                change(organization, branch, a -> with(a, merged(a.identity(), system, null, oids), a.beingMade()));
        }
    }

    private ResourceKey making(String organization, String name) {
        return live(organization).entrySet().stream()
                .filter(e -> e.getValue().beingMade().stream()
                        .anyMatch(one -> one.name().equals(name)))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(ResourceKey.branch("", name));
    }

    private void change(String organization, ResourceKey key, UnaryOperator<Applied> how) {
        if (live(organization).computeIfPresent(key, (_, a) -> how.apply(a)) == null) {
            throw new IllegalStateException("the control plane does not know what is being made: " + key);
        }
    }

    private static Applied with(Applied a, Identity identity, List<BeingMade> beingMade) {
        return new Applied(a.id(), a.fields(), a.complete(), a.enforced(), identity, beingMade);
    }

    private static Identity merged(
            Identity before, String system, @Nullable Long database, SortedMap<RoleKind, Long> roles) {
        boolean same = before.system().equals(system);
        SortedMap<RoleKind, Long> all = new TreeMap<>(same ? before.roles() : new TreeMap<>());
        all.putAll(roles);
        all.values().removeIf(oid -> oid == 0);
        return new Identity(system, database != null ? database : same ? before.database() : 0, all);
    }

    private void settle(String organization, Settled settled) {
        ResourceKey key = making(organization, settled.name());
        live(organization).computeIfPresent(key, (_, a) -> {
            BeingMade made = a.beingMade().stream()
                    .filter(one -> one.name().equals(settled.name()))
                    .findFirst()
                    .orElseThrow();
            List<BeingMade> others =
                    a.beingMade().stream().filter(one -> !one.equals(made)).toList();
            return with(
                    a,
                    settled.took() && made.oid() != 0
                            ? new Identity(
                                    made.system(), made.oid(), a.identity().roles())
                            : a.identity(),
                    others);
        });
    }

    @Override
    public synchronized void finish(String organization, List<Outcome> outcomes) {
        outcomes.stream().flatMap(o -> o.confirmedCredentials().stream()).forEach(c -> requireStored(organization, c));
        outcomes.forEach(outcome -> {
            append(organization, outcome.entry());
            perform(organization, outcome.effect());
            outcome.identities()
                    .forEach((key, is) -> live(organization)
                            .computeIfPresent(
                                    key,
                                    (_, a) -> with(
                                            a,
                                            merged(a.identity(), is.system(), is.database(), is.roles()),
                                            a.beingMade())));
            outcome.settled().forEach(settled -> settle(organization, settled));
        });
        outcomes.forEach(outcome -> outcome.confirmedCredentials().forEach(c -> confirm(organization, c)));
    }

    private void perform(String organization, Effect effect) {
        SortedMap<ResourceKey, Applied> live = live(organization);
        switch (effect) {
            case Effect.Nothing() -> {}
            case Effect.Store(ResourceKey key, SortedMap<String, String> fields, boolean enforced) -> {
                Applied before = live.get(key);
                live.put(key, applied(before, fields, true, enforced));
            }
            case Effect.Rename(
                    ResourceKey from,
                    ResourceKey to,
                    SortedMap<String, String> fields,
                    boolean enforced) -> {
                Applied before = Objects.requireNonNull(live.remove(from));
                live.put(to, applied(before, fields, true, enforced));
                if (from.kind() == Kind.PROJECT) {
                    live.keySet().stream()
                            .filter(key -> key.project().equals(from.name()))
                            .toList()
                            .forEach(key -> {
                                live.put(key.inProject(to.name()), Objects.requireNonNull(live.remove(key)));
                                retire(organization, key);
                            });
                }
                retire(organization, from);
            }
            case Effect.Remove(ResourceKey key) -> remove(organization, key, resource -> true);
            case Effect.GiveUp(ResourceKey key) -> {
                remove(organization, key, resource -> !resource.complete());
                removed.removeIf(r -> !r.resource().complete() && r.key().equals(key));
            }
            case Effect.Retain(ResourceKey key, String id) -> {
                boolean known = removed.stream().anyMatch(r -> r.resource().id().equals(id));
                if (!known) {
                    Applied gone = new Applied(id, new Fields(new TreeMap<>(), Origin.UNKNOWN), true, true);
                    removed.add(new Gone(organization, key, gone, now));
                }
            }
            case Effect.Purge(ResourceKey _, String id) -> removed.removeIf(r -> r.is(organization, id));
        }
    }

    private void retire(String organization, ResourceKey branch) {
        secrets.replaceAll(s -> s.organization().equals(organization) && s.isOf(branch) ? s.as(State.RETIRED) : s);
    }

    private void revive(String organization, String id) {
        removed.stream()
                .filter(r -> r.is(organization, id))
                .forEach(r -> live(organization)
                        .put(
                                r.key(),
                                applied(
                                        r.resource(),
                                        r.resource().fields().values(),
                                        false,
                                        r.resource().enforced())));
        removed.stream()
                .filter(r -> r.is(organization, id))
                .forEach(r ->
                        secrets.replaceAll(s -> s.organization().equals(organization) && s.isOf(r.key()) && !s.live()
                                ? s.as(State.PENDING)
                                : s));
        removed.removeIf(r -> r.is(organization, id));
    }

    private Removed removed(Gone gone) {
        return new Removed(
                gone.resource().id(),
                gone.key(),
                gone.resource().fields(),
                gone.since(),
                secrets.stream()
                        .filter(s -> s.organization().equals(gone.organization()) && !s.live())
                        .map(Stored::credential)
                        .filter(c -> gone.key()
                                .equals(ResourceKey.branch(
                                        c.key().project(), c.key().branch())))
                        .toList(),
                gone.resource().identity());
    }

    private void remove(String organization, ResourceKey key, Predicate<Applied> condition) {
        Applied resource = live(organization).get(key);
        if (resource != null && condition.test(resource)) {
            live(organization).remove(key);
            if (key.kind() == Kind.BRANCH) {
                removed.add(new Gone(organization, key, resource, now));
                secrets.replaceAll(s -> s.organization().equals(organization)
                                && s.credential().key().project().equals(key.project())
                                && s.credential().key().branch().equals(key.name())
                        ? s.as(State.RETIRED)
                        : s);
            }
        }
    }

    /** @param before what it takes the place of, under the same id */
    private static Applied applied(
            @Nullable Applied before, SortedMap<String, String> fields, boolean complete, boolean enforced) {
        return new Applied(
                before == null ? newId() : before.id(),
                new Fields(fields, Origin.UNKNOWN),
                complete,
                enforced,
                before == null ? Identity.NONE : before.identity(),
                before == null ? List.of() : before.beingMade());
    }

    private static String newId() {
        return UUID.randomUUID().toString();
    }

    private void requireStored(String organization, Credential confirmed) {
        if (secrets.stream()
                .noneMatch(s ->
                        s.is(organization, confirmed.key()) && s.credential().version() == confirmed.version())) {
            throw new IllegalArgumentException("a version of a credential was confirmed that is not stored");
        }
    }

    private void confirm(String organization, Credential confirmed) {
        since.computeIfAbsent(organization, o -> new TreeMap<>()).put(confirmed.key(), now);
        secrets.replaceAll(s -> !s.is(organization, confirmed.key())
                ? s
                : s.as(s.credential().version() == confirmed.version() ? State.CURRENT : State.RETIRED));
    }

    private void append(String organization, AuditEntry entry) {
        String previous = trail.isEmpty() ? AuditChain.START : trail.getLast().hash();
        trail.add(AuditChain.follow(previous, trail.size() + 1, now, organization, entry));
    }

    @Override
    public synchronized List<AuditRow> unfinished(String organization) {
        Map<String, List<AuditRow>> open = new LinkedHashMap<>();
        trail.stream().filter(row -> row.organization().equals(organization)).forEach(row -> {
            if (row.entry().phase() == AuditEntry.Phase.INTENT) {
                open.computeIfAbsent(row.entry().mutationId(), id -> new ArrayList<>())
                        .add(row);
            } else {
                open.remove(row.entry().mutationId());
            }
        });
        return open.values().stream().flatMap(List::stream).toList();
    }

    @Override
    public synchronized List<AuditRow> audit(String organization, AuditQuery query) {
        return trail.reversed().stream()
                .filter(row -> row.organization().equals(organization))
                .filter(row -> query.project() == null
                        || query.project().equals(row.entry().target().project()))
                .filter(row -> query.event() == null
                        || query.event().equals(row.entry().event()))
                .filter(row -> query.mutationId() == null
                        || query.mutationId().equals(row.entry().mutationId()))
                .limit(query.limit())
                .toList();
    }

    @Override
    public synchronized Mark mark(String organization) {
        Anchor anchor = trail.isEmpty()
                ? new Anchor(0, AuditChain.START)
                : new Anchor(trail.getLast().sequence(), trail.getLast().hash());
        return new Mark(id, applies.getOrDefault(organization, 0L), anchor);
    }

    @Override
    public synchronized Mark next(String organization, long above) {
        applies.merge(organization, above + 1, (before, _) -> Math.max(before, above) + 1);
        return mark(organization);
    }

    @Override
    public synchronized Set<Anchor> strangers(Collection<Anchor> anchors) {
        Set<Anchor> strangers = new LinkedHashSet<>(anchors);
        strangers.removeIf(anchor -> anchor.sequence() == 0
                || anchor.sequence() <= trail.size()
                        && trail.get((int) anchor.sequence() - 1).hash().equals(anchor.hash()));
        return strangers;
    }

    @Override
    public Optional<Diagnostic> verifyAudit(SortedMap<String, Anchor> anchors) {
        return Optional.empty();
    }

    @Override
    public synchronized void record(String organization, AuditEntry entry) {
        append(organization, entry);
    }

    @Override
    public void close() {}

    @Override
    public void ready() {}

    @Override
    public synchronized List<Credential> putPending(String organization, List<StoredSecret> added) {
        List<Credential> credentials = new ArrayList<>();
        for (StoredSecret secret : added) {
            int version = 1
                    + (int) secrets.stream()
                            .filter(s -> s.is(organization, secret.key()))
                            .count();
            Credential credential = new Credential(
                    secret.key(),
                    version,
                    PasswordMark.ofVerifier(secret.verifier().reveal()),
                    State.PENDING);
            secrets.add(new Stored(organization, credential, secret));
            credentials.add(credential);
        }
        return credentials;
    }

    @Override
    public synchronized Optional<StoredSecret> current(String organization, CredentialKey key) {
        return secrets.stream()
                .filter(s -> s.is(organization, key) && s.credential().state() == State.CURRENT)
                .map(Stored::secret)
                .findFirst();
    }

    @Override
    public synchronized Lease acquire(String host, String holder) {
        Held before = leases.get(host);
        if (before != null && before.until().isAfter(now)) {
            throw refused(
                    Code.LEASE_HELD,
                    before.lease().holder() + " has been changing host " + host,
                    "until " + before.until());
        }
        Lease lease = before == null
                ? new Lease(host, 1, holder, "line of " + host)
                : new Lease(
                        host, before.lease().epoch() + 1, holder, before.lease().line());
        leases.put(host, new Held(lease, now.plus(LEASE)));
        return lease;
    }

    @Override
    public Duration lasting() {
        return Duration.ofSeconds(30);
    }

    @Override
    public synchronized void renew(Lease lease) {
        if (!holds(lease)) {
            throw refused(Code.LEASE_LOST, "host " + lease.host() + ": " + leases.get(lease.host()), "plan again");
        }
        leases.put(lease.host(), new Held(lease, now.plus(LEASE)));
    }

    @Override
    public synchronized Lease anew(Lease lease) {
        renew(lease);
        Lease anew = new Lease(lease.host(), lease.epoch(), lease.holder(), lease.line() + ", anew");
        leases.put(lease.host(), new Held(anew, now.plus(LEASE)));
        return anew;
    }

    @Override
    public synchronized void release(Lease lease) {
        if (holds(lease)) {
            leases.put(lease.host(), new Held(lease, now));
        }
    }

    private boolean holds(Lease lease) {
        Held held = Objects.requireNonNull(leases.get(lease.host()), "a lease that was acquired");
        return held.lease().epoch() == lease.epoch()
                && held.lease().holder().equals(lease.holder())
                && held.until().isAfter(now);
    }

    private static AxiomException refused(Code code, String detail, String help) {
        return new AxiomException(Diagnostic.of(code, detail, help));
    }
}
