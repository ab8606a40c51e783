package io.axiomdb.load.check;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Project;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** A branch can have been only one other, which is not there any more. */
final class Renames {
    private Renames() {}

    static void check(Desired desired, Consumer<Diagnostic> problems) {
        desired.projects().values().forEach(project -> project(project, problems));
    }

    private static void project(Project project, Consumer<Diagnostic> problems) {
        SortedMap<String, String> heirs = new TreeMap<>();
        for (Branch branch : project.branches().values()) {
            String before = branch.renamedFrom();
            if (before == null) {
                continue;
            }
            String other = heirs.putIfAbsent(before, branch.name());
            if (project.branches().containsKey(before)) {
                problems.accept(
                        problem(
                                branch,
                                "branch \"" + before + "\" is declared too",
                                "take the old name out of the file, or the line renamed_from; what is renamed twice is applied in between"));
            } else if (other != null) {
                problems.accept(problem(
                        branch,
                        "branch \"" + before + "\" can't become both \"" + other + "\" and \"" + branch.name() + "\"",
                        "keep the line with the one that gets the data"));
            }
        }
    }

    private static Diagnostic problem(Branch branch, String detail, String help) {
        return Diagnostic.of(Code.NAME_COLLISION, branch.origin().of("renamed_from"), detail, help);
    }
}
