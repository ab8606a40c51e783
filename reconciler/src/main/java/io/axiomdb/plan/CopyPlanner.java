package io.axiomdb.plan;

import io.axiomdb.compile.BranchCompiler;
import io.axiomdb.compile.BranchWant;
import io.axiomdb.compile.CopyNames;
import io.axiomdb.compile.KeptNames;
import io.axiomdb.compile.Lookup;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.CopyWay;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.HostState;
import io.axiomdb.host.Observation;
import io.axiomdb.host.PasswordMark;
import io.axiomdb.registry.Applied;
import io.axiomdb.registry.BeingMade;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Plans a branch that starts with something of its parent, and one that starts with it again. Pure. */
final class CopyPlanner {
    private final PlanInput input;
    private final Findings findings;

    CopyPlanner(PlanInput input, Findings findings) {
        this.input = input;
        this.findings = findings;
    }

    /** What is about to be copied for whom. */
    record Copied(BranchWant want, Project project, Branch branch, Observation.Seen seen, Ours ours) {
        HostState actual() {
            return seen.state();
        }

        Branch parent() {
            return Objects.requireNonNull(project.branches().get(Objects.requireNonNull(branch.from())));
        }

        String parentDatabase() {
            return BranchNames.of(project, parent()).database();
        }

        String parentPath() {
            return project.name() + "/" + parent().name();
        }
    }

    /** Whether a branch that is being made is made as a copy; one whose database is there has been copied already. */
    static boolean begins(BranchWant want, Branch branch, HostState actual) {
        return CopyNames.starts(branch)
                && !actual.databases().containsKey(want.names().database());
    }

    /**
     * A new branch.
     *
     * @param differences all of them, of which roles and passwords are mended first
     */
    void create(
            Copied copied,
            List<FieldChange> fields,
            boolean begun,
            List<Difference> differences,
            SortedSet<ResourceKey> needs) {
        CopySteps steps = steps(copied);
        if (steps == null) {
            return;
        }
        List<Step> all = new ArrayList<>(StepAssembly.roles(copied.want(), differences));
        all.addAll(steps.make());
        all.add(new Step.Sql("open database " + copied.want().names().database(), "", steps.open()));
        SortedSet<String> made = new TreeSet<>(copied.want().state().roles().keySet());
        made.removeAll(copied.actual().roles().keySet());
        add(
                copied,
                Action.CREATE,
                fields,
                begun ? "begun earlier and not finished" : "declared",
                all,
                needs,
                Undo.ofAny(steps.undo(made)));
    }

    /** A branch whose database is set aside for a new copy; its roles and passwords stay. */
    void reset(Copied copied, Applied applied, SortedSet<ResourceKey> needs) {
        CopySteps steps = steps(copied);
        if (steps == null) {
            return;
        }
        BranchWant want = copied.want();
        boolean there = copied.actual().databases().containsKey(want.names().database());
        Replaced aside = new Replaced(
                input.desired().organization(),
                want.key(),
                applied.id(),
                want.names().database(),
                copied.actual(),
                input.desired().keepRemovedDays());
        List<Step> all = new ArrayList<>(steps.make());
        List<String> swap = new ArrayList<>();
        List<Undo> undo = new ArrayList<>(Undo.ofAny(steps.undo(new TreeSet<>())));
        if (there) {
            List<Step> closing = aside.close();
            all.addAll(closing);
            swap.addAll(aside.keep());
            undo.addAll(0, aside.reopen(closing.getFirst()));
        }
        swap.addAll(steps.open());
        all.add(new Step.Sql("put the copy in its place", "", swap));
        Source self = want.origin().self();
        List<FieldChange> fields = new ArrayList<>();
        fields.add(new FieldChange("", "kept", "", there ? KeptNames.PLANNED : "", self));
        findings.notices.addAll(
                Holds.on(copied.seen(), want.host(), want.names().database(), Holds.RENAME));
        add(copied, Action.RESET, fields, "asked for", all, needs, undo);
    }

