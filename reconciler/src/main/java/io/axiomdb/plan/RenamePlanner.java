package io.axiomdb.plan;

import static io.axiomdb.plan.SqlText.identifier;
import static io.axiomdb.plan.SqlText.literal;

import io.axiomdb.compile.BranchCompiler;
import io.axiomdb.compile.BranchWant;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.HostState;
import io.axiomdb.host.Observation;
import io.axiomdb.host.PasswordMark;
import io.axiomdb.host.RoleState;
import io.axiomdb.plan.Difference.Nature;
import io.axiomdb.registry.CredentialKey;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * Plans that a branch is called otherwise: the same database and roles under other names, never one removed and another made.
 * What an interrupted apply has renamed already is found under the new names, and the rest follows. Pure.
 */
final class RenamePlanner {
    private final String organization;
    private final Findings findings;

    RenamePlanner(PlanInput input, Findings findings) {
        this.organization = input.desired().organization();
        this.findings = findings;
    }

    /** A branch as it is declared, and as it was when it had its old name. */
    record Pair(Project project, Branch branch, Project projectBefore, Branch before) {
        ResourceKey key() {
            return ResourceKey.branch(project.name(), branch.name());
        }

        ResourceKey oldKey() {
            return ResourceKey.branch(project.name(), before.name());
        }

        BranchNames names() {
            return BranchNames.of(project, branch);
        }

        BranchNames oldNames() {
            return BranchNames.of(projectBefore, before);
        }
    }

    /** Neither name is touched: what was applied stays as it is. */
    void block(Pair pair, List<Diagnostic> why) {
        findings.blocked.add(new Blocked(pair.key(), why));
        findings.blocked.add(new Blocked(pair.oldKey(), why));
    }

    void plan(Pair pair, Observation.Seen seen, boolean pooled, SortedSet<ResourceKey> needs) {
        if (!pair.project().host().equals(pair.projectBefore().host())
                || !pair.project().fields().equals(pair.projectBefore().fields())) {
            block(
                    pair,
                    List.of(refusal(
                            pair, "its project moves at the same time", "in two steps: rename it, then move it")));
            return;
        }
        HostState actual = seen.state();
        BranchWant old = want(pair.projectBefore(), pair.before(), pair.before(), false);
        BranchWant now = want(pair.project(), pair.branch(), pair.before(), pooled);
        boolean isOld = isThere(old, actual);
        boolean isNew = isThere(now, actual);
        if (!isOld && !isNew) {
            List<Diagnostic> foreign = BranchComparison.foreign(old, actual, true);
            block(
                    pair,
                    foreign.isEmpty()
                            ? List.of(refusal(
                                    pair,
                                    "neither database " + old.names().database() + " nor "
                                            + now.names().database() + " is on host " + now.host(),
                                    "put the old name back and plan: what is missing is told then"))
                            : foreign);
            return;
        }
        List<Diagnostic> taken = isOld && !pair.names().equals(pair.oldNames()) ? taken(now, old, actual) : List.of();
        if (!taken.isEmpty()) {
            block(pair, taken);
            return;
        }
        change(pair, now, isOld, seen, needs);
    }

    private BranchWant want(Project project, Branch branch, Branch before, boolean pooled) {
        return BranchCompiler.compile(organization, project, branch, before, (_, _, _) -> PasswordMark.UNKNOWN, pooled);
    }

    private static boolean isThere(BranchWant want, HostState actual) {
        return actual.databases().containsKey(want.names().database())
                && BranchComparison.foreign(want, actual, true).isEmpty();
    }

    /** Names that something else has. Those that stay the same are the branch's own. */
    private static List<Diagnostic> taken(BranchWant now, BranchWant old, HostState actual) {
        SortedMap<String, RoleState> roles = new TreeMap<>(actual.roles());
        old.state().roles().keySet().forEach(roles::remove);
        SortedMap<String, DatabaseState> databases = new TreeMap<>(actual.databases());
        databases.remove(old.names().database());
        return BranchComparison.foreign(now, new HostState(roles, databases), false);
    }

