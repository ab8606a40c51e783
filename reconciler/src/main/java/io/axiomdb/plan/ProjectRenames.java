package io.axiomdb.plan;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.Observation;
import io.axiomdb.registry.Applied;
import io.axiomdb.registry.Registry;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Plans that projects are called otherwise, before anything else is planned: the rest is planned for the world as it is once
 * they have their new names, and needs that. A project that can't be renamed is planned as if its file still said what was
 * applied. Pure.
 */
final class ProjectRenames {
    private final Desired applied;
    private final Findings findings;
    private PlanInput input;

    private ProjectRenames(PlanInput given, Desired applied, Findings findings) {
        this.input = given;
        this.applied = applied;
        this.findings = findings;
    }

    /**
     * What everything else is to be planned from.
     *
     * @param applied the configuration as it was last applied
     */
    static PlanInput of(PlanInput given, Desired applied, Findings findings) {
        List<Project> named = given.desired().projects().values().stream()
                .filter(project -> project.renamedFrom() != null)
                .toList();
        if (named.isEmpty()) {
            return given;
        }
        ProjectRenames renames = new ProjectRenames(given, applied, findings);
        named.forEach(renames::plan);
        return renames.input;
    }

    private void plan(Project project) {
        String former = Objects.requireNonNull(project.renamedFrom());
        Project before = applied.projects().get(former);
        Applied old = input.registry().applied().get(ResourceKey.project(former));
        if (before == null || old == null || !old.complete()) {
            boolean there = input.registry().applied().containsKey(ResourceKey.project(project.name()));
            findings.notices.add(Diagnostic.of(
                    Code.RENAME_UNUSED,
                    project.origin().of("renamed_from"),
                    "no project " + former + " is applied" + (there ? "; project " + project.name() + " is" : ""),
                    "take the line out"));
            return;
        }
        List<Diagnostic> refusals = RenameRefusals.of(project, before, input.registry());
        if (!refusals.isEmpty()) {
            block(project, before, refusals);
            return;
        }
        switch (input.observations().get(before.host())) {
            case Observation.Seen seen -> {
                ProjectRename rename = ProjectRename.of(input.registry(), project, before, seen);
                List<Diagnostic> obstacles = new ArrayList<>(rename.obstacles());
                if (rename.moves()) {
                    obstacles.addAll(RenameDoors.obstacles(input, before.host(), seen));
                }
                if (obstacles.isEmpty()) {
                    rename.leaving()
                            .forEach(
                                    name -> findings.notices.addAll(Holds.on(seen, before.host(), name, Holds.RENAME)));
                    rename(rename, seen);
                } else {
                    block(project, before, obstacles);
                }
            }
            case Observation.Unreachable(Diagnostic why) -> block(project, before, List.of(why));
            case null -> throw new IllegalStateException("nobody looked at host " + before.host());
        }
    }

    private void rename(ProjectRename rename, Observation.Seen seen) {
        findings.changes.add(rename.change());
        rename.looks().forEach(look -> findings.renamed(rename.before().host(), look.pair()));
        SortedMap<String, Observation> hosts = new TreeMap<>(input.observations());
        hosts.put(rename.before().host(), rename.after(seen));
        Registry registry = input.registry()
                .renamed(rename.before().name(), rename.project().name());
        input = input.with(input.desired(), registry, hosts);
    }

    /** Neither name is touched: what was applied stays as it is. */
    private void block(Project project, Project before, List<Diagnostic> why) {
        findings.blocked.add(new Blocked(ResourceKey.project(project.name()), why));
        findings.blocked.add(new Blocked(ResourceKey.project(before.name()), why));
        SortedMap<String, Project> projects = new TreeMap<>(input.desired().projects());
        projects.remove(project.name());
        Project there = applied.projects().get(project.name());
        if (there != null) {
            projects.put(there.name(), there);
        }
        projects.put(before.name(), before);
        input = input.with(input.desired().with(projects), input.registry(), input.observations());
    }
}
