package io.axiomdb.plan;

import io.axiomdb.compile.Lookup;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Declarations;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Kind;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.host.CopyWay;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.HostState;
import io.axiomdb.host.Observation;
import io.axiomdb.registry.Registry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Makes plans. Pure: the same input gives the same plan, byte for byte, in whatever order it was gathered. */
public final class Planner {
    private static final Comparator<Change> ORDER = Comparator.comparing(
                    (Change change) -> change.action().takesAway() ? 0 : 1)
            .thenComparing(Change::resource)
            .thenComparing(Change::action, Comparator.reverseOrder());

    private final PlanInput given;
    private final PlanInput input;
    private final Desired appliedBefore;
    private final Desired applied;
    private final Findings findings = new Findings();

    private Planner(PlanInput given) {
        this.given = given;
        this.appliedBefore = applied(given.registry());
        this.input = ProjectRenames.of(given, appliedBefore, findings);
        this.applied = input.registry() == given.registry() ? appliedBefore : applied(input.registry());
    }

    /** The configuration as it was last applied. */
    public static Desired applied(Registry registry) {
        SortedMap<ResourceKey, Fields> fields = new TreeMap<>();
        registry.applied().forEach((key, a) -> fields.put(key, a.fields()));
        return Declarations.toDesired(registry.organization(), fields);
    }

    public static Plan plan(PlanInput input) {
        return new Planner(input).plan();
    }

    private Plan plan() {
        SetAsides asides = SetAsides.of(input.registry(), input.observations());
        RemovalPlanner removals = new RemovalPlanner(input, applied, findings);
        BranchPlanner branches = new BranchPlanner(input, applied, asides, removals, findings);
        input.desired()
                .projects()
                .values()
                .forEach(project -> project.branches().values().forEach(branch -> branches.plan(project, branch)));
        removals(removals);
        new PurgePlanner(input, applied, asides, findings).plan();
        access();
        lookups();
        strangers();
        eventTriggers();
        hostsLeft(asides);
        repairsWithoutNeed();
        adoptionsWithoutNeed();
        unknownPasswords();
        weakLogins();
        ClearedPasswords.add(given, findings);
        newOrganization();
        holdProjectsOfBlockedBranches();
        List<Change> changes = linked();
        return new Plan(
                input.desired().organization(),
                changes,
                findings.heldBack.stream()
                        .sorted(Comparator.comparing(HeldBack::resource).thenComparing(HeldBack::repair))
                        .toList(),
                findings.blocked.stream()
                        .sorted(Comparator.comparing(Blocked::resource))
                        .toList(),
                findings.notices.stream().sorted().toList(),
                Guards.check(input, applied, changes),
                NotEnforced.of(input.desired()),
                findings.access.stream().sorted().toList(),
                findings.ends.stream().sorted().toList(),
                Collections.emptySortedMap(),
                findings.keptUntil,
                PlanDigest.of(input.desired().organization(), changes));
    }

    /** Who may reach what follows from which branches there are, and what is declared is done when the hosts did it. */
    private void access() {
        Placements placements = Placements.of(input, applied, findings, given.registry(), appliedBefore);
        new AccessPlanner(input, applied, placements, findings).plan();
        RenameDoors.add(input, findings);
        Enforcement enforcement = new Enforcement(input.desired(), applied, placements);
        new DeclarationPlanner(input, enforcement, findings).plan();
        openLeft();
    }

    private void lookups() {
        input.observations().forEach((name, observation) -> {
            Host host = input.desired().hosts().get(name);
            if (host != null && Lookup.isOn(host) && observation instanceof Observation.Seen seen) {
                if (!seen.state().roles().containsKey(Lookup.ROLE)) {
                    lookup(host, "has no role " + Lookup.ROLE, "make the role");
                } else if (seen.access() instanceof AccessObservation.Seen && LookupRole.ours(seen) == null) {
                    lookup(
                            host,
                            "has a role " + Lookup.ROLE + " that AxiomDB did not make, and gives nothing to it",
                            "drop that role or give it another name");
                }
            }
        });
    }

    private void lookup(Host host, String what, String mend) {
        findings.notices.add(Diagnostic.of(
                Code.POOLER_ROLE_MISSING,
                host.origin().of("ports.runtime"),
                "host " + host.name() + " " + what,
                "nobody gets in through its pooler; " + mend + ", then plan and apply again: axm host enroll "
                        + host.name()));
    }

    /** Without a login on the machine nothing there can be closed again. */
    private void openLeft() {
        input.desired().hosts().values().stream()
                .filter(host -> host.ssh() == null)
                .filter(host -> applied.hosts().containsKey(host.name())
                        && applied.hosts().get(host.name()).ssh() != null)
                .forEach(
                        host -> findings.notices.add(
                                Diagnostic.of(
                                        Code.LEFT_BEHIND,
                                        host.origin().self(),
                                        "host " + host.name()
                                                + " has no ssh any more; who is let in there stays as it is",
                                        "rules still end by themselves there; \"axm-host remove\", run by root on the host, takes the rest away")));
    }

