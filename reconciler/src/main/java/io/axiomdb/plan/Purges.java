package io.axiomdb.plan;

import io.axiomdb.desired.ResourceKey;
import java.util.List;
import java.util.SortedSet;
import java.util.stream.Stream;

/** What somebody asked to drop for good, and nothing else: whatever else the file asks for waits. Pure. */
public final class Purges {
    private Purges() {}

    /**
     * The same plan without everything but the purges of these branches.
     *
     * @param unsure what waits
     */
    public static Plan of(Plan plan, SortedSet<ResourceKey> branches, Unsure unsure) {
        List<Change> changes = plan.changes().stream()
                .filter(change -> change.action() == Action.PURGE && !unsure.covers(change.resource()))
                .toList();
        return new Plan(
                plan.organization(),
                changes,
                List.of(),
                Stream.concat(
                                plan.blocked().stream().filter(blocked -> branches.contains(blocked.resource())),
                                plan.changes().stream()
                                        .filter(change ->
                                                change.action() == Action.PURGE && unsure.covers(change.resource()))
                                        .map(Unsure::blocked))
                        .toList(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                PlanDigest.of(plan.organization(), changes));
    }
}
