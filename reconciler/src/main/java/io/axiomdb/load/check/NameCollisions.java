package io.axiomdb.load.check;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Diagnostic.Related;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.RoleKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** On one host every database and every role has a name of its own, over all projects. One problem for each pair of branches. */
final class NameCollisions {
    private final Consumer<Diagnostic> problems;
    private final Map<String, Taken> taken = new HashMap<>();
    private final Set<String> told = new HashSet<>();

    private NameCollisions(Consumer<Diagnostic> problems) {
        this.problems = problems;
    }

    /** Who has a name. */
    private record Taken(String path, Source at) {}

    private record Place(Project project, Branch branch) {
        Source at() {
            return branch.origin().self();
        }
    }

    static void check(Desired desired, Consumer<Diagnostic> problems) {
        NameCollisions collisions = new NameCollisions(problems);
        List<Place> places = new ArrayList<>();
        desired.projects()
                .values()
                .forEach(project ->
                        project.branches().values().forEach(branch -> places.add(new Place(project, branch))));
        places.sort(Comparator.comparing(Place::at));
        places.forEach(collisions::take);
    }

    private void take(Place place) {
        BranchNames names = BranchNames.of(place.project(), place.branch());
        take(place, "database", names.database(), "names.database");
        for (RoleKind kind : RoleKind.values()) {
            take(place, "role", names.role(kind), "names." + kind.word());
        }
    }

    private void take(Place place, String kind, String name, String field) {
        String path = place.project().name() + "/" + place.branch().name();
        Source at = place.branch().origin().of(field);
        Taken earlier = taken.putIfAbsent(place.project().host() + "\n" + kind + "\n" + name, new Taken(path, at));
        if (earlier != null && told.add(earlier.path() + "\n" + path)) {
            problems.accept(Diagnostic.of(
                            Code.NAME_COLLISION,
                            at,
                            "the " + kind + " of " + path + " on host "
                                    + place.project().host(),
                            "rename one of them, or give it slug: or names:")
                    .withRelated(List.of(
                            new Related(earlier.at(), earlier.path() + "  ->  " + name),
                            new Related(at, path + "  ->  " + name))));
        }
    }
}
