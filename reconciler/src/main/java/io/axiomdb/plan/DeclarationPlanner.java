package io.axiomdb.plan;

import io.axiomdb.core.Origin;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.Kind;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.registry.Applied;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Declared against applied for all kinds that have nothing on hosts yet: everything but branches. Pure. */
final class DeclarationPlanner {
    private final Findings findings;

    DeclarationPlanner(Findings findings) {
        this.findings = findings;
    }

    void plan(SortedMap<ResourceKey, Fields> declared, SortedMap<ResourceKey, Applied> applied) {
        SortedSet<ResourceKey> keys = new TreeSet<>(declared.keySet());
        keys.addAll(applied.keySet());
        keys.removeIf(key -> key.kind() == Kind.BRANCH);
        for (ResourceKey key : keys) {
            Fields wanted = declared.get(key);
            Applied before = applied.get(key);
            if (wanted == null) {
                remove(key, Objects.requireNonNull(before));
            } else if (before == null || !before.complete()) {
                add(key, Action.CREATE, Collections.emptySortedMap(), wanted);
            } else if (!before.fields().values().equals(wanted.values())) {
                add(key, Action.UPDATE, before.fields().values(), wanted);
            }
        }
    }

    private void add(ResourceKey key, Action action, SortedMap<String, String> before, Fields wanted) {
        findings.changes.add(new Change(
                key,
                action,
                "",
                FieldChanges.between(before, wanted),
                wanted.origin().self(),
                enforced(key) ? "declared" : "declared; stored, not enforced by this version",
                List.of(),
                needs(key),
                wanted.values(),
                enforced(key)));
    }

    private void remove(ResourceKey key, Applied before) {
        findings.changes.add(new Change(
                key,
                Action.REMOVE,
                "",
                FieldChanges.between(before.fields().values(), new Fields(new TreeMap<>(), Origin.UNKNOWN)),
                Source.NOWHERE,
                "no longer declared",
                List.of(),
                new TreeSet<>(),
                new TreeMap<>(),
                enforced(key)));
    }

    private static boolean enforced(ResourceKey key) {
        return switch (key.kind()) {
            case ORGANIZATION, MEMBER, HOST, PROJECT, BRANCH, HOST_ACCESS -> true;
            case NETWORK_POLICY, NETWORK_RULE, ROTATION_POLICY -> false;
        };
    }

    /** What must be stored before: the order in which kinds depend on each other. */
    private static SortedSet<ResourceKey> needs(ResourceKey key) {
        SortedSet<ResourceKey> needs = new TreeSet<>();
        switch (key.kind()) {
            case ORGANIZATION, MEMBER, HOST, PROJECT, HOST_ACCESS -> {}
            case NETWORK_POLICY, NETWORK_RULE, ROTATION_POLICY, BRANCH -> needs.add(ResourceKey.project(key.project()));
        }
        return needs;
    }
}
