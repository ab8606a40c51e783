package io.axiomdb.plan;

import io.axiomdb.core.Source;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which declared branch is to have a database or a role of some name. */
final class Heirs {
    /**
     * A declared branch.
     *
     * @param rank by name among all branches
     */
    record Heir(int rank, String path, Source at) {}

    private record Name(String host, boolean database, String name) {}

    private final Map<Name, Heir> heirs = new HashMap<>();

    private Heirs() {}

    static Heirs of(Desired desired) {
        Heirs all = new Heirs();
        desired.projects()
                .values()
                .forEach(project -> project.branches().values().forEach(branch -> {
                    String path =
                            ResourceKey.branch(project.name(), branch.name()).path();
                    Heir heir = new Heir(all.heirs.size(), path, branch.origin().self());
                    names(project.host(), BranchNames.of(project, branch))
                            .forEach(name -> all.heirs.putIfAbsent(name, heir));
                }));
        return all;
    }

    /**
     * The first branch, by name, that is to have any of these names.
     *
     * @param itself path of the branch whose names these are
     */
    @Nullable
    Heir of(String host, BranchNames names, String itself) {
        @Nullable Heir first = null;
        for (Name name : names(host, names).toList()) {
            Heir heir = heirs.get(name);
            if (heir != null && !heir.path().equals(itself) && (first == null || heir.rank() < first.rank())) {
                first = heir;
            }
        }
        return first;
    }

    private static Stream<Name> names(String host, BranchNames names) {
        return Stream.concat(
                Stream.of(new Name(host, true, names.database())),
                Stream.of(RoleKind.values()).map(kind -> new Name(host, false, names.role(kind))));
    }
}
