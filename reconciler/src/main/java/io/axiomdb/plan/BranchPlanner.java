package io.axiomdb.plan;

import io.axiomdb.compile.BranchCompiler;
import io.axiomdb.compile.BranchWant;
import io.axiomdb.compile.Lookup;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.desired.Transform;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.HostState;
import io.axiomdb.host.Observation;
import io.axiomdb.plan.BranchComparison.Purpose;
import io.axiomdb.plan.Difference.Nature;
import io.axiomdb.plan.HeldBack.Repair;
import io.axiomdb.plan.UndeletePlanner.Comeback;
import io.axiomdb.registry.Applied;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Plans one declared branch. Pure. */
final class BranchPlanner {
    private final PlanInput input;
    private final Desired appliedState;
    private final RemovalPlanner removals;
    private final UndeletePlanner undelete;
    private final RenamePlanner renames;
    private final Findings findings;
    /** Asked for every new branch, and the same for all of a project. */
    private final Map<String, Boolean> staying = new HashMap<>();

    BranchPlanner(PlanInput input, Desired appliedState, SetAsides asides, RemovalPlanner removals, Findings findings) {
        this.input = input;
        this.appliedState = appliedState;
        this.removals = removals;
        this.renames = new RenamePlanner(input, findings);
        this.undelete = new UndeletePlanner(input, asides, findings);
        this.findings = findings;
    }

    void plan(Project project, Branch branch) {
        ResourceKey key = ResourceKey.branch(project.name(), branch.name());
        Applied applied = input.registry().applied().get(key);
        Project projectBefore = appliedState.projects().get(project.name());
        Branch before = projectBefore == null || applied == null
                ? null
                : projectBefore.branches().get(branch.name());
        boolean making = applied == null || !applied.complete();
        if (BranchExpiry.isOver(branch, applied, input.now())) {
            over(key, branch, applied);
            return;
        }
        if (BranchExpiry.hasExpired(branch, input.now())) {
            findings.notices.add(BranchExpiry.protectedOne(key, branch));
        }
        if (branch.renamedFrom() != null && renames(key, project, branch, applied)) {
            return;
        }
        Comeback comeback = comeback(key, project, branch, applied);
        Diagnostic refusal = comeback == null
                ? refusal(project, branch, projectBefore, before, making)
                : undelete.refusal(branch, comeback);
        if (refusal != null) {
            findings.blocked.add(new Blocked(key, List.of(refusal)));
            return;
        }
        switch (input.observations().get(project.host())) {
            case Observation.Seen seen -> {
                if (comeback == null) {
                    compare(key, project, branch, making ? null : before, applied, seen);
                } else {
                    boolean pooled = pooled(input.desired(), project, seen.state());
                    undelete.plan(project, branch, comeback, seen, pooled, needs(key, branch));
                }
            }
            case Observation.Unreachable(Diagnostic why) -> findings.blocked.add(new Blocked(key, List.of(why)));
            case null -> throw new IllegalStateException("nobody looked at host " + project.host());
        }
    }

    /** Its date has passed: what is there of it ends, and its data is kept. */
    private void over(ResourceKey key, Branch branch, @Nullable Applied applied) {
        Project then = appliedState.projects().get(key.project());
        if (applied == null || then == null) {
            findings.notices.add(BranchExpiry.notMade(key, branch, undelete.keptUntil(key)));
            return;
        }
        removals.plan(
                then, Objects.requireNonNull(then.branches().get(key.name())), applied, BranchExpiry.reason(branch));
    }

