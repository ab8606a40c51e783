package io.axiomdb.plan;

import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Kind;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;

/** Whether hosts carry out what is declared: on each kind's own word, {@link Kind#enforcedOn}. Pure. */
final class Enforcement {
    private final Desired desired;
    private final Desired applied;
    private final Placements placements;

    Enforcement(Desired desired, Desired applied, Placements placements) {
        this.desired = desired;
        this.applied = applied;
        this.placements = placements;
    }

    boolean enforced(ResourceKey key) {
        return hosts(key).stream().map(this::host).allMatch(key.kind()::enforcedOn);
    }

    /** The hosts of the project that something belongs to; none outside projects. */
    SortedSet<String> hosts(ResourceKey key) {
        SortedSet<String> hosts = new TreeSet<>(placements.hosts(key.project()));
        Project project = desired.projects()
                .getOrDefault(key.project(), applied.projects().get(key.project()));
        if (project != null) {
            hosts.add(project.host());
        }
        return hosts;
    }

    private Host host(String name) {
        Host declared = desired.hosts().get(name);
        return declared == null ? Objects.requireNonNull(applied.hosts().get(name), name) : declared;
    }

    /** Whether a database belongs to a project's branch. */
    boolean isOf(String project, String database) {
        return placements.branch(database).startsWith(project + "/");
    }

    /** Whether a field of a host has to do with who reaches it. */
    static boolean concernsAccess(String field) {
        return field.startsWith("ssh.")
                || field.startsWith("ports.")
                || field.startsWith("certificate.")
                || field.equals("firewall")
                || field.equals("public_endpoint");
    }
}