    /** What a change that was cut short left, where it is not begun again. */
    void clear(BranchWant want, Branch branch, HostState actual, Ours ours) {
        List<BeingMade> left = Copies.left(ours, actual);
        if (left.isEmpty()) {
            return;
        }
        Change before = findings.changes.stream()
                .filter(c -> c.resource().equals(want.key()) && c.action() == Action.REPAIR)
                .findFirst()
                .orElse(null);
        findings.changes.remove(before);
        List<FieldChange> fields = new ArrayList<>(before == null ? List.of() : before.fields());
        left.forEach(one -> fields.add(new FieldChange(
                "database " + one.name(),
                "",
                "left by an apply that was cut short",
                "",
                want.origin().self())));
        findings.changes.add(Copies.cleared(
                left,
                new Change(
                        want.key(),
                        Action.REPAIR,
                        want.host(),
                        fields,
                        want.origin().self(),
                        before == null ? "left by an apply that was cut short; never opened" : before.reason(),
                        before == null ? List.of() : before.steps(),
                        new TreeSet<>(),
                        branch.fields(),
                        true)));
    }

    private void add(
            Copied copied,
            Action action,
            List<FieldChange> fields,
            String reason,
            List<Step> steps,
            SortedSet<ResourceKey> needs,
            List<Undo> undo) {
        BranchWant want = copied.want();
        CopyWay way = steps.stream()
                .filter(Step.Copy.class::isInstance)
                .map(step -> ((Step.Copy) step).way())
                .findFirst()
                .orElseThrow();
        CopyWords words = new CopyWords(copied, way);
        fields.add(new FieldChange("", "copy", "", words.what(), want.origin().of("data")));
        fields.addAll(words.scripts());
        String unmasked = MaskRule.waived(input, copied.project(), MaskRule.rows(copied.branch()));
        if (!unmasked.isEmpty()) {
            fields.add(
                    new FieldChange("", "unmasked", "", unmasked, want.origin().of("data")));
        }
        words.sessions().ifPresent(findings.notices::add);
        List<BeingMade> left = Copies.left(copied.ours(), copied.actual());
        findings.changes.add(Copies.cleared(
                left,
                new Change(
                        want.key(),
                        action,
                        want.host(),
                        fields,
                        want.origin().self(),
                        reason + "; " + words.howLong(),
                        steps,
                        needs,
                        copied.branch().fields(),
                        true,
                        null,
                        "",
                        undo)));
    }

    /** Null when it can't be copied; why is among the findings. */
    private @Nullable CopySteps steps(Copied copied) {
        Diagnostic unmasked = MaskRule.making(input, copied.project(), copied.branch());
        Diagnostic refusal = unmasked == null ? refusal(copied) : unmasked;
        CopyWay way = CopyWays.of(copied.branch(), copied.parentDatabase(), copied.seen(), input.tools())
                .orElse(null);
        if (refusal == null && way == null) {
            refusal = CopyWays.impossible(copied.want(), copied.parentPath(), copied.seen());
        }
        if (refusal != null || way == null) {
            findings.blocked.add(new Blocked(copied.want().key(), List.of(Objects.requireNonNull(refusal))));
            return null;
        }
        return new CopySteps(copied.want(), BranchNames.of(copied.project(), copied.parent()), way, copied.branch());
    }

    /** A database of somebody else's that only has the parent's name is not copied. */
    private @Nullable Diagnostic refusal(Copied copied) {
        BranchWant parent = BranchCompiler.compile(
                input.desired().organization(),
                copied.project(),
                copied.parent(),
                null,
                (_, _, _) -> PasswordMark.UNKNOWN,
                Lookup.Rights.LEFT);
        DatabaseState there = copied.actual().databases().get(parent.names().database());
        if (there == null || Ours.of(input.registry(), parent.key()).isDatabase(there)) {
            return null;
        }
        return Diagnostic.of(
                Code.CANNOT_COPY,
                copied.want().origin().of("from"),
                "database " + there.name() + " on host " + copied.want().host() + " is not that of branch "
                        + copied.parentPath() + ", and is not copied",
                "see what the plan says of " + copied.parentPath() + ", and mend that first");
    }
}
