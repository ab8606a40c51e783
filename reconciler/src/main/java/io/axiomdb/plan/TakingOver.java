package io.axiomdb.plan;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.Observation;
import io.axiomdb.registry.Registry;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What is adopted of another control plane's hosts, and nothing else: a registry that did not make what is there closes, ends and
 * drops nothing by its own belief before somebody has seen a plan of it. Pure.
 */
public final class TakingOver {
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

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

    /**
     * What a host retains of this organization that the registry knows nothing of.
     *
     * @param id under which it is to be registered
     */
    public record Found(ResourceKey branch, String host, String id, String name) {}

    /**
     * What the registry is to learn of hosts that are taken over, oldest first: databases that are there by the number that
     * stands in axiomdb_lock, and of this organization.
     */
    public static List<Found> retained(Registry registry, SortedMap<String, Observation> seen, Set<String> hosts) {
        return SetAsides.of(registry, seen).unknown(registry).stream()
                .filter(kept -> hosts.contains(kept.host())
                        && kept.database() != null
                        && isId(kept.row().id()))
                .sorted(Comparator.comparing(SetAside::moment).thenComparing(SetAside::name))
                .map(kept -> new Found(kept.branch(), kept.host(), kept.row().id(), kept.name()))
                .toList();
    }

    private static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    private static boolean waits(Change change, Set<ResourceKey> waiting) {
        boolean registers = change.action() == Action.CREATE && change.steps().isEmpty();
        return change.action() != Action.ADOPT && !registers
                || change.needs().stream().anyMatch(waiting::contains);
    }
}
