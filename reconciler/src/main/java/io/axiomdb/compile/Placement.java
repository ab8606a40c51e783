package io.axiomdb.compile;

import io.axiomdb.desired.Branch;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Network;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A branch on its host, and the policy that says who reaches it.
 *
 * @param network null where none is declared: nobody is let in
 */
public record Placement(
        ResourceKey branch,
        String host,
        BranchNames names,
        @Nullable Network network) {
    public static Placement of(Project project, Branch branch, @Nullable Network network) {
        return new Placement(
                ResourceKey.branch(project.name(), branch.name()),
                project.host(),
                BranchNames.of(project, branch),
                network);
    }

    /** All branches of a configuration. */
    public static List<Placement> all(Desired desired) {
        return desired.projects().values().stream()
                .flatMap(project ->
                        project.branches().values().stream().map(branch -> of(project, branch, project.network())))
                .toList();
    }

    /** By the name of their host, in the order given. */
    public static SortedMap<String, List<Placement>> byHost(Collection<Placement> placements) {
        SortedMap<String, List<Placement>> byHost = new TreeMap<>();
        placements.forEach(
                p -> byHost.computeIfAbsent(p.host(), _ -> new ArrayList<>()).add(p));
        return byHost;
    }
}
