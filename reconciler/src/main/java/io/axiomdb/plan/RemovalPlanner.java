package io.axiomdb.plan;

import io.axiomdb.compile.BranchCompiler;
import io.axiomdb.compile.BranchWant;
import io.axiomdb.compile.KeptNames;
import io.axiomdb.compile.Lookup;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.HostState;
import io.axiomdb.host.Observation;
import io.axiomdb.host.PasswordMark;
import io.axiomdb.host.RoleState;
import io.axiomdb.registry.Applied;
import io.axiomdb.registry.BeingMade;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Plans the removal of branches that are no longer declared. Nothing is ever dropped: access ends and names change. Pure. */
final class RemovalPlanner {
    private final PlanInput input;
    private final Desired appliedState;
    private final Findings findings;
    private final Heirs heirs;

    RemovalPlanner(PlanInput input, Desired appliedState, Findings findings) {
        this.input = input;
        this.appliedState = appliedState;
        this.findings = findings;
        this.heirs = Heirs.of(input.desired());
    }

    /**
     * Plans the removal of a branch as it was last applied.
     *
     * @param because such as {@code no longer declared}
     */
    void plan(Project project, Branch branch, Applied applied, String because) {
        ResourceKey key = ResourceKey.branch(project.name(), branch.name());
        switch (input.observations().get(project.host())) {
            case Observation.Seen seen -> {
                Diagnostic claimed = claimed(project, branch);
                Diagnostic refusal = claimed == null ? elsewhere(project, branch, seen.state()) : claimed;
                if (refusal != null) {
                    findings.blocked.add(new Blocked(key, List.of(refusal)));
                    return;
                }
                BranchWant want = BranchCompiler.compile(
                        input.registry().organization(),
                        project,
                        branch,
                        branch,
                        (_, _, _) -> PasswordMark.UNKNOWN,
                        Lookup.Rights.LEFT);
                List<Diagnostic> foreign = BranchComparison.foreign(want, seen.state(), Ours.of(applied));
                if (foreign.stream().allMatch(f -> f.code() == Code.FOREIGN_OBJECT)) {
                    remove(want, foreign, applied, seen.state(), because);
                    alsoUsed(want, Ours.of(applied), seen);
                    findings.notices.addAll(
                            Holds.on(seen, project.host(), want.names().database(), Holds.REMOVAL));
                } else {
                    // Where its own data is now, or whose this is, a person has to say first.
                    findings.blocked.add(new Blocked(key, foreign));
                }
            }
            case Observation.Unreachable(Diagnostic why) -> findings.blocked.add(new Blocked(key, List.of(why)));
            case null -> throw new IllegalStateException("nobody looked at host " + project.host());
        }
    }

    /** Setting a database aside that another branch is declared to have would take it from those who use it. */
    private @Nullable Diagnostic claimed(Project project, Branch branch) {
        Heirs.Heir heir =
                heirs.of(project.host(), BranchNames.of(project, branch), project.name() + "/" + branch.name());
        return heir == null
                ? null
                : Diagnostic.of(
                        Code.WOULD_MOVE,
                        heir.at(),
                        "branch " + project.name() + "/" + branch.name() + " is taken out while branch " + heir.path()
                                + " is to have its database or roles",
                        "this version can't hand a database from one branch to another: keep the old name, or give the"
                                + " new branch names of its own");
    }

    /** What is not found on a host whose address was edited may be on the one before, open to everyone it was open to. */
    private @Nullable Diagnostic elsewhere(Project project, Branch branch, HostState actual) {
        Host before = appliedState.hosts().get(project.host());
        Host now = input.desired().hosts().get(project.host());
        if (before == null || now == null || before.postgres().equals(now.postgres())) {
            return null;
        }
        String database = BranchNames.of(project, branch).database();
        if (actual.databases().containsKey(database)) {
            return null;
        }
        findings.keptHosts.add(project.host());
        return Diagnostic.of(
                Code.WOULD_MOVE,
                now.origin().self(),
                "branch " + project.name() + "/" + branch.name() + " is taken out, host " + project.host()
                        + " has another address, and database " + database + " is not there",
                "in two steps: take the branch out while the host has its old address, then change the address");
    }

