package io.axiomdb.plan;

import io.axiomdb.compile.KeptNames;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.Grant;
import io.axiomdb.host.HostState;
import io.axiomdb.host.Ledger;
import io.axiomdb.host.Ledger.RetainedRow;
import io.axiomdb.host.Ledger.Rows;
import io.axiomdb.host.Ledger.Whose;
import io.axiomdb.host.Observation;
import io.axiomdb.host.RoleState;
import io.axiomdb.registry.Credential;
import io.axiomdb.registry.CredentialKey;
import io.axiomdb.registry.Registry;
import io.axiomdb.registry.Removed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Worlds in which branches were removed and their data is kept. */
final class KeptWorld {
    private static final String KEEPER = "postgres";
    private static final String ID = "5e7a51de-0000-4000-8000-%012d";

    private final List<Removed> removed = new ArrayList<>();
    private final SortedMap<String, Observation> hosts;

    private KeptWorld(SortedMap<String, Observation> hosts) {
        this.hosts = new TreeMap<>(hosts);
    }

    /**
     * With all branches of a configuration that are not applied removed and kept.
     *
     * @param moment when they were set aside
     */
    static KeptWorld of(Desired gone, Registry registry, SortedMap<String, Observation> hosts, Instant moment) {
        KeptWorld world = new KeptWorld(hosts);
        gone.projects()
                .values()
                .forEach(project -> project.branches().keySet().forEach(branch -> {
                    if (!registry.applied().containsKey(ResourceKey.branch(project.name(), branch))) {
                        world.setAside(gone, project, branch, moment);
                    }
                }));
        return world;
    }

    Registry registry(Registry before) {
        return new Registry(
                before.organization(),
                before.known(),
                before.others(),
                before.applied(),
                removed,
                before.credentials());
    }

    SortedMap<String, Observation> hosts() {
        return hosts;
    }

    private void setAside(Desired gone, Project project, String branch, Instant moment) {
        ResourceKey key = ResourceKey.branch(project.name(), branch);
        String id = ID.formatted(removed.size());
        List<Credential> credentials = new ArrayList<>();
        BranchNames names = BranchNames.of(
                project, Objects.requireNonNull(project.branches().get(branch)));
        for (RoleKind kind : RoleKind.values()) {
            credentials.add(new Credential(
                    new CredentialKey(project.name(), branch, kind),
                    1,
                    World.mark(names.role(kind)),
                    Credential.State.RETIRED));
        }
        Fields fields = new Fields(
                Objects.requireNonNull(project.branches().get(branch)).fields(), project.origin());
        removed.add(new Removed(id, key, fields, moment, credentials, World.identity(names)));
        Observation.Seen there =
                (Observation.Seen) Objects.requireNonNull(World.converged(gone).get(project.host()));
        hosts.computeIfPresent(
                project.host(),
                (_, now) -> now instanceof Observation.Seen seen
                        ? with(
                                seen,
                                there.state(),
                                names,
                                id,
                                new Whose(gone.organization(), key.project(), key.name()),
                                moment)
                        : now);
    }

    private static Observation with(
            Observation.Seen seen, HostState there, BranchNames names, String id, Whose whose, Instant moment) {
        String name = KeptNames.BEGIN + id.replace("-", "");
        String comment =
                "axm-removed:" + whose.organization() + "/" + whose.project() + "/" + whose.branch() + " " + moment;
        SortedMap<String, RoleState> roles = new TreeMap<>(seen.state().roles());
        for (RoleKind kind : RoleKind.values()) {
            roles.remove(names.role(kind));
            RoleState role = Objects.requireNonNull(there.roles().get(names.role(kind)));
            RoleState.Attributes a = role.attributes();
            String kept = name + "_" + kind.word();
            roles.put(
                    kept,
                    new RoleState(
                            kept,
                            role.oid(),
                            comment,
                            new RoleState.Attributes(
                                    false, false, a.createDb(), false, true, false, false, a.validUntil()),
                            role.connectionLimit(),
                            role.password(),
                            role.memberOf(),
                            role.members(),
                            role.settings()));
        }
        SortedMap<String, DatabaseState> databases = new TreeMap<>(seen.state().databases());
        databases.remove(names.database());
        DatabaseState database = Objects.requireNonNull(there.databases().get(names.database()));
        TreeSet<Grant> grants = new TreeSet<>();
        database.grants()
                .forEach(g -> grants.add(new Grant(
                        g.grantee().equals(names.rw())
                                ? name + "_rw"
                                : g.grantee().equals(names.ro()) ? name + "_ro" : g.grantee(),
                        g.privilege(),
                        g.grantable())));
        databases.put(
                name,
                new DatabaseState(name, database.oid(), comment, KEEPER, false, 0, grants, database.settings(), null));
        return new Observation.Seen(
                new HostState(roles, databases),
                seen.serverVersion(),
                seen.strangers(),
                seen.ties(),
                seen.measured(),
                seen.holds(),
                ledger(seen, names, there, whose, id, name, moment),
                seen.access(),
                seen.took());
    }

    private static Ledger ledger(
            Observation.Seen seen,
            BranchNames names,
            HostState there,
            Whose whose,
            String id,
            String name,
            Instant moment) {
        List<RetainedRow> rows = new ArrayList<>(seen.ledger().retained());
        DatabaseState database = Objects.requireNonNull(there.databases().get(names.database()));
        rows.add(new RetainedRow(
                rows.size() + 1,
                seen.system(),
                whose,
                id,
                name,
                database.oid(),
                Objects.requireNonNull(there.roles().get(names.owner())).oid(),
                Objects.requireNonNull(there.roles().get(names.rw())).oid(),
                Objects.requireNonNull(there.roles().get(names.ro())).oid(),
                "removed",
                moment,
                moment.plus(Duration.ofDays(Desired.KEEP_REMOVED_DAYS)),
                List.of(),
                database.connectionLimit(),
                KEEPER,
                Rows.NONE));
        return new Ledger(
                seen.system(),
                seen.ledger().clock(),
                seen.ledger().branches(),
                rows,
                seen.ledger().marks());
    }
}
