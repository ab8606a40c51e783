package io.axiomdb.plan;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Kind;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.Access;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.host.Observation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Who reaches what while it gets other names. A role that stands in none of our lines could come in by somebody else's, so
 * both names stand in them, for the same addresses, from before the first rename until the last is done. Pure.
 */
final class RenameDoors {
    private RenameDoors() {}

    /** Where lines can't be changed, names don't change either. */
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
        boolean opens = !both.equals(seen);
        Step.SetAccess step = new Step.SetAccess("the same access under both names", both);
        findings.changes.replaceAll(change -> {
            boolean access = change.resource().equals(ResourceKey.hostAccess(host));
            if (access || opens && renames.tailSet(change.resource()).size() < renames.size() && moves(change)) {
                SortedSet<ResourceKey> needs = new TreeSet<>(change.needs());
                needs.addAll(access ? renames : List.of(renames.first()));
                return change.withNeeds(needs);
            }
            return opens && change.resource().equals(renames.first()) && moves(change) ? change.after(step) : change;
        });
    }

    private static boolean moves(Change change) {
        return change.action() == Action.RENAME
                && change.steps().stream().anyMatch(step -> !(step instanceof Step.CarryPasswords))
                && (change.resource().kind() == Kind.PROJECT
                        || change.resource().kind() == Kind.BRANCH);
    }

    private static Access both(Access seen, List<RenamePair> pairs, Instant now) {
        SortedMap<String, SortedSet<String>> branches = new TreeMap<>(seen.branches());
        SortedMap<String, String> databases = new TreeMap<>();
        for (RenamePair pair : pairs) {
            BranchNames names = pair.names();
            if (seen.branches().containsKey(pair.oldNames().database())) {
                databases.put(pair.oldNames().database(), names.database());
                branches.merge(
                        names.database(),
                        new TreeSet<>(List.of(names.owner(), names.rw(), names.ro())),
                        RenameDoors::union);
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
