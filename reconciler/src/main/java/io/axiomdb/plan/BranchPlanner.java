package io.axiomdb.plan;

import io.axiomdb.compile.BranchCompiler;
import io.axiomdb.compile.BranchWant;
import io.axiomdb.compile.Lookup;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.HostState;
import io.axiomdb.host.Ledger.RetainedRow;
import io.axiomdb.host.Observation;
import io.axiomdb.plan.BranchComparison.Purpose;
import io.axiomdb.plan.HeldBack.Repair;
import io.axiomdb.plan.UndeletePlanner.Comeback;
import io.axiomdb.registry.Applied;
import io.axiomdb.registry.BeingMade;
import java.util.List;
import java.util.Objects;
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
    private final BranchMoves moves;
    private final BranchChanges changes;

    BranchPlanner(PlanInput input, Desired appliedState, SetAsides asides, RemovalPlanner removals, Findings findings) {
        this.input = input;
        this.appliedState = appliedState;
        this.removals = removals;
        this.renames = new RenamePlanner(input, findings);
        this.undelete = new UndeletePlanner(input, asides, findings);
        this.moves = new BranchMoves(appliedState);
        this.changes = new BranchChanges(input, findings);
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
                ? moves.refusal(project, branch, projectBefore, before)
                : undelete.refusal(project, branch, comeback);
        if (refusal != null) {
            findings.blocked.add(new Blocked(key, List.of(refusal)));
            return;
        }
        switch (input.observations().get(project.host())) {
            case Observation.Seen seen -> {
                if (comeback == null) {
                    compare(key, project, branch, making ? null : before, applied, seen);
                    settleGone(key, Ours.of(applied), seen.state());
                } else {
                    Lookup.Rights lookup = LookupRole.rights(input.desired(), project, seen);
                    undelete.plan(project, branch, comeback, seen, lookup, BranchChanges.needs(key, branch));
                }
            }
            case Observation.Unreachable(Diagnostic why) -> findings.blocked.add(new Blocked(key, List.of(why)));
            case null -> throw new IllegalStateException("nobody looked at host " + project.host());
        }
    }

    /** With whatever else of it changes, the registry forgets names under which nothing is there. */
    private void settleGone(ResourceKey key, Ours ours, HostState actual) {
        List<BeingMade> gone = Copies.gone(ours, actual);
        if (!gone.isEmpty()) {
            findings.changes.replaceAll(change -> change.resource().equals(key)
                    ? change.settling(change.settles().and(gone))
                    : change);
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
        RenamePair pair = new RenamePair(project, branch, then, before);
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
                renames.plan(
                        pair,
                        seen,
                        LookupRole.rights(input.desired(), project, seen),
                        BranchChanges.needs(key, branch));
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

    private void compare(
            ResourceKey key,
            Project project,
            Branch branch,
            @Nullable Branch before,
            @Nullable Applied applied,
            Observation.Seen seen) {
        Ours ours = Ours.of(applied);
        HostState actual = Copies.withoutMembers(ours, seen.state());
        boolean replaced = before != null && isNamed(Repair.PASSWORD, key);
        BranchCompiler.Passwords passwords = new RegistryPasswords(input.registry(), actual, replaced);
        BranchWant want = BranchCompiler.compile(
                input.desired().organization(),
                project,
                branch,
                before,
                passwords,
                LookupRole.rights(input.desired(), project, seen));
        List<Diagnostic> foreign = BranchComparison.foreign(want, actual, ours);
        if (!foreign.isEmpty() && input.asked().adopt().contains(key)) {
            changes.adopt(want, project, branch, seen, applied);
            return;
        }
        if (!foreign.isEmpty()) {
            findings.blocked.add(new Blocked(key, foreign));
            return;
        }
        if (applied == null && input.asked().adopt().contains(key)) {
            findings.blocked.add(new Blocked(key, List.of(BranchChanges.nothingToAdopt(want))));
            return;
        }
        findings.notices.addAll(
                OthersObjects.in(want, actual.databases().get(want.names().database())));
        List<Difference> differences = BranchComparison.between(
                want, actual, seen.serverVersion(), before == null ? Purpose.MAKE : Purpose.KEEP);
        RetainedRow row = Retained.of(want.names().database(), seen);
        List<Difference> retained =
                row == null ? List.of() : Retained.differences(want, row, MaskRule.waived(input, project, row.rows()));
        if (row != null) {
            Diagnostic unmasked = MaskRule.bringingBack(input, project, branch, row.rows());
            if (unmasked != null) {
                findings.blocked.add(new Blocked(key, List.of(unmasked)));
                return;
            }
            differences.addAll(retained);
            findings.notices.addAll(Holds.on(seen, want.host(), want.names().database(), Holds.BEGUN));
        }
        CopyPlanner copies = new CopyPlanner(input, findings);
        CopyPlanner.Copied copied = new CopyPlanner.Copied(want, project, branch, seen, ours);
        if (before == null && CopyPlanner.begins(want, branch, actual)) {
            copies.create(
                    copied,
                    BranchChanges.made(want, branch),
                    applied != null,
                    differences,
                    BranchChanges.needs(key, branch));
            return;
        }
        if (before == null) {
            changes.create(want, branch, applied != null, differences, Copies.left(ours, actual));
            return;
        }
        boolean reset = input.asked().reset().contains(key);
        if (reset && ResetGuard.refusal(key, branch, applied) == null) {
            differences.removeIf(d -> !d.isOfRole());
            copies.reset(copied, Objects.requireNonNull(applied), BranchChanges.needs(key, branch));
        }
        BranchWant wantedBefore = BranchCompiler.compile(
                input.desired().organization(),
                project,
                before,
                before,
                passwords,
                LookupRole.rights(appliedState, project, seen));
        List<Difference> drift = BranchComparison.between(wantedBefore, actual, seen.serverVersion(), Purpose.KEEP);
        drift.addAll(retained);
        changes.update(want, branch, before, differences, drift);
        if (!reset) {
            changes.unreadable(want, actual);
            copies.clear(want, branch, actual, ours);
        }
    }

    private boolean isNamed(Repair repair, ResourceKey key) {
        return input.asked().repairs().contains(new HeldBack.Named(repair, key.path()));
    }
}
