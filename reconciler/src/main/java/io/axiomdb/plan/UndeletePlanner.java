package io.axiomdb.plan;

import io.axiomdb.compile.BranchCompiler;
import io.axiomdb.compile.BranchWant;
import io.axiomdb.compile.Lookup;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.HostState;
import io.axiomdb.host.Ledger.KeptMembership;
import io.axiomdb.host.Ledger.Party;
import io.axiomdb.host.Observation;
import io.axiomdb.host.RoleState;
import io.axiomdb.registry.Applied;
import io.axiomdb.registry.Credential;
import io.axiomdb.registry.CredentialKey;
import io.axiomdb.registry.Registry;
import io.axiomdb.registry.Removed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Plans that a declared branch gets back what was set aside of it, instead of being made anew: putting its lines back is all
 * it takes. Pure.
 */
final class UndeletePlanner {
    private final PlanInput input;
    private final SetAsides asides;
    private final Findings findings;

    UndeletePlanner(PlanInput input, SetAsides asides, Findings findings) {
        this.input = input;
        this.asides = asides;
        this.findings = findings;
    }

    /**
     * What comes back.
     *
     * @param id of the registry's row, which is registered again under it
     * @param before the declaration as it was last applied
     * @param credentials passwords that count as stored if a role has them
     */
    record Comeback(String id, Fields before, List<Credential> credentials, SetAside kept) {}

    /** The newest copy of a branch that has no database now; null when it is to be made, or is there. */
    @Nullable
    Comeback of(ResourceKey key, Project project, @Nullable Applied applied, boolean there) {
        if (there) {
            return null;
        }
        if (applied != null) {
            return asides.of(applied.id()).stream()
                    .filter(kept -> isUsable(kept, project))
                    .reduce((_, newer) -> newer)
                    .map(kept -> new Comeback(applied.id(), applied.fields(), List.of(), kept))
                    .orElse(null);
        }
        Comeback newest = null;
        for (Removed removed : input.registry().removed()) {
            if (removed.resource().equals(key)) {
                for (SetAside kept : asides.of(removed.id())) {
                    // What was taken over from another control plane was registered in one moment.
                    if (isUsable(kept, project)
                            && (newest == null
                                    || !kept.moment().isBefore(newest.kept().moment()))) {
                        newest = new Comeback(removed.id(), removed.fields(), removed.credentials(), kept);
                    }
                }
            }
        }
        return newest;
    }

    /** Until when anything of a branch is kept; empty when nothing is. */
    Optional<Instant> keptUntil(ResourceKey key) {
        int days = input.desired().keepRemovedDays();
        return input.registry().removed().stream()
                .filter(removed -> removed.resource().equals(key))
                .filter(removed -> asides.of(removed.id()).stream().anyMatch(kept -> kept.database() != null))
                .map(removed -> KeptUntil.of(removed.since(), days))
                .max(Comparator.naturalOrder());
    }

    private static boolean isUsable(SetAside kept, Project project) {
        return kept.host().equals(project.host()) && kept.database() != null;
    }

    /** What stands against it; null when nothing does. */
    @Nullable
    Diagnostic refusal(Project project, Branch branch, Comeback comeback) {
        Diagnostic unmasked = MaskRule.bringingBack(
                input, project, branch, comeback.kept().row().rows());
        if (unmasked != null) {
            return unmasked;
        }
        List<String> changes = comeback.kept().changes();
        return changes.isEmpty()
                ? null
                : Diagnostic.of(
                        Code.KEPT_CHANGED,
                        branch.origin().self(),
                        "what is retained of " + comeback.kept().branch() + " is not as it was left: "
                                + String.join("; ", changes),
                        "nothing of this branch is touched. Find out who did that and why; once it is undone, run it again");
    }

    /**
     * The change that brings it back.
     *
     * @param lookup whether the pooler looks passwords up in it
     */
    void plan(
            Project project,
            Branch branch,
            Comeback comeback,
            Observation.Seen seen,
            Lookup.Rights lookup,
            SortedSet<ResourceKey> needs) {
        Branch before = Branch.of(branch.name(), comeback.before());
        HostState actual = Renamed.back(comeback.kept(), project, branch, seen.state(), marker(project, branch));
        BranchWant want = BranchCompiler.compile(
                input.desired().organization(),
                project,
                branch,
                before,
                new RegistryPasswords(withCredentials(comeback), actual, false),
                lookup);
        List<Diagnostic> foreign = BranchComparison.foreign(want, seen.state(), Ours.NOTHING);
        if (!foreign.isEmpty()) {
            findings.blocked.add(new Blocked(want.key(), foreign));
            return;
        }
        List<Step> steps = new ArrayList<>();
        steps.add(SetAsideSteps.bringBack(
                want.organization(), want.key(), comeback.kept(), want.names(), want.marker(), want.additive()));
        steps.addAll(StepAssembly.of(
                want,
                BranchComparison.between(want, actual, seen.serverVersion(), BranchComparison.Purpose.MAKE).stream()
                        .map(UndeletePlanner::loginLast)
                        .toList()));
        findings.changes.add(new Change(
                        want.key(),
                        Action.UNDELETE,
                        want.host(),
                        fields(want, project, branch, comeback),
                        branch.origin().self(),
                        "brings back the data of " + comeback.kept().moment(),
                        steps,
                        needs,
                        branch.fields(),
                        true,
                        null,
                        comeback.id(),
                        List.of())
                .settling(Settles.identity(want.key(), Settles.seen(want, actual, seen.system()))));
        older(want.key(), comeback);
        notGivenBack(want, comeback.kept());
    }

