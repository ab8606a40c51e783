package io.axiomdb.cli.command;

import io.axiomdb.cli.view.BranchRow;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.plan.Planner;
import io.axiomdb.registry.Applied;
import io.axiomdb.registry.Registry;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Branches of the file and of what was applied, side by side. */
final class BranchRows {
    private final Desired declared;
    private final Registry registry;
    private final Desired applied;
    private final Instant now;

    BranchRows(Desired declared, Registry registry, Instant now) {
        this.declared = declared;
        this.registry = registry;
        this.applied = Planner.applied(registry);
        this.now = now;
    }

    /** All of them, by project and name. */
    List<BranchRow> all() {
        SortedSet<ResourceKey> keys = new TreeSet<>();
        add(declared, keys);
        add(applied, keys);
        return keys.stream().map(this::row).toList();
    }

    private static void add(Desired from, SortedSet<ResourceKey> keys) {
        from.projects()
                .forEach((name, project) ->
                        project.branches().keySet().forEach(branch -> keys.add(ResourceKey.branch(name, branch))));
    }

    /** What was applied says how it is called; a branch is shown as the file has it where the file has it. */
    private BranchRow row(ResourceKey key) {
        Branch wanted = find(declared, key);
        Branch had = find(applied, key);
        Branch shown = Objects.requireNonNull(wanted == null ? had : wanted);
        Project project = Objects.requireNonNull(
                (wanted == null ? applied : declared).projects().get(key.project()));
        return new BranchRow(
                key.project(),
                key.name(),
                shown.from(),
                BranchNames.of(project, shown).database(),
                shown.isProtected(),
                shown.expiresAt(),
                state(key, wanted, had));
    }

    private static @Nullable Branch find(Desired in, ResourceKey key) {
        Project project = in.projects().get(key.project());
        return project == null ? null : project.branches().get(key.name());
    }

    private String state(ResourceKey key, @Nullable Branch wanted, @Nullable Branch had) {
        Applied stored = registry.applied().get(key);
        if (wanted == null) {
            return "no longer in the file";
        }
        if (had == null || stored == null) {
            return expired(wanted) ? "expired, never applied" : "not applied yet";
        }
        if (!stored.complete()) {
            return "incomplete";
        }
        if (expired(wanted)) {
            return "expired";
        }
        return (wanted.fields().equals(had.fields()) ? "applied" : "edited since") + unknownPasswords(key);
    }

    private String unknownPasswords(ResourceKey key) {
        List<RoleKind> roles = registry.unknownPasswords(key);
        return roles.isEmpty()
                ? ""
                : ", adopted, passwords unknown: "
                        + roles.stream().map(RoleKind::word).collect(Collectors.joining(", "));
    }

    private boolean expired(Branch branch) {
        return branch.expiresAt() != null && !branch.expiresAt().isAfter(now);
    }
}