    private void remove(BranchWant want, List<Diagnostic> foreign, Applied applied, HostState actual, String because) {
        ResourceKey key = want.key();
        Ours ours = Ours.of(applied);
        List<BeingMade> left = Copies.left(ours, actual);
        List<Step> steps = steps(want, applied, actual);
        foreign.forEach(f -> findings.notices.add(Diagnostic.of(
                Code.LEFT_BEHIND,
                f.detail(),
                "AxiomDB did not make it and leaves it as it is, access to it too; the branch is forgotten")));
        ClearedPasswords.add(ourRoles(want, actual, ours).values(), key, findings);
        List<FieldChange> fields = new ArrayList<>();
        boolean keeps = ourDatabase(want, actual, ours);
        fields.add(new FieldChange(
                "", "database", want.names().database(), keeps ? KeptNames.PLANNED : "", Source.NOWHERE));
        ourRoles(want, actual, ours).values().forEach(role -> fields.addAll(memberships(role)));
        findings.changes.add(Copies.cleared(
                left,
                new Change(
                        key,
                        Action.REMOVE,
                        want.host(),
                        fields,
                        Source.NOWHERE,
                        reason(because, key, keeps, left.isEmpty() && steps.isEmpty(), foreign),
                        steps,
                        new TreeSet<>(),
                        new TreeMap<>(),
                        true)));
    }

    /** All of them end: who is a member of a role has its rights. */
    private static List<FieldChange> memberships(RoleState role) {
        List<FieldChange> fields = new ArrayList<>();
        String subject = "role " + role.name();
        role.memberOf().forEach(of -> fields.add(new FieldChange(subject, "member of", of.role(), "", Source.NOWHERE)));
        role.members()
                .forEach(member ->
                        fields.add(new FieldChange(subject, "has member", member.role(), "", Source.NOWHERE)));
        return fields;
    }

    /** What its roles hold elsewhere stays, and whoever used it as them can't any more. */
    private void alsoUsed(BranchWant want, Ours ours, Observation.Seen seen) {
        List<String> roles = ourRoles(want, seen.state(), ours).values().stream()
                .map(RoleState::name)
                .toList();
        seen.ties().stream()
                .filter(tie -> roles.contains(tie.role())
                        && !tie.database().equals(want.names().database()))
                .forEach(tie -> findings.notices.add(Diagnostic.of(
                        Code.LEFT_BEHIND,
                        "role " + tie.role() + " on host " + want.host() + " owns something, or has rights, in "
                                + Observation.Tie.where(tie.database())
                                + ": that stays, and nobody logs in as that role any more",
                        "if something else uses it there, give it a role of its own first")));
    }

    private String reason(String because, ResourceKey key, boolean keeps, boolean nothing, List<Diagnostic> foreign) {
        if (keeps) {
            Instant until = KeptUntil.of(input.now(), input.desired().keepRemovedDays());
            findings.keptUntil.put(key, until);
            return because + "; its data is kept on its host until " + KeptUntil.day(until) + " ("
                    + KeptUntil.command(key) + ")";
        }
        String left = foreign.isEmpty() ? "" : "; what AxiomDB did not make stays as it is";
        return because + "; " + (nothing ? "nothing of it is on the host" : "of its database nothing is there") + left;
    }

    private static boolean ourDatabase(BranchWant want, HostState actual, Ours ours) {
        DatabaseState database = actual.databases().get(want.names().database());
        return database != null && ours.isDatabase(database);
    }

    private static SortedMap<RoleKind, RoleState> ourRoles(BranchWant want, HostState actual, Ours ours) {
        SortedMap<RoleKind, RoleState> found = new TreeMap<>();
        for (RoleKind kind : RoleKind.values()) {
            RoleState there = actual.roles().get(want.names().role(kind));
            if (there != null && ours.isRole(kind, there)) {
                found.put(kind, there);
            }
        }
        return found;
    }

    private List<Step> steps(BranchWant want, Applied applied, HostState actual) {
        Ours ours = Ours.of(applied);
        SortedMap<RoleKind, String> roles = new TreeMap<>();
        ourRoles(want, actual, ours).forEach((kind, role) -> roles.put(kind, role.name()));
        boolean there = ourDatabase(want, actual, ours);
        return roles.isEmpty() && !there
                ? List.of()
                : SetAsideSteps.remove(new SetAsideSteps.Leaving(
                        input.registry().organization(),
                        want.key(),
                        applied.id(),
                        there ? want.names().database() : null,
                        roles,
                        applied.identity(),
                        input.desired().keepRemovedDays()));
    }
}
