package io.axiomdb.plan;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Kind;
import io.axiomdb.desired.ResourceKey;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What has come due by itself: things whose time has passed, data that was kept long enough, certificates that are running
 * out, and what these need. For
 * plans of what was applied against itself, in which nothing goes unless its time has passed. Pure.
 */
public final class Due {
    private Due() {}

    /**
     * The same plan without everything else. Drift is not due: it waits for somebody who has read it.
     *
     * @param unsure what waits as well
     */
    public static Plan of(Plan plan, Unsure unsure) {
        Map<ResourceKey, List<Change>> byResource =
                plan.changes().stream().collect(Collectors.groupingBy(Change::resource));
        Set<ResourceKey> drifted = plan.changes().stream()
                .filter(change -> movesAccess(change, plan) || unsure.covers(change.resource()))
                .map(Change::resource)
                .collect(Collectors.toSet());
        Set<ResourceKey> due = new TreeSet<>();
        plan.changes().stream()
                .filter(change -> isDue(change)
                        && !unsure.covers(change.resource())
                        && change.needs().stream().noneMatch(drifted::contains))
                .forEach(change -> {
                    add(change, byResource, due);
                    closed(change, byResource, drifted).forEach(access -> add(access, byResource, due));
                });
        List<Change> changes = plan.changes().stream()
                .filter(change -> due.contains(change.resource()))
                .filter(change -> change.resource().kind() != Kind.BRANCH || isDue(change))
                .map(change -> drifted.contains(change.resource()) ? certificateAlone(change) : change)
                .toList();
        Set<String> hosts = changes.stream()
                .filter(change -> change.steps().stream().anyMatch(Step.SetAccess.class::isInstance))
                .map(Change::host)
                .collect(Collectors.toSet());
        return new Plan(
                plan.organization(),
                changes,
                List.of(),
                Stream.concat(plan.blocked().stream(), waiting(plan, due, unsure))
                        .toList(),
                plan.notices(),
                changes.isEmpty() ? List.of() : plan.refusals(),
                plan.notEnforced(),
                plan.access().stream()
                        .filter(difference -> hosts.contains(difference.host()))
                        .toList(),
                plan.ends().stream()
                        .filter(ended -> hosts.contains(ended.host()))
                        .toList(),
                plan.forgets(),
                plan.keptUntil(),
                PlanDigest.of(plan.organization(), changes));
    }

    /** Once a branch is gone nobody is let in to it, unless a door on its host has drifted. */
    private static List<Change> closed(
            Change change, Map<ResourceKey, List<Change>> byResource, Set<ResourceKey> drifted) {
        ResourceKey access = ResourceKey.hostAccess(change.host());
        return change.resource().kind() == Kind.BRANCH && change.action() == Action.REMOVE && !drifted.contains(access)
                ? byResource.getOrDefault(access, List.of())
                : List.of();
    }

    /** Somebody may have closed a door by hand, and for a reason: what has come due must not open it again. */
    private static boolean movesAccess(Change change, Plan plan) {
        boolean opens = plan.access().stream()
                .anyMatch(difference -> difference.host().equals(change.host())
                        && !difference.gained().isEmpty());
        return change.steps().stream().anyMatch(Step.SetAccess.class::isInstance)
                && (opens || change.action() == Action.REPAIR);
    }

    /** What can't be done before somebody has read the drift that stands in its way is told, not passed over. */
    private static Stream<Blocked> waiting(Plan plan, Set<ResourceKey> due, Unsure unsure) {
        return plan.changes().stream()
                .filter(change -> isDue(change) && !due.contains(change.resource()))
                .map(change -> unsure.covers(change.resource())
                        ? Unsure.blocked(change)
                        : new Blocked(
                                change.resource(),
                                List.of(Diagnostic.of(
                                        Code.BLOCKED,
                                        change.source(),
                                        change.resource() + " has come due, and its host has drifted",
                                        "read the drift (axm drift), then mend both: axm apply"))));
    }

    private static Change certificateAlone(Change change) {
        return new Change(
                change.resource(),
                change.action(),
                change.host(),
                change.fields().stream()
                        .filter(field -> field.subject().equals(CertificatePlanner.SUBJECT))
                        .toList(),
                change.source(),
                CertificatePlanner.SUBJECT,
                change.steps().stream()
                        .filter(Step.SetCertificate.class::isInstance)
                        .toList(),
                change.needs(),
                change.declaration(),
                change.enforced());
    }

    private static boolean isDue(Change change) {
        return change.action().takesAway() || change.steps().stream().anyMatch(Step.SetCertificate.class::isInstance);
    }

    private static void add(Change change, Map<ResourceKey, List<Change>> all, Set<ResourceKey> due) {
        if (due.add(change.resource())) {
            change.needs().forEach(need -> all.getOrDefault(need, List.of()).forEach(one -> add(one, all, due)));
        }
    }
}
