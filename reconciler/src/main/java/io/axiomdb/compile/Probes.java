package io.axiomdb.compile;

import io.axiomdb.desired.Branch;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.Probe;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What has to be looked at on each host: everything that is declared now or was when last applied, and what was set aside. Pure. */
public final class Probes {
    private Probes() {}

    /** Without asking how large anything is. */
    public static SortedMap<String, Probe> of(Desired desired, Desired applied) {
        return of(desired, applied, Set.of());
    }

    /**
     * By host name; hosts without projects are asked for nothing but whether they answer.
     *
     * @param copied branches that are about to become copies of their parents, whose sizes matter then
     */
    public static SortedMap<String, Probe> of(Desired desired, Desired applied, Set<ResourceKey> copied) {
        SortedMap<String, SortedSet<String>> measured = new TreeMap<>();
        SortedMap<String, SortedSet<String>> roles = new TreeMap<>();
        SortedMap<String, SortedMap<String, Probe.Inside>> databases = new TreeMap<>();
        desired.hosts().keySet().forEach(host -> roles.put(host, new TreeSet<>()));
        for (List<Project> projects : List.of(
                List.copyOf(applied.projects().values()),
                formerly(desired),
                List.copyOf(desired.projects().values()))) {
            for (Project project : projects) {
                SortedSet<String> names = roles.computeIfAbsent(project.host(), _ -> new TreeSet<>());
                SortedMap<String, Probe.Inside> insides =
                        databases.computeIfAbsent(project.host(), _ -> new TreeMap<>());
                project.branches().values().forEach(branch -> {
                    BranchNames branchNames = BranchNames.of(project, branch);
                    names.addAll(branchNames.roles());
                    insides.merge(branchNames.database(), inside(branchNames, branch), Probes::both);
                    Branch parent =
                            branch.from() == null ? null : project.branches().get(branch.from());
                    if (parent != null && copied.contains(ResourceKey.branch(project.name(), branch.name()))) {
                        measured.computeIfAbsent(project.host(), _ -> new TreeSet<>())
                                .add(BranchNames.of(project, parent).database());
                    }
                });
            }
        }
        for (Desired one : List.of(applied, desired)) {
            one.hosts().values().stream()
                    .filter(Lookup::isOn)
                    .forEach(host -> roles.computeIfPresent(host.name(), (_, names) -> with(names, Lookup.ROLE)));
        }
        SortedMap<String, SortedSet<String>> leaving = leaving(desired, applied);
        SortedMap<String, Probe> probes = new TreeMap<>();
        roles.forEach((host, names) -> probes.put(
                host,
                new Probe(
                        names,
                        databases.getOrDefault(host, new TreeMap<>()),
                        new TreeSet<>(),
                        new TreeSet<>(),
                        leaving.getOrDefault(host, new TreeSet<>()),
                        measured.getOrDefault(host, new TreeSet<>()))));
        return probes;
    }

    /** Roles of branches that are taken out, or end some day, by host. */
    private static SortedMap<String, SortedSet<String>> leaving(Desired desired, Desired applied) {
        SortedMap<String, SortedSet<String>> roles = new TreeMap<>();
        applied.projects().values().forEach(project -> {
            Project declared = desired.projects().get(project.name());
            project.branches().values().forEach(branch -> {
                Branch stays = declared == null ? null : declared.branches().get(branch.name());
                if (stays == null || stays.expiresAt() != null) {
                    roles.computeIfAbsent(project.host(), _ -> new TreeSet<>())
                            .addAll(BranchNames.of(project, branch).roles());
                }
            });
        });
        return roles;
    }

    /** Projects that are called otherwise, under the old names that what is declared of them may still have on its host. */
    private static List<Project> formerly(Desired desired) {
        List<Project> projects = new ArrayList<>();
        desired.projects().values().forEach(project -> {
            if (project.renamedFrom() != null) {
                projects.add(project.as(project.renamedFrom()));
            }
        });
        return projects;
    }

    private static SortedSet<String> with(SortedSet<String> names, String name) {
        names.add(name);
        return names;
    }

    private static Probe.Inside inside(BranchNames names, Branch branch) {
        return new Probe.Inside(names.owner(), names.rw(), names.ro(), BranchCompiler.schemas(branch));
    }

    private static Probe.Inside both(Probe.Inside applied, Probe.Inside desired) {
        SortedSet<String> schemas = new TreeSet<>(applied.schemas());
        schemas.addAll(desired.schemas());
        return new Probe.Inside(desired.owner(), desired.rw(), desired.ro(), schemas);
    }
}
