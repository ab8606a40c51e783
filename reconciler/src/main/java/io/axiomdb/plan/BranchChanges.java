package io.axiomdb.plan;

import io.axiomdb.compile.BranchWant;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.Script;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.HostState;
import io.axiomdb.host.Observation;
import io.axiomdb.plan.Difference.Nature;
import io.axiomdb.registry.Applied;
import io.axiomdb.registry.BeingMade;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** From the differences of a branch to its changes: made, taken over, altered as declared, repaired. Pure. */
final class BranchChanges {
    private final PlanInput input;
    private final Findings findings;

    BranchChanges(PlanInput input, Findings findings) {
        this.input = input;
        this.findings = findings;
    }

    /** Who asked for an adoption did not ask for an empty database. */
    static Diagnostic nothingToAdopt(BranchWant want) {
        return Diagnostic.of(
                Code.ADOPT_UNUSED,
                want.origin().self(),
                want.key().path() + ": neither database " + want.names().database() + " nor its roles are on host "
                        + want.host(),
                "check its names:; if it is to be made anew, empty, that is axm apply");
    }

    private Adoption adoption(BranchWant want, Project project, Branch branch, Observation.Seen seen) {
        Host host = input.desired().hosts().get(project.host());
        return new Adoption(
                want,
                seen.state(),
                seen.serverVersion(),
                project.network(),
                host != null && host.ssh() != null,
                Adoption.claims(input.registry(), want, seen.system()),
                seen.ledger(),
                branch.from() != null);
    }

    /** Takes over what others made, where nothing stands against it. */
    void adopt(BranchWant want, Project project, Branch branch, Observation.Seen seen, @Nullable Applied applied) {
        Adoption adoption = adoption(want, project, branch, seen);
        List<Diagnostic> refusals = adoption.refusals();
        if (!refusals.isEmpty()) {
            findings.blocked.add(new Blocked(want.key(), refusals));
            return;
        }
        List<Difference> differences = adoption.differences();
        findings.notices.addAll(adoption.notices());
        String reason = applied == null
                ? "it is there already and is taken over"
                : applied.complete()
                        ? "it took the place of what was applied, and is taken over"
                        : "adoption begun earlier and not finished";
        findings.changes.add(change(
                        want,
                        branch,
                        Action.ADOPT,
                        adoption.fields(differences),
                        reason,
                        differences,
                        needs(want.key(), branch))
                .settling(Settles.identity(want.key(), Settles.seen(want, seen.state(), seen.system()))));
    }

    /** What is told of a branch that is made. */
    static List<FieldChange> made(BranchWant want, Branch branch) {
        List<FieldChange> fields = new ArrayList<>();
        Source self = want.origin().self();
        fields.add(new FieldChange("", "database", "", want.names().database(), self));
        fields.add(
                new FieldChange("", "roles", "", String.join(", ", want.names().roles()), self));
        SortedMap<String, String> declared = new TreeMap<>(branch.fields());
        declared.keySet().removeIf(Script::isHash); // shown together with the script, where it is run
        declared.forEach((name, value) ->
                fields.add(new FieldChange("", name, "", value, want.origin().of(name))));
        return fields;
    }

    /** @param left what an apply that was cut short left, which is cleared away first */
    void create(BranchWant want, Branch branch, boolean begun, List<Difference> differences, List<BeingMade> left) {
        List<FieldChange> fields = made(want, branch);
        String reason = begun ? "begun earlier and not finished" : "declared";
        SortedSet<ResourceKey> needs = needs(want.key(), branch);
        findings.changes.add(
                Copies.cleared(left, change(want, branch, Action.CREATE, fields, reason, differences, needs)));
    }

    void update(BranchWant want, Branch branch, Branch before, List<Difference> now, List<Difference> sinceApplied) {
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
                .ifPresent(repairs -> findings.changes.add(change(
                        want,
                        branch,
                        Action.REPAIR,
                        repairs.stream().map(Difference::toFieldChange).toList(),
                        "drift, changed outside axiomdb.yaml",
                        repairs,
                        needs(want.key(), branch))));
        if (changed || !declared.isEmpty()) {
            findings.changes.add(
                    change(want, branch, Action.UPDATE, fields, reason(fields), declared, needs(want.key(), branch)));
        }
    }

    private static String reason(List<FieldChange> fields) {
        String later = fields.stream()
                .map(FieldChange::key)
                .filter(BranchChanges::countsWhenCopied)
                .sorted()
                .collect(Collectors.joining(", "));
        return later.isEmpty() ? "declared" : "declared; " + later + ": for the next axm branch reset";
    }

    /** Whether a field says how a branch starts. */
    private static boolean countsWhenCopied(String field) {
        return field.equals("data") || field.equals("hold_sessions") || Script.isOfScript(field);
    }

    private static Change change(
            BranchWant want,
            Branch branch,
            Action action,
            List<FieldChange> fields,
            String reason,
            List<Difference> differences,
            SortedSet<ResourceKey> needs) {
        return new Change(
                want.key(),
                action,
                want.host(),
                fields,
                want.origin().self(),
                reason,
                StepAssembly.of(want, differences),
                needs,
                branch.fields(),
                true);
    }

    /** What must be there before it. */
    static SortedSet<ResourceKey> needs(ResourceKey key, Branch branch) {
        SortedSet<ResourceKey> needs = new TreeSet<>();
        needs.add(ResourceKey.project(key.project()));
        if (branch.from() != null) {
            needs.add(ResourceKey.branch(key.project(), branch.from()));
        }
        return Collections.unmodifiableSortedSet(needs);
    }

    /** What did not answer is not converged, whatever its outside looks like. A closed one is opened, and read next time. */
    void unreadable(BranchWant want, HostState actual) {
        DatabaseState database = actual.databases().get(want.names().database());
        if (database == null || database.contents() != null) {
            return;
        }
        String why = database.allowConnections() ? unread(database) : "it does not allow connections";
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

    private static String unread(DatabaseState database) {
        return database.unread().isEmpty() ? "it did not answer" : database.unread();
    }
}
