package io.axiomdb.plan;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Origin;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Declarations;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.Kind;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.Observation;
import io.axiomdb.registry.Applied;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Declared against applied for all kinds that are not themselves on hosts: everything but branches. To be called when the
 * hosts are planned, for what they carry out is done when they have done it. Pure.
 */
final class DeclarationPlanner {
    private final PlanInput input;
    private final Enforcement enforcement;
    private final Findings findings;

    DeclarationPlanner(PlanInput input, Enforcement enforcement, Findings findings) {
        this.input = input;
        this.enforcement = enforcement;
        this.findings = findings;
    }

    void plan() {
        SortedMap<ResourceKey, Fields> declared = Declarations.of(input.desired());
        SortedSet<ResourceKey> keys = new TreeSet<>(declared.keySet());
        keys.addAll(input.registry().applied().keySet());
        keys.removeIf(key -> key.kind() == Kind.BRANCH);
        for (ResourceKey key : keys) {
            one(key, declared.get(key), input.registry().applied().get(key));
        }
    }

    private void one(ResourceKey key, @Nullable Fields wanted, @Nullable Applied before) {
        if (Expiry.hasExpired(key, wanted, before, input.now())) {
            expire(key, wanted, before);
        } else if (wanted == null) {
            remove(key, Objects.requireNonNull(before), "no longer declared");
        } else if (before == null || !before.complete()) {
            add(key, Action.CREATE, fields(key, Collections.emptySortedMap(), wanted, null), wanted);
        } else {
            List<FieldChange> fields = fields(key, before.fields().values(), wanted, before);
            if (!fields.isEmpty()) {
                add(key, Action.UPDATE, fields, wanted);
            }
        }
    }

    /** What is no longer, or only now, carried out is a change of its own. */
    private List<FieldChange> fields(
            ResourceKey key, SortedMap<String, String> values, Fields wanted, @Nullable Applied before) {
        List<FieldChange> fields = new ArrayList<>(FieldChanges.between(values, wanted));
        boolean now = enforcement.enforced(key);
        if (before != null && Placements.isNetwork(key) && before.enforced() != now) {
            String hosts = "on host " + String.join(", ", enforcement.hosts(key));
            Source self = wanted.origin().self();
            fields.add(new FieldChange("", "enforced", now ? "no" : "yes", now ? hosts : "no", self));
        }
        return fields;
    }

    private void expire(ResourceKey key, @Nullable Fields wanted, @Nullable Applied before) {
        if (before != null) {
            remove(key, before, Expiry.reason(key, before, enforcement, input));
        } else if (wanted != null) {
            findings.notices.add(Expiry.never(key, wanted));
        }
    }

    private void add(ResourceKey key, Action action, List<FieldChange> fields, Fields wanted) {
        SortedSet<String> waitsFor = waitsFor(key, fields, action);
        List<Diagnostic> pending = new ArrayList<>(pending(waitsFor));
        newAddress(key, wanted).ifPresent(pending::add);
        if (!pending.isEmpty()) {
            findings.blocked.add(new Blocked(key, pending));
            return;
        }
        findings.changes.add(new Change(
                key,
                action,
                "",
                fields,
                wanted.origin().self(),
                enforcement.enforced(key) ? "declared" : "declared; stored, not enforced by this version",
                List.of(),
                needs(key, waitsFor),
                wanted.values(),
                enforcement.enforced(key)));
    }

    /** What is stored as applied is trusted from then on: a host that nobody trusts is not, nor what is to be on it. */
    private Optional<Diagnostic> newAddress(ResourceKey key, Fields wanted) {
        String host = switch (key.kind()) {
            case HOST -> key.name();
            case PROJECT -> wanted.text("host", "");
            case NETWORK_POLICY, NETWORK_RULE, ROTATION_POLICY -> hostOf(key.project());
            case ORGANIZATION, MEMBER, BRANCH, HOST_ACCESS -> "";
        };
        return input.observations().get(host) instanceof Observation.Unreachable(Diagnostic why)
                        && why.code() == Code.NEW_ADDRESS
                ? Optional.of(why)
                : Optional.empty();
    }

    private String hostOf(String name) {
        Project project = input.desired().projects().get(name);
        return project == null ? "" : project.host();
    }

    private void remove(ResourceKey key, Applied before, String reason) {
        List<FieldChange> fields =
                FieldChanges.between(before.fields().values(), new Fields(new TreeMap<>(), Origin.UNKNOWN));
        SortedSet<String> waitsFor = waitsFor(key, fields, Action.REMOVE);
        List<Diagnostic> pending = pending(waitsFor);
        if (!pending.isEmpty()) {
            findings.blocked.add(new Blocked(key, pending));
            return;
        }
        SortedSet<ResourceKey> needs = new TreeSet<>();
        waitsFor.forEach(host -> needs.add(ResourceKey.hostAccess(host)));
        findings.changes.add(new Change(
                key,
                Action.REMOVE,
                "",
                fields,
                Source.NOWHERE,
                reason,
                List.of(),
                needs,
                new TreeMap<>(),
                enforcement.enforced(key)));
    }

    /** The hosts whose access must be as wanted before this may be called done. */
    private SortedSet<String> waitsFor(ResourceKey key, List<FieldChange> fields, Action action) {
        SortedSet<String> hosts = new TreeSet<>();
        if (Placements.isNetwork(key) && enforcement.enforced(key)) {
            hosts.addAll(enforcement.hosts(key));
        }
        boolean made = action == Action.CREATE;
        if (key.kind() == Kind.HOST && !made && fields.stream().anyMatch(f -> Enforcement.concernsAccess(f.name()))) {
            hosts.add(key.name());
        }
        return hosts;
    }

    private List<Diagnostic> pending(SortedSet<String> hosts) {
        return hosts.stream()
                .flatMap(host -> findings.pendingHosts.getOrDefault(host, List.of()).stream())
                .toList();
    }

    /** What must be done or stored before: the order in which kinds depend on each other. */
    private static SortedSet<ResourceKey> needs(ResourceKey key, SortedSet<String> waitsFor) {
        SortedSet<ResourceKey> needs = new TreeSet<>();
        waitsFor.forEach(host -> needs.add(ResourceKey.hostAccess(host)));
        switch (key.kind()) {
            case ORGANIZATION, MEMBER, HOST, PROJECT, HOST_ACCESS -> {}
            case NETWORK_POLICY, NETWORK_RULE, ROTATION_POLICY, BRANCH -> needs.add(ResourceKey.project(key.project()));
        }
        return needs;
    }
}