    private void removals(RemovalPlanner removals) {
        for (Project project : applied.projects().values()) {
            Project declared = input.desired().projects().get(project.name());
            for (Branch branch : project.branches().values()) {
                if (declared == null || !declared.branches().containsKey(branch.name())) {
                    ResourceKey key = ResourceKey.branch(project.name(), branch.name());
                    if (findings.renamed.contains(key)) {
                        continue;
                    }
                    removals.plan(
                            project,
                            branch,
                            Objects.requireNonNull(input.registry().applied().get(key)),
                            "no longer declared");
                }
            }
        }
    }

    /** Audit logs are made of them, and would be believed to be whole. */
    private void eventTriggers() {
        Set<ResourceKey> changed = changed();
        input.desired()
                .projects()
                .values()
                .forEach(project -> project.branches().values().forEach(branch -> {
                    ResourceKey key = ResourceKey.branch(project.name(), branch.name());
                    if (changed.contains(key)
                            && input.observations().get(project.host()) instanceof Observation.Seen seen) {
                        eventTriggers(project, branch, seen.state());
                    }
                }));
    }

    private void eventTriggers(Project project, Branch branch, HostState state) {
        DatabaseState database =
                state.databases().get(BranchNames.of(project, branch).database());
        if (database != null
                && database.contents() != null
                && !database.contents().eventTriggers().isEmpty()) {
            findings.notices.add(Diagnostic.of(
                    Code.EVENT_TRIGGERS,
                    branch.origin().self(),
                    "database " + database.name() + " on host " + project.host()
                            + " has event triggers that do not fire"
                            + " for what this plan does there: "
                            + String.join(", ", database.contents().eventTriggers()),
                    "the audit trail (axm audit) has what AxiomDB did; docs/security.md says why they do not"));
        }
    }

    private Set<ResourceKey> changed() {
        return findings.changes.stream().map(Change::resource).collect(Collectors.toSet());
    }

    /** Databases that an owner made by itself: told, never touched. */
    private void strangers() {
        input.observations().forEach((host, observation) -> {
            if (observation instanceof Observation.Seen seen) {
                seen.strangers().forEach(s -> findings.notices.add(stranger(host, s)));
            }
        });
    }

    private static Diagnostic stranger(String host, Observation.Stranger stranger) {
        String belongs =
                "database " + stranger.database() + " on host " + host + " belongs to role " + stranger.owner();
        return stranger.database().startsWith(CopyWay.UNFINISHED)
                ? Diagnostic.of(
                        Code.UNFINISHED_FOREIGN,
                        belongs + ", and nothing of this organization was to be made under that name",
                        "AxiomDB leaves it alone. Another organization's apply may be making it; else it was made by hand")
                : Diagnostic.of(
                        Code.STRANGER_DATABASE, belongs, "AxiomDB leaves it alone; it is not part of any branch");
    }

    private static String keptOn(String host, SetAsides asides) {
        List<String> kept = asides.on(host);
        return (kept.isEmpty()
                        ? "removed branches are kept there as databases named axm_del_..."
                        : "kept there: " + String.join(", ", kept))
                + "; while the host is not in the file, nothing there is brought back or dropped";
    }

    private void hostsLeft(SetAsides asides) {
        Set<ResourceKey> changed = changed();
        applied.hosts().keySet().stream()
                .filter(host -> !input.desired().hosts().containsKey(host))
                .forEach(host -> findings.notices.add(Diagnostic.of(
                        Code.LEFT_BEHIND,
                        "host " + host + " is forgotten; "
                                + (changed.contains(ResourceKey.hostAccess(host))
                                        ? "nobody is let in to its branches any more"
                                        : "what is on it stays as it is"),
                        keptOn(host, asides))));
    }

    private void newOrganization() {
        Registry registry = input.registry();
        if (!registry.known() && !registry.others().isEmpty()) {
            findings.notices.add(Diagnostic.of(
                    Code.NEW_ORGANIZATION,
                    input.desired().origin().self(),
                    "organization " + registry.organization() + " is new here; the control plane holds "
                            + String.join(", ", registry.others()),
                    "check the name, and AXM_CONTROL_PLANE_URL; if it is meant to be new, apply makes it"));
        }
    }

    /** A misspelt name would otherwise be ignored without a word. */
    private void repairsWithoutNeed() {
        input.asked().repairs().stream()
                .filter(named -> findings.changes.stream()
                        .noneMatch(change -> change.action() == Action.REPAIR
                                && change.resource().path().equals(named.path())))
                .forEach(
                        named -> findings.notices.add(
                                Diagnostic.of(
                                        Code.REPAIR_UNUSED,
                                        "--repair " + named.repair().word() + ":" + named.path(),
                                        "nothing of that branch has drifted in this way; the plan lists what is held back, with its flag")));
    }