    private void change(
            Pair pair, BranchWant want, boolean isOld, Observation.Seen seen, SortedSet<ResourceKey> needs) {
        HostState state = isOld ? Renamed.to(pair.names(), pair.oldNames(), seen.state(), want.marker()) : seen.state();
        List<Step> steps = new ArrayList<>();
        steps.add(new Step.CarryPasswords("keep passwords", passwords(pair)));
        if (isOld) {
            steps.addAll(renaming(pair, want.marker()));
        }
        // What somebody changed by hand is drift, and told as such by the next plan.
        List<Difference> rest =
                BranchComparison.between(want, state, seen.serverVersion(), BranchComparison.Purpose.KEEP).stream()
                        .filter(d -> d.nature() == Nature.ORDINARY)
                        .map(UndeletePlanner::loginLast)
                        .toList();
        steps.addAll(StepAssembly.of(want, rest));
        boolean same = pair.names().equals(pair.oldNames());
        findings.changes.add(new Change(
                want.key(),
                Action.RENAME,
                want.host(),
                fields(pair, want),
                pair.branch().origin().of("renamed_from"),
                "keeps data and passwords; "
                        + (same
                                ? "its names on the host stay"
                                : "its sessions end once, and its URLs get the new names"),
                steps,
                needs,
                pair.branch().fields(),
                true,
                pair.oldKey(),
                "",
                List.of()));
    }

    private static SortedMap<CredentialKey, CredentialKey> passwords(Pair pair) {
        SortedMap<CredentialKey, CredentialKey> keys = new TreeMap<>();
        for (RoleKind kind : RoleKind.values()) {
            keys.put(
                    new CredentialKey(pair.oldKey().project(), pair.oldKey().name(), kind),
                    new CredentialKey(pair.key().project(), pair.key().name(), kind));
        }
        return keys;
    }

    /** All names at once, once nobody is connected any more; logins come back last of all. */
    private static List<Step> renaming(Pair pair, String marker) {
        BranchNames before = pair.oldNames();
        BranchNames names = pair.names();
        List<String> rename = new ArrayList<>();
        SortedMap<String, String> roles = new TreeMap<>();
        for (RoleKind kind : RoleKind.values()) {
            roles.put(before.role(kind), names.role(kind));
        }
        rename("DATABASE", before.database(), names.database(), marker, rename);
        roles.forEach((from, to) -> rename("ROLE", from, to, marker, rename));
        rename.add("ALTER DATABASE " + identifier(names.database()) + " ALLOW_CONNECTIONS true");
        if (names.equals(before)) {
            return List.of(new Step.Sql("comments", "", rename.subList(0, rename.size() - 1)));
        }
        List<Step> steps = new ArrayList<>(SetAsideSteps.close(before.database(), roles.keySet()));
        steps.add(new Step.Sql("rename to " + names.database(), "", rename));
        return steps;
    }

    private static void rename(String kind, String from, String to, String marker, List<String> statements) {
        if (!from.equals(to)) {
            statements.add("ALTER " + kind + " " + identifier(from) + " RENAME TO " + identifier(to));
        }
        statements.add("COMMENT ON " + kind + " " + identifier(to) + " IS " + literal(marker));
    }

    private static List<FieldChange> fields(Pair pair, BranchWant want) {
        List<FieldChange> fields = new ArrayList<>();
        Source at = pair.branch().origin().of("renamed_from");
        fields.add(
                new FieldChange("", "name", pair.before().name(), pair.branch().name(), at));
        if (!pair.names().equals(pair.oldNames())) {
            fields.add(new FieldChange(
                    "", "database", pair.oldNames().database(), want.names().database(), at));
            for (RoleKind kind : RoleKind.values()) {
                fields.add(new FieldChange(
                        "",
                        "role " + kind.word(),
                        pair.oldNames().role(kind),
                        want.names().role(kind),
                        at));
            }
        }
        fields.addAll(FieldChanges.between(
                pair.before().fields(),
                new Fields(pair.branch().fields(), pair.branch().origin())));
        return fields;
    }

    private static Diagnostic refusal(Pair pair, String why, String help) {
        return Diagnostic.of(
                Code.WOULD_MOVE,
                pair.branch().origin().of("renamed_from"),
                pair.key() + " is to be what " + pair.oldKey() + " was, and " + why,
                help);
    }
}
