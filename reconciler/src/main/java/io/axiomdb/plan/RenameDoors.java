package io.axiomdb.plan;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.Access;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.host.Observation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who reaches what while it gets other names. A role that stands in none of our lines could come in by somebody else's, so
 * both names stand in them, for the same addresses, from before the first rename until the last is done. Pure.
 */
final class RenameDoors {
    private RenameDoors() {}

    /** Where lines can't be changed, names don't change either. Not asked of names that have changed already. */
    static List<Diagnostic> obstacles(PlanInput input, String name, Observation.Seen seen) {
        Host host = input.desired().hosts().get(name);
        return host == null || host.ssh() == null ? List.of() : AccessPlanner.obstacles(input, host, seen);
    }

    /** To be called when access is planned: it waits for the renames, and the first of these opens for both names. */
    static void add(PlanInput input, Findings findings) {
        findings.renamedOn.forEach((host, pairs) -> {
            if (input.observations().get(host) instanceof Observation.Seen seen
                    && seen.access() instanceof AccessObservation.Seen access) {
                add(host, access.access(), both(access.access(), pairs, input.now()), findings);
            }
        });
    }

    private static void add(String host, Access seen, Access both, Findings findings) {
        SortedSet<ResourceKey> renames = new TreeSet<>();
        findings.changes.stream()
                .filter(change -> change.host().equals(host) && moves(change))
                .forEach(change -> renames.add(change.resource()));
        if (renames.isEmpty()) {
            return;
        }
        Step.@Nullable SetAccess step =
                both.equals(seen) ? null : new Step.SetAccess("the same access under both names", both);
        ResourceKey first = first(renames, findings.changes);
        findings.changes.replaceAll(change -> {
            if (change.resource().equals(ResourceKey.hostAccess(host))) {
                return needing(change, renames);
            }
            if (step == null || !renames.contains(change.resource()) || !moves(change)) {
                return change;
            }
            return change.resource().equals(first) ? change.after(List.of(step)) : needing(change, List.of(first));
        });
    }

    private static Change needing(Change change, Collection<ResourceKey> others) {
        SortedSet<ResourceKey> needs = new TreeSet<>(change.needs());
        needs.addAll(others);
        return change.withNeeds(needs);
    }

    /** One that waits for none of the others, not even through changes in between: they are going to wait for it. */
    private static ResourceKey first(SortedSet<ResourceKey> renames, List<Change> changes) {
        SortedMap<ResourceKey, SortedSet<ResourceKey>> needs = new TreeMap<>();
        changes.forEach(change ->
                needs.computeIfAbsent(change.resource(), _ -> new TreeSet<>()).addAll(change.needs()));
        return renames.stream()
                .filter(rename -> Collections.disjoint(before(rename, needs), renames))
                .findFirst()
                .orElseThrow();
    }

    private static SortedSet<ResourceKey> before(
            ResourceKey change, SortedMap<ResourceKey, SortedSet<ResourceKey>> needs) {
        SortedSet<ResourceKey> before = new TreeSet<>();
        List<ResourceKey> open = new ArrayList<>(List.of(change));
        while (!open.isEmpty()) {
            needs.getOrDefault(open.removeLast(), Collections.emptySortedSet()).stream()
                    .filter(before::add)
                    .forEach(open::add);
        }
        return before;
    }

    private static boolean moves(Change change) {
        return change.action() == Action.RENAME
                && change.steps().stream().anyMatch(step -> !(step instanceof Step.CarryPasswords));
    }

    private static Access both(Access seen, List<RenamePair> pairs, Instant now) {
        SortedMap<String, SortedSet<String>> branches = new TreeMap<>(seen.branches());
        SortedMap<String, String> databases = new TreeMap<>();
        for (RenamePair pair : pairs) {
            BranchNames names = pair.names();
            if (seen.branches().containsKey(pair.oldNames().database())) {
                databases.put(pair.oldNames().database(), names.database());
                branches.merge(names.database(), new TreeSet<>(names.roles()), RenameDoors::union);
            }
        }
        SortedSet<Access.Entry> entries = new TreeSet<>(seen.entries());
        seen.entries().stream()
                .filter(entry -> databases.containsKey(entry.database()))
                .forEach(entry -> entries.add(new Access.Entry(
                        entry.port(),
                        databases.getOrDefault(entry.database(), entry.database()),
                        entry.cidr(),
                        entry.until())));
        entries.removeIf(entry -> !Doors.lasts(entry.until(), now));
        List<Access.Opening> openings = new ArrayList<>(seen.openings());
        openings.removeIf(opening -> !Doors.lasts(opening.until(), now));
        return new Access(branches, entries, new TreeSet<>(openings));
    }

    private static SortedSet<String> union(SortedSet<String> some, SortedSet<String> others) {
        SortedSet<String> all = new TreeSet<>(some);
        all.addAll(others);
        return all;
    }
}
