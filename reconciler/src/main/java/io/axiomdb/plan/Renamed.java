package io.axiomdb.plan;

import io.axiomdb.desired.Branch;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Project;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.Grant;
import io.axiomdb.host.HostState;
import io.axiomdb.host.RoleState;
import io.axiomdb.host.RoleState.Membership;
import io.axiomdb.host.RoleState.Setting;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/** A host as it will be once things on it have other names: what is left to do is a comparison with that. Pure. */
final class Renamed {
    private final SortedMap<String, String> databases = new TreeMap<>();
    private final SortedMap<String, String> roles = new TreeMap<>();

    private Renamed() {}

    /** After {@link SetAsideSteps#bringBack}. */
    static HostState back(SetAside kept, Project project, Branch branch, HostState state, String marker) {
        BranchNames names = BranchNames.of(project, branch);
        Renamed renamed = new Renamed();
        renamed.databases.put(kept.requireDatabase().name(), names.database());
        kept.roles().forEach((kind, role) -> renamed.roles.put(role.name(), names.role(kind)));
        return renamed.of(
                state,
                role -> marked(role, marker),
                database -> new DatabaseState(
                        database.name(),
                        marker,
                        database.owner(),
                        true,
                        database.connectionLimit(),
                        database.grants(),
                        database.settings(),
                        null));
    }

    private static RoleState marked(RoleState role, String marker) {
        return new RoleState(
                role.name(),
                marker,
                role.attributes(),
                role.connectionLimit(),
                role.password(),
                role.memberOf(),
                role.members(),
                role.settings());
    }

    /** Everything with its new name, and what is renamed as it will be. */
    private HostState of(HostState state, UnaryOperator<RoleState> ofRole, UnaryOperator<DatabaseState> ofDatabase) {
        SortedMap<String, RoleState> newRoles = new TreeMap<>();
        state.roles().values().forEach(role -> {
            RoleState renamed = role(role);
            newRoles.put(renamed.name(), roles.containsKey(role.name()) ? ofRole.apply(renamed) : renamed);
        });
        SortedMap<String, DatabaseState> newDatabases = new TreeMap<>();
        state.databases().values().forEach(database -> {
            DatabaseState renamed = database(database);
            newDatabases.put(
                    renamed.name(), databases.containsKey(database.name()) ? ofDatabase.apply(renamed) : renamed);
        });
        return new HostState(newRoles, newDatabases);
    }

    private String role(String name) {
        return roles.getOrDefault(name, name);
    }

    private RoleState role(RoleState role) {
        SortedSet<Setting> settings = new TreeSet<>();
        role.settings()
                .forEach(s -> settings.add(
                        new Setting(databases.getOrDefault(s.database(), s.database()), s.name(), s.value())));
        return new RoleState(
                role(role.name()),
                role.marker(),
                role.attributes(),
                role.connectionLimit(),
                role.password(),
                memberships(role.memberOf()),
                memberships(role.members()),
                settings);
    }

    private SortedSet<Membership> memberships(SortedSet<Membership> all) {
        SortedSet<Membership> renamed = new TreeSet<>();
        all.forEach(m -> renamed.add(new Membership(role(m.role()), role(m.grantor()))));
        return renamed;
    }

    private DatabaseState database(DatabaseState database) {
        SortedSet<Grant> grants = new TreeSet<>();
        database.grants().forEach(g -> grants.add(new Grant(role(g.grantee()), g.privilege(), g.grantable())));
        return new DatabaseState(
                databases.getOrDefault(database.name(), database.name()),
                database.marker(),
                role(database.owner()),
                database.allowConnections(),
                database.connectionLimit(),
                grants,
                database.settings(),
                database.contents());
    }
}
