package io.axiomdb.plan;

import io.axiomdb.compile.AccessCompiler;
import io.axiomdb.compile.AccessWant;
import io.axiomdb.compile.BranchCompiler;
import io.axiomdb.compile.BranchWant;
import io.axiomdb.compile.Lookup;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Origin;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Declarations;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Kind;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.Access;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.Grant;
import io.axiomdb.host.HostState;
import io.axiomdb.host.Ledger;
import io.axiomdb.host.Observation;
import io.axiomdb.host.PasswordMark;
import io.axiomdb.host.RoleState;
import io.axiomdb.registry.Applied;
import io.axiomdb.registry.Credential;
import io.axiomdb.registry.CredentialKey;
import io.axiomdb.registry.Identity;
import io.axiomdb.registry.Registry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** Worlds for tests of the planner: nothing applied yet, or everything applied and as it should be. */
final class World {
    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    static final String SYSTEM = "7431";

    /** The number of the pooler's role on each host. */
    static final long LOOKUP_ROLE = 16384;

    private World() {}

    static Registry nothingApplied(String organization) {
        return new Registry(organization, false, List.of(), new TreeMap<>(), new TreeMap<>());
    }

    static Registry applied(Desired desired) {
        SortedMap<ResourceKey, Applied> applied = new TreeMap<>();
        Declarations.of(desired)
                .forEach((key, fields) -> applied.put(
                        key,
                        new Applied(
                                "00000000-0000-0000-0000-" + String.format("%012d", applied.size()),
                                fields,
                                true,
                                enforced(desired, key),
                                identity(desired, key),
                                List.of())));
        SortedMap<CredentialKey, List<Credential>> credentials = new TreeMap<>();
        desired.projects()
                .values()
                .forEach(project -> project.branches().values().forEach(branch -> {
                    for (RoleKind kind : RoleKind.values()) {
                        CredentialKey key = new CredentialKey(project.name(), branch.name(), kind);
                        PasswordMark mark = mark(BranchNames.of(project, branch).role(kind));
                        credentials.put(key, List.of(new Credential(key, 1, mark, Credential.State.CURRENT)));
                    }
                }));
        return new Registry(desired.organization(), true, List.of(), applied, credentials);
    }

    /** By its name, so that what is converged is what was applied. */
    static long oid(String name) {
        return 16_384 + (name.hashCode() & 0xfffff);
    }

    private static Identity identity(Desired desired, ResourceKey key) {
        if (key.kind() != Kind.BRANCH) {
            return Identity.NONE;
        }
        Project project = Objects.requireNonNull(desired.projects().get(key.project()));
        return identity(BranchNames.of(
                project, Objects.requireNonNull(project.branches().get(key.name()))));
    }

    static Identity identity(BranchNames names) {
        SortedMap<RoleKind, Long> roles = new TreeMap<>();
        for (RoleKind kind : RoleKind.values()) {
            roles.put(kind, oid(names.role(kind)));
        }
        return new Identity(SYSTEM, oid(names.database()), roles);
    }

    /** What has its new names already is still what was applied under the old ones. */
    static Registry asSeen(Registry registry, Desired declared, SortedMap<String, Observation> hosts) {
        SortedMap<ResourceKey, Applied> applied = new TreeMap<>(registry.applied());
        declared.projects()
                .values()
                .forEach(project -> project.branches().values().forEach(branch -> {
                    String was = project.renamedFrom() == null ? project.name() : project.renamedFrom();
                    ResourceKey old = ResourceKey.branch(
                            was, branch.renamedFrom() == null ? branch.name() : branch.renamedFrom());
                    BranchNames names = BranchNames.of(project, branch);
                    if (hosts.get(project.host()) instanceof Observation.Seen seen
                            && seen.state().databases().containsKey(names.database())
                            && seen.state()
                                            .database(
                                                    applied.containsKey(old)
                                                            ? applied.get(old)
                                                                    .identity()
                                                                    .database()
                                                            : 0,
                                                    names.database())
                                    == null) {
                        applied.computeIfPresent(
                                old,
                                (_, a) -> new Applied(
                                        a.id(),
                                        a.fields(),
                                        a.complete(),
                                        a.enforced(),
                                        identity(names),
                                        a.beingMade()));
                    }
                }));
        return new Registry(
                registry.organization(),
                registry.known(),
                registry.others(),
                applied,
                registry.removed(),
                registry.credentials());
    }

