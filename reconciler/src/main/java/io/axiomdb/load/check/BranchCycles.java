package io.axiomdb.load.check;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Diagnostic.Related;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Project;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** No branch comes from itself, by whatever way. Each cycle is told once, at its first branch by name. */
final class BranchCycles {
    private BranchCycles() {}

    static void check(Desired desired, Consumer<Diagnostic> problems) {
        desired.projects().values().forEach(project -> cycles(project, problems));
    }

    private static void cycles(Project project, Consumer<Diagnostic> problems) {
        Set<String> done = new HashSet<>();
        for (String start : project.branches().keySet()) {
            List<String> way = new ArrayList<>();
            Set<String> onWay = new HashSet<>();
            @Nullable String next = start;
            while (next != null && project.branches().containsKey(next) && done.add(next)) {
                way.add(next);
                onWay.add(next);
                next = parent(project, next);
            }
            if (next != null && onWay.contains(next)) {
                problems.accept(told(project, way.subList(way.indexOf(next), way.size())));
            }
        }
    }

    private static @Nullable String parent(Project project, String name) {
        Branch branch = project.branches().get(name);
        return branch == null ? null : branch.from();
    }

    private static Diagnostic told(Project project, List<String> cycle) {
        List<Related> others = new ArrayList<>();
        for (String name : cycle.subList(1, cycle.size())) {
            Branch branch = project.branches().get(name);
            if (branch != null) {
                others.add(new Related(branch.origin().of("from"), name + " comes from " + branch.from()));
            }
        }
        Branch first = project.branches().get(cycle.getFirst());
        return Diagnostic.of(
                        Code.BRANCH_CYCLE,
                        first == null ? project.origin().self() : first.origin().of("from"),
                        String.join(" <- ", cycle) + " <- " + cycle.getFirst(),
                        "one of them has to start without from:")
                .withRelated(others);
    }
}