    /** False when there is nothing to rename: then it is a branch like any other. */
    private boolean renames(ResourceKey key, Project project, Branch branch, @Nullable Applied applied) {
        String former = Objects.requireNonNull(branch.renamedFrom());
        ResourceKey oldKey = ResourceKey.branch(project.name(), former);
        Applied old = input.registry().applied().get(oldKey);
        Project then = appliedState.projects().get(project.name());
        Branch before = then == null ? null : then.branches().get(former);
        if (then == null || before == null || old == null || !old.complete()) {
            findings.notices.add(Diagnostic.of(
                    Code.RENAME_UNUSED,
                    branch.origin().of("renamed_from"),
                    "no branch " + former + " of project " + project.name() + " is applied"
                            + (applied == null ? "" : "; " + key + " is"),
                    "take the line out"));
            return false;
        }
        RenamePlanner.Pair pair = new RenamePlanner.Pair(project, branch, then, before);
        findings.renamed.add(oldKey);
        if (applied != null) {
            renames.block(
                    pair,
                    List.of(Diagnostic.of(
                            Code.WOULD_MOVE,
                            branch.origin().of("renamed_from"),
                            key + " is to be what " + oldKey + " was, and both are there",
                            "in two steps: take the new one out and apply, then rename the old one; or leave the names as"
                                    + " they are")));
            return true;
        }
        switch (input.observations().get(project.host())) {
            case Observation.Seen seen ->
                renames.plan(pair, seen, pooled(input.desired(), project, seen.state()), needs(key, branch));
            case Observation.Unreachable(Diagnostic why) -> renames.block(pair, List.of(why));
            case null -> throw new IllegalStateException("nobody looked at host " + project.host());
        }
        return true;
    }

    /** What was set aside of it, if it is not there itself. */
    private @Nullable Comeback comeback(ResourceKey key, Project project, Branch branch, @Nullable Applied applied) {
        if (!(input.observations().get(project.host()) instanceof Observation.Seen seen)) {
            return null;
        }
        BranchNames names = BranchNames.of(project, branch);
        boolean there = seen.state().databases().containsKey(names.database())
                || Stream.of(RoleKind.values())
                        .anyMatch(kind -> seen.state().roles().containsKey(names.role(kind)));
        return undelete.of(key, project, applied, applied != null && there);
    }

    private @Nullable Diagnostic refusal(
            Project project, Branch branch, @Nullable Project projectBefore, @Nullable Branch before, boolean making) {
        if (projectBefore != null && before == null && staysBehind(project)) {
            return Diagnostic.of(
                    Code.WOULD_MOVE,
                    branch.origin().self(),
                    "branch " + project.name() + "/" + branch.name()
                            + " would be made where the project's other branches" + " can't follow: they stay on host "
                            + projectBefore.host() + " under their names",
                    "put host, env and prefix of the project back, or make the branch in a project of its own");
        }
        if (projectBefore != null && before != null && moves(project, branch, projectBefore, before)) {
            return Diagnostic.of(
                    Code.WOULD_MOVE,
                    branch.origin().self(),
                    "branch " + project.name() + "/" + branch.name() + " is on host " + projectBefore.host()
                            + " as " + BranchNames.of(projectBefore, before).database() + ", and would be on host "
                            + project.host() + " as "
                            + BranchNames.of(project, branch).database(),
                    "this version does not move databases, and renames them only with renamed_from: put host, env, prefix, slug and names back");
        }
        return null;
    }

    /** The registry keeps a project as it is while a branch of it can't move; a new one elsewhere would be lost to it. */
    private boolean staysBehind(Project project) {
        return staying.computeIfAbsent(project.name(), name -> {
            Project projectBefore = appliedState.projects().get(name);
            return projectBefore != null && staysBehind(project, projectBefore);
        });
    }

    private static boolean staysBehind(Project project, Project projectBefore) {
        return project.branches().values().stream().anyMatch(branch -> {
            Branch there = projectBefore.branches().get(branch.name());
            return there != null && moves(project, there, projectBefore, there);
        });
    }

    private static boolean moves(Project project, Branch branch, Project projectBefore, Branch before) {
        return !project.host().equals(projectBefore.host())
                || !BranchNames.of(project, branch).equals(BranchNames.of(projectBefore, before));
    }

