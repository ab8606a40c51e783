package io.axiomdb.load.check;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Origin;
import io.axiomdb.desired.Desired;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A project or a branch can have been only one other, which is not there any more. */
final class Renames {
    private final String kind;
    private final Consumer<Diagnostic> problems;
    private final SortedMap<String, Origin> declared = new TreeMap<>();
    private final SortedMap<String, String> former = new TreeMap<>();

    private Renames(String kind, Consumer<Diagnostic> problems) {
        this.kind = kind;
        this.problems = problems;
    }

    static void check(Desired desired, Consumer<Diagnostic> problems) {
        Renames projects = new Renames("project", problems);
        desired.projects().values().forEach(project -> {
            projects.add(project.name(), project.renamedFrom(), project.origin());
            Renames branches = new Renames("branch", problems);
            project.branches()
                    .values()
                    .forEach(branch -> branches.add(branch.name(), branch.renamedFrom(), branch.origin()));
            branches.check();
        });
        projects.check();
    }

    private void add(String name, @Nullable String before, Origin origin) {
        declared.put(name, origin);
        if (before != null) {
            former.put(name, before);
        }
    }

    private void check() {
        SortedMap<String, String> heirs = new TreeMap<>();
        former.forEach((name, before) -> {
            String other = heirs.putIfAbsent(before, name);
            if (declared.containsKey(before)) {
                problem(
                        name,
                        kind + " \"" + before + "\" is declared too",
                        "take the old name out of the file, or the line renamed_from; what is renamed twice is applied in between");
            } else if (other != null) {
                problem(
                        name,
                        kind + " \"" + before + "\" can't become both \"" + other + "\" and \"" + name + "\"",
                        "keep the line with the one that gets the data");
            }
        });
    }

    private void problem(String name, String detail, String help) {
        Origin origin = declared.getOrDefault(name, Origin.UNKNOWN);
        problems.accept(Diagnostic.of(Code.NAME_COLLISION, origin.of("renamed_from"), detail, help));
    }
}