    private static boolean enforced(Desired desired, ResourceKey key) {
        Project project = desired.projects().get(key.project());
        return project == null
                || key.kind().enforcedOn(Objects.requireNonNull(desired.hosts().get(project.host())));
    }

    static PasswordMark mark(String role) {
        return PasswordMark.ofVerifier("verifier of " + role);
    }

    static SortedMap<String, Observation> emptyHosts(Desired desired) {
        SortedMap<String, Observation> hosts = new TreeMap<>();
        desired.hosts()
                .forEach((name, host) ->
                        hosts.put(name, seen(enrolled(desired, name)).with(access(host, Access.NONE))));
        return hosts;
    }

    static Observation.Seen seen(HostState state) {
        return new Observation.Seen(
                state,
                180000,
                List.of(),
                List.of(),
                Collections.emptySortedMap(),
                List.of(),
                new Ledger(SYSTEM, NOW, List.of(), List.of(), Collections.emptySortedMap()),
                new AccessObservation.Unmanaged(),
                Duration.ZERO);
    }

    /** What enrolling a host leaves on it. */
    private static HostState enrolled(Desired desired, String host) {
        SortedMap<String, RoleState> roles = new TreeMap<>();
        if (Lookup.isOn(Objects.requireNonNull(desired.hosts().get(host)))) {
            RoleState.Attributes plain = new RoleState.Attributes(true, false, false, false, true, false, false, null);
            roles.put(
                    Lookup.ROLE,
                    new RoleState(
                            Lookup.ROLE,
                            LOOKUP_ROLE,
                            "",
                            plain,
                            RoleState.UNLIMITED,
                            PasswordMark.NONE,
                            new TreeSet<>(),
                            new TreeSet<>(),
                            new TreeSet<>()));
        }
        return new HostState(roles, new TreeMap<>());
    }

    /** A host on which everything is well, and with just this access. */
    static AccessObservation access(Host host, Access access) {
        return host.ssh() == null
                ? new AccessObservation.Unmanaged()
                : new AccessObservation.Seen(
                        new AccessObservation.Facts(
                                "0.1.0", NOW, "10.0.0.9", 150018, "1.18.0", "7431", false, LOOKUP_ROLE, List.of()),
                        access,
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        AccessObservation.EndsPooled.CLIENT,
                        null,
                        List.of());
    }

    /** Hosts exactly as wanted. */
    static SortedMap<String, Observation> converged(Desired desired) {
        SortedMap<String, Observation> hosts = emptyHosts(desired);
        SortedMap<String, AccessWant> wants = AccessCompiler.compile(desired, NOW);
        desired.hosts().keySet().forEach(host -> {
            SortedMap<String, RoleState> roles =
                    new TreeMap<>(enrolled(desired, host).roles());
            SortedMap<String, DatabaseState> databases = new TreeMap<>();
            desired.projects().values().stream()
                    .filter(project -> project.host().equals(host))
                    .forEach(project -> project.branches().values().forEach(branch -> {
                        BranchWant want = BranchCompiler.compile(
                                desired.organization(),
                                project,
                                branch,
                                null,
                                (p, b, kind) -> mark(BranchNames.of(p, b).role(kind)),
                                Lookup.isOn(Objects.requireNonNull(
                                                desired.hosts().get(host)))
                                        ? Lookup.Rights.GIVEN
                                        : Lookup.Rights.LEFT);
                        want.state().roles().forEach((name, role) -> roles.put(name, managed(role)));
                        want.state().databases().forEach((name, database) -> databases.put(name, managed(database)));
                    }));
            AccessWant want = wants.getOrDefault(host, AccessWant.none(host));
            hosts.put(
                    host,
                    seen(new HostState(roles, databases))
                            .with(access(Objects.requireNonNull(desired.hosts().get(host)), want.access())));
        });
        return hosts;
    }

    /** The same hosts, made by hand: no marks, PUBLIC may connect, owners are superusers, nobody made readers. */
    static Observation byOthers(Observation observation) {
        if (!(observation instanceof Observation.Seen seen)) {
            return observation;
        }
        SortedMap<String, RoleState> roles = new TreeMap<>();
        seen.state().roles().forEach((name, role) -> roles.put(name, byOthers(role)));
        roles.keySet().removeIf(name -> name.endsWith("_ro"));
        SortedMap<String, DatabaseState> databases = new TreeMap<>();
        seen.state().databases().forEach((name, database) -> databases.put(name, byOthers(database)));
        return seen(new HostState(roles, databases)).with(seen.access());
    }