    private void compare(
            ResourceKey key,
            Project project,
            Branch branch,
            @Nullable Branch before,
            @Nullable Applied applied,
            Observation.Seen seen) {
        HostState actual = seen.state();
        boolean replaced = before != null && isNamed(Repair.PASSWORD, key);
        BranchCompiler.Passwords passwords = new RegistryPasswords(input.registry(), actual, replaced);
        BranchWant want = BranchCompiler.compile(
                input.desired().organization(),
                project,
                branch,
                before,
                passwords,
                pooled(input.desired(), project, actual));
        List<Diagnostic> foreign = BranchComparison.foreign(want, actual, applied != null);
        if (!foreign.isEmpty() && before == null && input.asked().adopt().contains(key)) {
            adopt(adoption(want, project, seen), branch, applied != null);
            return;
        }
        if (!foreign.isEmpty()) {
            findings.blocked.add(new Blocked(key, foreign));
            return;
        }
        if (applied == null && input.asked().adopt().contains(key)) {
            findings.blocked.add(new Blocked(key, List.of(nothingToAdopt(want))));
            return;
        }
        List<Difference> differences = BranchComparison.between(
                want, actual, seen.serverVersion(), before == null ? Purpose.MAKE : Purpose.KEEP);
        CopyPlanner copies = new CopyPlanner(input, findings);
        CopyPlanner.Copied copied = new CopyPlanner.Copied(want, project, branch, seen);
        if (before == null && CopyPlanner.begins(want, branch, actual)) {
            copies.create(copied, made(want, branch), applied != null, differences, needs(key, branch));
            return;
        }
        if (before == null) {
            create(want, branch, applied != null, differences);
            copies.clear(want, branch, actual);
            return;
        }
        boolean reset = input.asked().reset().contains(key);
        if (reset && ResetGuard.refusal(key, branch) == null) {
            differences.removeIf(d -> !d.isOfRole());
            copies.reset(copied, Objects.requireNonNull(applied), needs(key, branch));
        }
        BranchWant wantedBefore = BranchCompiler.compile(
                input.desired().organization(),
                project,
                before,
                before,
                passwords,
                pooled(appliedState, project, actual));
        update(
                want,
                branch,
                before,
                differences,
                BranchComparison.between(wantedBefore, actual, seen.serverVersion(), Purpose.KEEP));
        if (!reset) {
            unreadable(want, actual);
            copies.clear(want, branch, actual);
        }
    }

    private boolean asksToAdopt(Branch branch, Project project) {
        return input.asked().adopt().contains(ResourceKey.branch(project.name(), branch.name()));
    }

    private boolean isNamed(Repair repair, ResourceKey key) {
        return input.asked().repairs().contains(new HeldBack.Named(repair, key.path()));
    }

    /** Who asked for an adoption did not ask for an empty database. */
    private static Diagnostic nothingToAdopt(BranchWant want) {
        return Diagnostic.of(
                Code.ADOPT_UNUSED,
                want.origin().self(),
                want.key().path() + ": neither database " + want.names().database() + " nor its roles are on host "
                        + want.host(),
                "check its names:; if it is to be made anew, empty, that is axm apply");
    }

    private Adoption adoption(BranchWant want, Project project, Observation.Seen seen) {
        Host host = input.desired().hosts().get(project.host());
        return new Adoption(
                want, seen.state(), seen.serverVersion(), project.network(), host != null && host.ssh() != null);
    }

    private void adopt(Adoption adoption, Branch branch, boolean begun) {
        BranchWant want = adoption.want();
        List<Diagnostic> refusals = adoption.refusals();
        if (!refusals.isEmpty()) {
            findings.blocked.add(new Blocked(want.key(), refusals));
            return;
        }
        List<Difference> differences = adoption.differences();
        findings.notices.addAll(adoption.notices());
        String reason = begun ? "adoption begun earlier and not finished" : "it is there already and is taken over";
        change(
                want,
                branch,
                Action.ADOPT,
                adoption.fields(differences),
                reason,
                differences,
                needs(want.key(), branch));
    }

    /** Without the pooler's role nothing can be given to it; enrolling the host makes it. */
    private static boolean pooled(Desired desired, Project project, HostState actual) {
        Host host = desired.hosts().get(project.host());
        return host != null && Lookup.isOn(host) && actual.roles().containsKey(Lookup.ROLE);
    }