    /** What is told of a membership that stays off. */
    private void notGivenBack(BranchWant want, SetAside kept) {
        kept.row().memberships().stream()
                .filter(membership -> !want.additive() || !membership.isComplete())
                .forEach(membership -> findings.notices.add(Diagnostic.of(
                        Code.MEMBERSHIP_NOT_BACK,
                        want.origin().self(),
                        words(membership) + " before " + want.key() + " was removed, and does not get that back"
                                + missing(membership),
                        membership.isComplete()
                                ? "the branch does not say rights: additive, so its roles have no memberships"
                                : "if it is still wanted, grant it anew")));
    }

    private static String words(KeptMembership membership) {
        return membership.member().name() + " was a member of "
                + membership.role().name();
    }

    private static String missing(KeptMembership membership) {
        String gone = Stream.of(membership.role(), membership.member(), membership.grantor())
                .filter(party -> !party.there())
                .map(Party::name)
                .distinct()
                .collect(Collectors.joining(", "));
        return gone.isEmpty() ? "" : ": " + gone + " is gone";
    }

    private String marker(Project project, Branch branch) {
        return BranchCompiler.marker(input.desired().organization(), project, branch);
    }

    private List<FieldChange> fields(BranchWant want, Project project, Branch branch, Comeback comeback) {
        List<FieldChange> fields = new ArrayList<>();
        Source self = want.origin().self();
        SetAside kept = comeback.kept();
        fields.add(new FieldChange(
                "", "database", kept.requireDatabase().name(), want.names().database(), self));
        fields.add(new FieldChange(
                "",
                "roles",
                kept.roles().values().stream().map(RoleState::name).collect(Collectors.joining(", ")),
                String.join(", ", want.names().roles()),
                self));
        if (want.additive()) {
            kept.row().memberships().stream()
                    .filter(KeptMembership::isComplete)
                    .forEach(membership -> fields.add(new FieldChange(
                            "role " + membership.role().name(),
                            "has member",
                            "",
                            membership.member().name(),
                            self)));
        }
        String unmasked = MaskRule.waived(input, project, kept.row().rows());
        if (!unmasked.isEmpty()) {
            fields.add(new FieldChange("", "unmasked", "", unmasked, self));
        }
        fields.addAll(FieldChanges.between(comeback.before().values(), new Fields(branch.fields(), branch.origin())));
        return fields;
    }

    /** Only what is finished lets people in. */
    static Difference loginLast(Difference d) {
        return d.name().equals("attribute") && d.after().equals("LOGIN")
                ? new Difference(
                        d.subject(),
                        d.name(),
                        d.before(),
                        d.after(),
                        d.source(),
                        d.nature(),
                        Difference.Stage.DATABASE_OPEN,
                        d.statements())
                : d;
    }

    /** The registry as it is once the branch is registered again: its passwords are waiting to be seen. */
    private Registry withCredentials(Comeback comeback) {
        Registry registry = input.registry();
        SortedMap<CredentialKey, List<Credential>> credentials = new TreeMap<>(registry.credentials());
        comeback.credentials().stream()
                .collect(Collectors.groupingBy(Credential::key))
                .forEach((key, versions) -> credentials.put(
                        key,
                        versions.stream()
                                .map(c -> new Credential(c.key(), c.version(), c.mark(), Credential.State.PENDING))
                                .toList()));
        return new Registry(
                registry.organization(),
                registry.known(),
                registry.others(),
                registry.applied(),
                registry.removed(),
                credentials);
    }

    private void older(ResourceKey key, Comeback comeback) {
        int days = input.desired().keepRemovedDays();
        input.registry().removed().stream()
                .filter(removed -> removed.resource().equals(key))
                .flatMap(removed -> asides.of(removed.id()).stream())
                .filter(kept -> !kept.equals(comeback.kept()))
                .forEach(kept -> findings.notices.add(Diagnostic.of(
                        Code.LEFT_BEHIND,
                        "an older copy of " + key + " stays kept on host " + kept.host() + " as " + kept.name()
                                + ", until " + KeptUntil.day(kept.until(days)),
                        "the newest one comes back")));
    }
}
