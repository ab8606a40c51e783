package io.axiomdb.plan;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Kind;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.registry.Applied;
import io.axiomdb.registry.Registry;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What stands against a project's new name by file and registry alone, whatever is on its host. Pure. */
final class RenameRefusals {
    private RenameRefusals() {}

    static List<Diagnostic> of(Project project, Project before, Registry registry) {
        List<Diagnostic> found = new ArrayList<>();
        if (!project.fields().equals(before.fields())) {
            found.add(refusal(
                    project,
                    "its host, env or prefix changes at the same time",
                    "put host, env and prefix back as they were, and rename it alone"));
        }
        SortedMap<ResourceKey, Applied> its = new TreeMap<>(registry.applied());
        its.keySet().removeIf(key -> !key.project().equals(before.name()));
        its.keySet().stream()
                .filter(key -> registry.applied().containsKey(key.inProject(project.name())))
                .findFirst()
                .ifPresent(
                        key -> found.add(
                                refusal(
                                        project,
                                        key.inProject(project.name()) + " is there as well as " + key,
                                        "in two steps: take the new one out and apply, then rename the old one; or leave the names as they are")));
        its.forEach((key, applied) -> {
            if (key.kind() == Kind.BRANCH && !applied.complete()) {
                found.add(refusal(
                        project,
                        key + " was begun and never finished",
                        "in two steps: put the old name back and apply, then rename it"));
            }
        });
        project.branches().values().stream()
                .filter(branch ->
                        branch.renamedFrom() != null && before.branches().containsKey(branch.renamedFrom()))
                .forEach(branch -> found.add(refusal(
                        project,
                        "its branch " + branch.renamedFrom() + " is to be called " + branch.name()
                                + " at the same time",
                        "in two steps: rename the project and apply, then rename the branch")));
        return found;
    }

    /** One that stands where the file asks for the rename. */
    static Diagnostic refusal(Project project, String why, String help) {
        return Diagnostic.of(
                Code.WOULD_MOVE,
                project.origin().of("renamed_from"),
                "project " + project.name() + " is to be what project " + project.renamedFrom() + " was, and " + why,
                help);
    }
}