    private static List<FieldChange> made(BranchWant want, Branch branch) {
        List<FieldChange> fields = new ArrayList<>();
        Source self = want.origin().self();
        fields.add(new FieldChange("", "database", "", want.names().database(), self));
        fields.add(new FieldChange(
                "",
                "roles",
                "",
                want.names().owner() + ", " + want.names().rw() + ", "
                        + want.names().ro(),
                self));
        SortedMap<String, String> declared = new TreeMap<>(branch.fields());
        declared.remove(Transform.SHA256); // told together with the script, where it is run
        declared.forEach((name, value) ->
                fields.add(new FieldChange("", name, "", value, want.origin().of(name))));
        return fields;
    }

    private void create(BranchWant want, Branch branch, boolean begun, List<Difference> differences) {
        List<FieldChange> fields = made(want, branch);
        String reason = begun ? "begun earlier and not finished" : "declared";
        SortedSet<ResourceKey> needs = needs(want.key(), branch);
        change(want, branch, Action.CREATE, fields, reason, differences, needs);
    }

    private void update(
            BranchWant want, Branch branch, Branch before, List<Difference> now, List<Difference> sinceApplied) {
        List<Difference> drift = new ArrayList<>();
        List<Difference> declared = new ArrayList<>();
        boolean gone = now.stream().anyMatch(d -> d.nature() == Nature.GONE);
        now.forEach(d -> (gone || sinceApplied.stream().anyMatch(d::isSameAs) ? drift : declared).add(d));
        List<FieldChange> fields =
                new ArrayList<>(FieldChanges.between(before.fields(), new Fields(branch.fields(), branch.origin())));
        boolean changed = !fields.isEmpty();
        declared.forEach(d -> fields.add(d.toFieldChange()));
        new DriftSorting(input.asked().repairs(), findings)
                .sort(want, drift)
                .ifPresent(repairs -> change(
                        want,
                        branch,
                        Action.REPAIR,
                        repairs.stream().map(Difference::toFieldChange).toList(),
                        "drift, changed outside axiomdb.yaml",
                        repairs,
                        needs(want.key(), branch)));
        if (changed || !declared.isEmpty()) {
            change(want, branch, Action.UPDATE, fields, "declared", declared, needs(want.key(), branch));
        }
    }

    private void change(
            BranchWant want,
            Branch branch,
            Action action,
            List<FieldChange> fields,
            String reason,
            List<Difference> differences,
            SortedSet<ResourceKey> needs) {
        List<Step> steps = StepAssembly.of(want, differences);
        findings.changes.add(new Change(
                want.key(),
                action,
                want.host(),
                fields,
                want.origin().self(),
                reason,
                steps,
                needs,
                branch.fields(),
                true));
    }

    private static SortedSet<ResourceKey> needs(ResourceKey key, Branch branch) {
        SortedSet<ResourceKey> needs = new TreeSet<>();
        needs.add(ResourceKey.project(key.project()));
        if (branch.from() != null) {
            needs.add(ResourceKey.branch(key.project(), branch.from()));
        }
        return Collections.unmodifiableSortedSet(needs);
    }

    /** What did not answer is not converged, whatever its outside looks like. A closed one is opened, and read next time. */
    private void unreadable(BranchWant want, HostState actual) {
        DatabaseState database = actual.databases().get(want.names().database());
        if (database == null || database.contents() != null) {
            return;
        }
        String why = database.allowConnections() ? "it did not answer" : "it does not allow connections";
        Diagnostic unread = Diagnostic.of(
                Code.DATABASE_UNREADABLE,
                want.origin().self(),
                "database " + database.name() + " on host " + want.host() + ": " + why,
                "what is inside is not compared and not changed this time; plan again once it can be entered");
        if (database.allowConnections()) {
            findings.blocked.add(new Blocked(want.key(), List.of(unread)));
        } else {
            findings.notices.add(unread);
        }
    }
}
