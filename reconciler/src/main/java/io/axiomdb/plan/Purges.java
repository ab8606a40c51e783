package io.axiomdb.plan;

import io.axiomdb.desired.ResourceKey;
import java.util.List;
import java.util.SortedSet;

/** What somebody asked to drop for good, and nothing else: whatever else the file asks for waits. Pure. */
public final class Purges {
    private Purges() {}

    /** The same plan without everything but the purges of these branches. */
    public static Plan of(Plan plan, SortedSet<ResourceKey> branches) {
        List<Change> changes = plan.changes().stream()
                .filter(change -> change.action() == Action.PURGE)
                .toList();
        return new Plan(
                plan.organization(),
                changes,
                List.of(),
                plan.blocked().stream()
                        .filter(blocked -> branches.contains(blocked.resource()))
                        .toList(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                PlanDigest.of(plan.organization(), changes));
    }
}
