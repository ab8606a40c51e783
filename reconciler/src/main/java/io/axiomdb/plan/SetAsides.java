package io.axiomdb.plan;

import io.axiomdb.compile.KeptNames;
import io.axiomdb.desired.Kind;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.Ledger.RetainedRow;
import io.axiomdb.host.Observation;
import io.axiomdb.host.RoleState;
import io.axiomdb.registry.Registry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Everything on the hosts that is retained, by the registry's id of what it was. Only rows of axiomdb_lock count, where
 * nobody but administrators writes; a name or a comment proves nothing. Pure.
 */
final class SetAsides {
    private final SortedMap<String, List<SetAside>> all = new TreeMap<>();

    /** Of which nothing is there. */
    private final List<SetAside> gone = new ArrayList<>();

    private SetAsides() {}

    static SetAsides of(Registry registry, SortedMap<String, Observation> observations) {
        SetAsides found = new SetAsides();
        observations.forEach((host, observation) -> {
            if (observation instanceof Observation.Seen seen) {
                seen.ledger().retained().stream()
                        .filter(row -> row.system().equals(seen.system()))
                        .filter(row -> row.whose().organization().equals(registry.organization()))
                        .filter(row -> row.name().startsWith(KeptNames.BEGIN)) // else its removal is under way
                        .forEach(row -> found.add(host, row, seen));
            }
        });
        found.all
                .values()
                .forEach(kept -> kept.sort(Comparator.comparing(SetAside::moment)
                        .thenComparing(one -> one.row().number())));
        return found;
    }

    /** What is retained under an id of the registry, oldest first. */
    List<SetAside> of(String id) {
        return all.getOrDefault(id, List.of());
    }

    /** What is retained on a host, in words. */
    List<String> on(String host) {
        return stream()
                .filter(kept -> kept.host().equals(host))
                .map(kept -> kept.name() + " of " + kept.branch())
                .toList();
    }

    /** What the registry knows nothing of. */
    List<SetAside> unknown(Registry registry) {
        SortedSet<String> known = known(registry);
        return stream().filter(kept -> !known.contains(kept.row().id())).toList();
    }

    /** Everything that is not as it was left, of what the registry knows, in words. */
    List<String> drift(Registry registry) {
        SortedSet<String> known = known(registry);
        List<String> found = new ArrayList<>(gone.stream()
                .filter(one -> known.contains(one.row().id()))
                .map(one -> one.row().name() + " on host " + one.host() + ", retained of " + one.branch()
                        + ", is gone with its roles")
                .toList());
        stream()
                .filter(kept -> known.contains(kept.row().id()))
                .forEach(kept ->
                        kept.drift().forEach(words -> found.add(words + "; it is retained of " + kept.branch())));
        return found;
    }

    private static SortedSet<String> known(Registry registry) {
        SortedSet<String> known = new TreeSet<>();
        registry.removed().forEach(removed -> known.add(removed.id()));
        registry.applied().values().forEach(applied -> known.add(applied.id()));
        return known;
    }

    private static long number(RetainedRow row, RoleKind kind) {
        return switch (kind) {
            case OWNER -> row.owner();
            case RW -> row.rw();
            case RO -> row.ro();
        };
    }

    private Stream<SetAside> stream() {
        return all.values().stream().flatMap(List::stream);
    }

    private void add(String host, RetainedRow row, Observation.Seen seen) {
        DatabaseState database = seen.state().database(row.database(), row.name());
        SortedMap<RoleKind, RoleState> roles = new TreeMap<>();
        for (RoleKind kind : RoleKind.values()) {
            RoleState role = seen.state().role(number(row, kind), row.name() + "_" + kind.word());
            if (role != null) {
                roles.put(kind, role);
            }
        }
        ResourceKey branch =
                new ResourceKey(Kind.BRANCH, row.whose().project(), row.whose().branch());
        if (database == null && roles.isEmpty()) {
            gone.add(new SetAside(branch, host, row, null, roles, List.of()));
        } else {
            SortedSet<String> names =
                    new TreeSet<>(roles.values().stream().map(RoleState::name).toList());
            SortedSet<String> ties = new TreeSet<>();
            seen.ties().stream()
                    .filter(tie -> names.contains(tie.role()))
                    .filter(tie -> database == null || !tie.database().equals(database.name()))
                    .forEach(tie -> ties.add(tie.database()));
            all.computeIfAbsent(row.id(), _ -> new ArrayList<>())
                    .add(new SetAside(branch, host, row, database, roles, List.copyOf(ties)));
        }
    }
}
