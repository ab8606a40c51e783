package io.axiomdb.compile;

import io.axiomdb.desired.Branch;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.Probe;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What has to be looked at on each host: everything that is declared now or was when last applied, and what was set aside. Pure. */
public final class Probes {
    private Probes() {}

    /** Without asking for what belongs to others. */
    public static SortedMap<String, Probe> of(Desired desired, Desired applied) {
        return of(desired, applied, Collections.emptySortedSet());
    }

    /** By host name; hosts without projects are asked for nothing but whether they answer. What is to be adopted is looked at more closely. */
    public static SortedMap<String, Probe> of(Desired desired, Desired applied, SortedSet<ResourceKey> adopt) {
        SortedMap<String, SortedSet<String>> roles = new TreeMap<>();
        SortedMap<String, SortedMap<String, Probe.Inside>> databases = new TreeMap<>();
        desired.hosts().keySet().forEach(host -> roles.put(host, new TreeSet<>()));
        for (Desired one : List.of(applied, desired)) {
            for (Project project : one.projects().values()) {
                SortedSet<String> names = roles.computeIfAbsent(project.host(), _ -> new TreeSet<>());
                SortedMap<String, Probe.Inside> insides =
                        databases.computeIfAbsent(project.host(), _ -> new TreeMap<>());
                project.branches().values().forEach(branch -> {
                    BranchNames branchNames = BranchNames.of(project, branch);
                    names.addAll(List.of(branchNames.owner(), branchNames.rw(), branchNames.ro()));
                    insides.merge(
                            branchNames.database(),
                            inside(
                                    branchNames,
                                    branch,
                                    adopt.contains(ResourceKey.branch(project.name(), branch.name()))),
                            Probes::both);
                });
            }
        }
        for (Desired one : List.of(applied, desired)) {
            one.hosts().values().stream()
                    .filter(Lookup::isOn)
                    .forEach(host -> roles.computeIfPresent(host.name(), (_, names) -> with(names, Lookup.ROLE)));
        }
        String kept = KeptNames.comments(desired.organization());
        SortedMap<String, Probe> probes = new TreeMap<>();
        roles.forEach((host, names) ->
                probes.put(host, new Probe(names, databases.getOrDefault(host, new TreeMap<>()), kept)));
        return probes;
    }

    private static SortedSet<String> with(SortedSet<String> names, String name) {
        names.add(name);
        return names;
    }

    private static Probe.Inside inside(BranchNames names, Branch branch, boolean others) {
        return new Probe.Inside(names.owner(), names.rw(), names.ro(), BranchCompiler.schemas(branch), others);
    }

    private static Probe.Inside both(Probe.Inside applied, Probe.Inside desired) {
        SortedSet<String> schemas = new TreeSet<>(applied.schemas());
        schemas.addAll(desired.schemas());
        return new Probe.Inside(
                desired.owner(), desired.rw(), desired.ro(), schemas, applied.others() || desired.others());
    }
}