    private static RoleState byOthers(RoleState role) {
        RoleState.Attributes has = role.attributes();
        boolean owner = has.createDb();
        return new RoleState(
                role.name(),
                role.oid(),
                "",
                new RoleState.Attributes(has.login(), owner, false, false, true, false, false, null),
                role.connectionLimit(),
                role.password(),
                role.memberOf(),
                role.members(),
                role.settings());
    }

    private static DatabaseState byOthers(DatabaseState database) {
        SortedSet<Grant> grants = new TreeSet<>(database.grants());
        grants.removeIf(grant -> grant.grantee().endsWith("_ro"));
        grants.add(Grant.of(Grant.PUBLIC, "CONNECT"));
        return new DatabaseState(
                database.name(),
                database.oid(),
                "the customers; ask Anna",
                database.owner(),
                true,
                database.connectionLimit(),
                grants,
                database.settings(),
                database.contents());
    }

    /** The same hosts, whose files nobody saw. */
    static SortedMap<String, Observation> silent(SortedMap<String, Observation> hosts) {
        return files(
                hosts,
                _ -> new AccessObservation.Unknown(Diagnostic.of(Code.HOST_UNREACHABLE, "no answer", "wait for it")));
    }

    /** The same hosts, with what a host may tell in any order. */
    static SortedMap<String, Observation> withSessions(SortedMap<String, Observation> hosts) {
        List<AccessObservation.Sessions> sessions = new ArrayList<>();
        List<AccessObservation.Disorder> disorders = new ArrayList<>();
        List<AccessObservation.Expired> journal = new ArrayList<>();
        List.of("10.0.0.1", "10.0.0.200", "192.0.2.7", "2001:db8::1").forEach(address -> {
            for (Access.Port port : Access.Port.values()) {
                sessions.add(new AccessObservation.Sessions(port, "sq_shop_main", "shop_main_rw", address, 2));
                sessions.add(new AccessObservation.Sessions(port, "sq_shop_main", "shop_main_ro", address, 1));
            }
            disorders.add(new AccessObservation.Disorder("pg_hba.conf", "pg_hba.conf:7", address, "not ours"));
            journal.add(new AccessObservation.Expired(NOW, Access.Port.DIRECT, "sq_shop_main", "10.0.0.0/24"));
        });
        return files(hosts, seen -> with(seen, disorders, sessions, journal));
    }

    static SortedMap<String, Observation> shuffled(SortedMap<String, Observation> hosts, Random random) {
        return files(
                hosts,
                seen -> with(
                        seen,
                        mixed(seen.disorders(), random),
                        mixed(seen.sessions(), random),
                        mixed(seen.journal(), random)));
    }

    private static <T> List<T> mixed(List<T> list, Random random) {
        List<T> mixed = new ArrayList<>(list);
        Collections.shuffle(mixed, random);
        return mixed;
    }

    private static AccessObservation with(
            AccessObservation.Seen seen,
            List<AccessObservation.Disorder> disorders,
            List<AccessObservation.Sessions> sessions,
            List<AccessObservation.Expired> journal) {
        return new AccessObservation.Seen(
                seen.facts(),
                seen.access(),
                disorders,
                seen.findings(),
                seen.passages(),
                seen.unfit(),
                sessions,
                seen.endsPooled(),
                seen.certificate(),
                journal);
    }

    private static SortedMap<String, Observation> files(
            SortedMap<String, Observation> hosts, Function<AccessObservation.Seen, AccessObservation> to) {
        SortedMap<String, Observation> other = new TreeMap<>(hosts);
        other.replaceAll((_, observation) ->
                observation instanceof Observation.Seen host && host.access() instanceof AccessObservation.Seen seen
                        ? host.with(to.apply(seen))
                        : observation);
        return other;
    }

    /** The same hosts, on which no database answered. */
    static SortedMap<String, Observation> unread(SortedMap<String, Observation> hosts) {
        SortedMap<String, Observation> unread = new TreeMap<>();
        hosts.forEach((host, observation) -> {
            Observation.Seen seen = (Observation.Seen) observation;
            HostState state = seen.state();
            SortedMap<String, DatabaseState> databases = new TreeMap<>();
            state.databases()
                    .forEach((name, d) -> databases.put(
                            name,
                            new DatabaseState(
                                    name,
                                    d.oid(),
                                    d.marker(),
                                    d.owner(),
                                    true,
                                    d.connectionLimit(),
                                    d.grants(),
                                    d.settings(),
                                    null)));
            unread.put(host, seen(new HostState(state.roles(), databases)).with(seen.access()));
        });
        return unread;
    }

