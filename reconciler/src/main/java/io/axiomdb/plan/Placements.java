package io.axiomdb.plan;

import io.axiomdb.compile.Placement;
import io.axiomdb.core.Code;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Declarations;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.Kind;
import io.axiomdb.desired.Network;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.Observation;
import io.axiomdb.registry.Applied;
import io.axiomdb.registry.Registry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which branches get access, and where they are. What is asked for each branch or rule is looked up, never searched: there
 * may be a hundred thousand of them.
 */
final class Placements {
    private final SortedMap<String, List<Placement>> wanted;
    private final SortedMap<String, List<Placement>> applied;
    private final SortedSet<String> frozen;
    private final Map<String, SortedSet<String>> hosts = new HashMap<>();
    private final Map<String, String> branches = new HashMap<>();

    Placements(List<Placement> wanted, List<Placement> applied, SortedSet<String> frozen) {
        this.wanted = Placement.byHost(wanted);
        this.applied = Placement.byHost(applied);
        this.frozen = Collections.unmodifiableSortedSet(new TreeSet<>(frozen));
        wanted.forEach(p -> hosts.computeIfAbsent(p.branch().project(), _ -> new TreeSet<>())
                .add(p.host()));
        Stream.concat(wanted.stream(), applied.stream())
                .forEach(p ->
                        branches.putIfAbsent(p.names().database(), p.branch().path()));
    }

    /**
     * Branches of a host that are there or are being made. One that is blocked counts only if it was applied, and as it was
     * applied; its policy is the declared one.
     */
    List<Placement> wanted(String host) {
        return wanted.getOrDefault(host, List.of());
    }

    /** Branches of a host as last applied, with what of the policies was enforced. */
    List<Placement> applied(String host) {
        return applied.getOrDefault(host, List.of());
    }

    /** Databases whose names belong to something foreign by now: they get nothing new. */
    SortedSet<String> frozen() {
        return frozen;
    }

    /**
     * To be called when all branches are planned.
     *
     * @param registryBefore while projects still have the names with which they were applied
     * @param appliedBefore the same
     */
    static Placements of(
            PlanInput input, Desired appliedState, Findings findings, Registry registryBefore, Desired appliedBefore) {
        List<Placement> wanted = new ArrayList<>();
        SortedSet<String> frozen = new TreeSet<>();
        SortedSet<ResourceKey> all = new TreeSet<>(branches(input.desired()));
        all.addAll(branches(appliedState));
        Map<ResourceKey, Blocked> blockages = new HashMap<>();
        findings.blocked.forEach(b -> blockages.putIfAbsent(b.resource(), b));
        for (ResourceKey key : all) {
            Blocked blocked = blockages.get(key);
            Placement placement = blocked == null ? declared(key, input) : asApplied(key, input, appliedState);
            placement = placement == null ? held(key, input, appliedState) : placement;
            if (placement != null) {
                wanted.add(placement);
                if (blocked != null && blocked.why().stream().anyMatch(d -> d.code() == Code.FOREIGN_OBJECT)) {
                    frozen.add(placement.names().database());
                }
            }
        }
        return new Placements(wanted, Placement.all(enforced(registryBefore, appliedBefore)), frozen);
    }

    private static List<ResourceKey> branches(Desired desired) {
        return Placement.all(desired).stream().map(Placement::branch).toList();
    }

    private static @Nullable Placement declared(ResourceKey key, PlanInput input) {
        Project project = input.desired().projects().get(key.project());
        Branch branch = project == null ? null : project.branches().get(key.name());
        Applied applied = input.registry().applied().get(key);
        if (project == null || branch == null || BranchExpiry.isOver(branch, applied, input.now())) {
            return null;
        }
        return Placement.of(project, branch, project.network());
    }

    private static @Nullable Placement asApplied(ResourceKey key, PlanInput input, Desired appliedState) {
        Applied applied = input.registry().applied().get(key);
        Project before = appliedState.projects().get(key.project());
        if (applied == null || !applied.complete() || before == null) {
            return null;
        }
        Project now = input.desired().projects().get(key.project());
        Network network = now == null ? null : now.network();
        return Placement.of(before, Objects.requireNonNull(before.branches().get(key.name())), network);
    }

    /** One whose removal has to wait for what is inside is closed to everybody until then; null for all others. */
    private static @Nullable Placement held(ResourceKey key, PlanInput input, Desired appliedState) {
        Project project = appliedState.projects().get(key.project());
        Branch branch = project == null ? null : project.branches().get(key.name());
        if (project == null
                || branch == null
                || !(input.observations().get(project.host()) instanceof Observation.Seen seen)) {
            return null;
        }
        String database = BranchNames.of(project, branch).database();
        return seen.holds().stream().anyMatch(hold -> hold.database().equals(database))
                ? Placement.of(project, branch, null)
                : null;
    }

    /** What was applied and carried out: mostly all of it. */
    private static Desired enforced(Registry registry, Desired appliedState) {
        SortedMap<ResourceKey, Fields> fields = new TreeMap<>();
        registry.applied().forEach((key, applied) -> {
            if (applied.complete() && (applied.enforced() || !isNetwork(key))) {
                fields.put(key, applied.fields());
            }
        });
        return fields.size() == registry.applied().size()
                ? appliedState
                : Declarations.toDesired(registry.organization(), fields);
    }

    static boolean isNetwork(ResourceKey key) {
        return key.kind() == Kind.NETWORK_POLICY || key.kind() == Kind.NETWORK_RULE;
    }

    /** The hosts on which a project's policy counts. */
    SortedSet<String> hosts(String project) {
        return Collections.unmodifiableSortedSet(hosts.getOrDefault(project, Collections.emptySortedSet()));
    }

    /** A database's branch, for people. */
    String branch(String database) {
        return branches.getOrDefault(database, "database " + database);
    }
}