    private void adoptionsWithoutNeed() {
        input.asked().adopt().stream()
                .filter(key -> key.kind() == Kind.BRANCH)
                .filter(key -> findings.blocked.stream()
                        .noneMatch(blocked -> blocked.resource().equals(key)))
                .filter(key -> findings.changes.stream()
                        .noneMatch(change -> change.action() == Action.ADOPT
                                && change.resource().equals(key)))
                .forEach(key -> findings.notices.add(Diagnostic.of(
                        Code.ADOPT_UNUSED,
                        key.path(),
                        "nothing of its names is on its host that AxiomDB did not make, or it is applied already")));
    }

    /** Said in every plan, for it is easily forgotten: until then no URL of theirs can be printed. */
    private void unknownPasswords() {
        String unknown = input.registry().applied().keySet().stream()
                .filter(key -> key.kind() == Kind.BRANCH)
                .filter(key -> !input.registry().unknownPasswords(key).isEmpty())
                .map(key -> key.path() + " (" + roles(input.registry().unknownPasswords(key)) + ")")
                .collect(Collectors.joining(", "));
        if (!unknown.isEmpty()) {
            findings.notices.add(Diagnostic.of(
                    Code.PASSWORD_UNKNOWN,
                    unknown,
                    "they were adopted and stay as they are; new ones, which lock out who uses the old ones: axm apply"
                            + " --repair password:PROJECT/BRANCH"));
        }
    }

    /** Said in every plan: whoever answers at the address can guess a weak password from what it gets. */
    private void weakLogins() {
        input.desired().hosts().values().stream()
                .filter(host -> host.auth() == Host.Auth.MD5)
                .forEach(host -> findings.notices.add(Diagnostic.of(
                        Code.MD5_LOGIN,
                        host.origin().of("postgres.auth"),
                        "host " + host.name() + " may ask for the administrator's password by MD5 (postgres.auth: md5)",
                        "set the password again with password_encryption = 'scram-sha-256', write scram-sha-256 in its"
                                + " pg_hba.conf, and take out auth")));
    }

    private static String roles(List<RoleKind> kinds) {
        return kinds.stream().map(RoleKind::word).collect(Collectors.joining(", "));
    }

    /** A project or host that can't be let go of, because a branch of it can't be looked at, stays registered. */
    private void holdProjectsOfBlockedBranches() {
        Set<String> projects =
                findings.blocked.stream().map(b -> b.resource().project()).collect(Collectors.toSet());
        Set<String> hosts = projects.stream()
                .map(applied.projects()::get)
                .filter(Objects::nonNull)
                .map(Project::host)
                .collect(Collectors.toSet());
        findings.changes.removeIf(change -> isKept(change, projects, hosts));
    }

    /** Moving a project whose branches can't follow would make the registry lie about where they are. */
    private boolean isKept(Change change, Set<String> projects, Set<String> hosts) {
        return switch (change.resource().kind()) {
            case PROJECT ->
                change.action() != Action.CREATE
                        && change.action() != Action.RENAME
                        && projects.contains(change.resource().name());
            case HOST ->
                change.action() == Action.REMOVE
                                && hosts.contains(change.resource().name())
                        || findings.keptHosts.contains(change.resource().name());
            case ORGANIZATION, MEMBER, NETWORK_POLICY, NETWORK_RULE, ROTATION_POLICY, BRANCH, HOST_ACCESS -> false;
        };
    }

    /** In order, each change needing only what is itself changed in this plan. */
    private List<Change> linked() {
        List<Change> sorted = new ArrayList<>(findings.changes);
        sorted.sort(ORDER);
        Set<ResourceKey> changed = new HashSet<>();
        List<ResourceKey> removed = new ArrayList<>();
        Set<ResourceKey> renamed = new HashSet<>();
        for (Change change : sorted) {
            changed.add(change.resource());
            if (change.action() == Action.REMOVE) {
                removed.add(change.resource());
            }
            if (change.action() == Action.RENAME && change.resource().kind() == Kind.PROJECT) {
                renamed.add(change.resource());
            }
        }
        Below below = Below.of(removed);
        return sorted.stream()
                .map(change -> change.withNeeds(needs(change, below, renamed, changed)))
                .toList();
    }

    private static SortedSet<ResourceKey> needs(
            Change change, Below removed, Set<ResourceKey> renamed, Set<ResourceKey> changed) {
        SortedSet<ResourceKey> needs = new TreeSet<>(change.needs());
        ResourceKey project = ResourceKey.project(change.resource().project());
        if (renamed.contains(project) && !project.equals(change.resource())) {
            needs.add(project);
        }
        boolean renames = change.action() == Action.UPDATE && change.resource().kind() == Kind.PROJECT;
        if (change.action() == Action.REMOVE || renames) {
            needs.addAll(removed.of(change.resource()));
        }
        needs.retainAll(changed);
        return needs;
    }
}