    /** What the registry holds when all changes are made. */
    static Registry after(Registry registry, Plan plan) {
        SortedMap<ResourceKey, Applied> applied = new TreeMap<>(registry.applied());
        plan.changes().stream()
                .filter(change -> change.action() == Action.RENAME)
                .forEach(change -> renamed(applied, Objects.requireNonNull(change.formerly()), change.resource()));
        plan.changes().stream().filter(c -> c.action() != Action.PURGE).forEach(change -> {
            Applied before = applied.remove(change.resource());
            if (change.action() != Action.REMOVE && change.resource().kind().stored()) {
                Fields fields = change.action() == Action.REPAIR
                        ? Objects.requireNonNull(before).fields()
                        : new Fields(change.declaration(), Origin.UNKNOWN);
                applied.put(
                        change.resource(),
                        new Applied(
                                change.resource().toString(),
                                fields,
                                true,
                                change.enforced(),
                                before == null || change.action() == Action.RENAME ? Identity.NONE : before.identity(),
                                List.of()));
            }
        });
        return new Registry(registry.organization(), true, List.of(), applied, registry.credentials());
    }

    private static void renamed(SortedMap<ResourceKey, Applied> applied, ResourceKey from, ResourceKey to) {
        applied.remove(from);
        if (from.kind() == Kind.PROJECT) {
            applied.keySet().stream()
                    .filter(key -> key.project().equals(from.name()))
                    .toList()
                    .forEach(key -> applied.put(key.inProject(to.name()), Objects.requireNonNull(applied.remove(key))));
        }
    }

    /** What is seen of the files when all changes are made; databases and roles are as before. */
    static SortedMap<String, Observation> after(SortedMap<String, Observation> hosts, Plan plan) {
        SortedMap<String, Observation> after = new TreeMap<>(hosts);
        plan.changes().stream()
                .sorted(Comparator.comparing(change -> change.resource().kind() == Kind.HOST_ACCESS)) // these wait
                .forEach(change -> change.steps().forEach(step -> {
                    if (step instanceof Step.SetAccess(String _, Access access)) {
                        after.computeIfPresent(
                                change.host(), (_, before) -> withAccess((Observation.Seen) before, access));
                    }
                }));
        return after;
    }

    private static Observation withAccess(Observation.Seen host, Access access) {
        AccessObservation.Seen seen = (AccessObservation.Seen) host.access();
        return host.with(new AccessObservation.Seen(
                seen.facts(),
                access,
                List.of(),
                seen.findings(),
                seen.passages(),
                seen.unfit(),
                List.of(),
                seen.endsPooled(),
                seen.certificate(),
                seen.journal()));
    }

    private static RoleState managed(RoleState role) {
        return new RoleState(
                role.name(),
                oid(role.name()),
                role.marker(),
                role.attributes(),
                Math.max(role.connectionLimit(), RoleState.UNLIMITED),
                role.password(),
                role.memberOf(),
                role.members(),
                role.settings());
    }

    private static DatabaseState managed(DatabaseState database) {
        DatabaseState.Contents contents = Objects.requireNonNull(database.contents());
        return new DatabaseState(
                database.name(),
                oid(database.name()),
                database.marker(),
                database.owner(),
                true,
                Math.max(database.connectionLimit(), RoleState.UNLIMITED),
                database.grants(),
                database.settings(),
                new DatabaseState.Contents(
                        contents.schemas(), contents.defaultGrants(), new TreeSet<>(), contents.lookup()));
    }

    static PlanInput input(Desired desired, Registry registry, SortedMap<String, Observation> hosts) {
        return input(desired, registry, hosts, Asked.NOTHING);
    }

    static PlanInput input(Desired desired, Registry registry, SortedMap<String, Observation> hosts, Asked asked) {
        return new PlanInput(desired, registry, hosts, asked, "dba@acme.example", "", null, new TreeSet<>(), NOW, NOW);
    }

    static Desired with(Desired desired, Project project) {
        SortedMap<String, Project> projects = new TreeMap<>(desired.projects());
        projects.put(project.name(), project);
        return desired.with(projects);
    }
}
