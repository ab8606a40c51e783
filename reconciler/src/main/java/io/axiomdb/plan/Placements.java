package io.axiomdb.plan;

import io.axiomdb.compile.Placement;
import io.axiomdb.core.Code;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.Declarations;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.Kind;
import io.axiomdb.desired.Network;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.registry.Applied;
import io.axiomdb.registry.Registry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which branches get access, and where they are.
 *
 * @param wanted branches that are there or are being made. One that is blocked counts only if it was applied, and as it
 *     was applied; its policy is the declared one.
 * @param applied as last applied, with what of the policies was enforced
 * @param frozen databases whose names belong to something foreign by now: they get nothing new
 */
record Placements(List<Placement> wanted, List<Placement> applied, SortedSet<String> frozen) {
    Placements {
        wanted = List.copyOf(wanted);
        applied = List.copyOf(applied);
        frozen = Collections.unmodifiableSortedSet(new TreeSet<>(frozen));
    }

    /** To be called when all branches are planned. */
    static Placements of(PlanInput input, Desired appliedState, Findings findings) {
        List<Placement> wanted = new ArrayList<>();
        SortedSet<String> frozen = new TreeSet<>();
        SortedSet<ResourceKey> all = new TreeSet<>(branches(input.desired()));
        all.addAll(branches(appliedState));
        for (ResourceKey key : all) {
            Blocked blocked = blocked(key, findings);
            Placement placement = blocked == null ? declared(key, input) : asApplied(key, input, appliedState);
            if (placement != null) {
                wanted.add(placement);
                if (blocked != null && blocked.why().stream().anyMatch(d -> d.code() == Code.FOREIGN_OBJECT)) {
                    frozen.add(placement.names().database());
                }
            }
        }
        return new Placements(wanted, Placement.all(enforced(input.registry())), frozen);
    }

    private static List<ResourceKey> branches(Desired desired) {
        return Placement.all(desired).stream().map(Placement::branch).toList();
    }

    private static @Nullable Blocked blocked(ResourceKey key, Findings findings) {
        return findings.blocked.stream()
                .filter(b -> b.resource().equals(key))
                .findFirst()
                .orElse(null);
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

    /** What was applied and carried out. */
    private static Desired enforced(Registry registry) {
        SortedMap<ResourceKey, Applied> carriedOut = new TreeMap<>(registry.applied());
        carriedOut
                .entrySet()
                .removeIf(e -> !e.getValue().complete()
                        || isNetwork(e.getKey()) && !e.getValue().enforced());
        SortedMap<ResourceKey, Fields> fields = new TreeMap<>();
        carriedOut.forEach((key, a) -> fields.put(key, a.fields()));
        return Declarations.toDesired(registry.organization(), fields);
    }

    static boolean isNetwork(ResourceKey key) {
        return key.kind() == Kind.NETWORK_POLICY || key.kind() == Kind.NETWORK_RULE;
    }

    /** The hosts on which a project's policy counts. */
    SortedSet<String> hosts(String project) {
        SortedSet<String> hosts = new TreeSet<>();
        wanted.stream().filter(p -> p.branch().project().equals(project)).forEach(p -> hosts.add(p.host()));
        return hosts;
    }

    /** A database's branch, for people. */
    String branch(String database) {
        List<Placement> all = new ArrayList<>(wanted);
        all.addAll(applied);
        return all.stream()
                .filter(p -> p.names().database().equals(database))
                .map(p -> p.branch().path())
                .findFirst()
                .orElse("database " + database);
    }
}
