package io.axiomdb.plan;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.ResourceKey;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What is adopted of another control plane's hosts, and nothing else: a registry that did not make what is there closes, ends and
 * drops nothing by its own belief before somebody has seen a plan of it. Pure.
 */
public final class TakingOver {
    private TakingOver() {}

    /** The same plan without everything but adoptions, and what must be registered for them. */
    public static Plan of(Plan plan) {
        Set<ResourceKey> waiting = new TreeSet<>();
        int before;
        do {
            before = waiting.size();
            plan.changes().stream()
                    .filter(change -> waits(change, waiting))
                    .map(Change::resource)
                    .forEach(waiting::add);
        } while (waiting.size() > before);
        List<Change> changes = plan.changes().stream()
                .filter(change -> !waits(change, waiting))
                .toList();
        Plan alone = new Plan(
                plan.organization(),
                changes,
                List.of(),
                plan.blocked(),
                plan.notices(),
                plan.refusals(),
                plan.notEnforced(),
                List.of(),
                List.of(),
                PlanDigest.of(plan.organization(), changes));
        int left = plan.changes().size() - changes.size();
        return left == 0
                ? alone
                : alone.with(
                        List.of(Diagnostic.of(
                                Code.WAITS_FOR_TAKEOVER,
                                left + (left == 1 ? " change" : " changes") + " of the file",
                                "a plan that takes hosts over does nothing else; see the rest afterwards: axm plan")),
                        List.of());
    }

    private static boolean waits(Change change, Set<ResourceKey> waiting) {
        boolean registers = change.action() == Action.CREATE && change.steps().isEmpty();
        return change.action() != Action.ADOPT && !registers
                || change.needs().stream().anyMatch(waiting::contains);
    }
}
