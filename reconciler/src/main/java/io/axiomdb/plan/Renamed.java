package io.axiomdb.plan;

import io.axiomdb.desired.Branch;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.Access;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.DefaultGrant;
import io.axiomdb.host.Grant;
import io.axiomdb.host.HostState;
import io.axiomdb.host.ObjectRights;
import io.axiomdb.host.RoleState;
import io.axiomdb.host.RoleState.Membership;
import io.axiomdb.host.RoleState.Setting;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

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
        String owner = kept.roles().containsKey(RoleKind.OWNER)
                ? names.owner()
                : kept.requireDatabase().owner();
        return renamed.of(
                state,
                role -> role.marked(marker).with(Collections.emptySortedSet(), Collections.emptySortedSet()),
                database -> new DatabaseState(
                        database.name(),
                        database.oid(),
                        marker,
                        owner,
                        true,
                        kept.row().connectionLimit(),
                        database.grants(),
                        database.settings(),
                        null,
                        database.template(),
                        ""));
    }

    /** After {@link ProjectRename}'s steps, which close nothing that was open and open nothing that was closed. */
    static HostState all(List<NewName> names, HostState state) {
        Renamed renamed = new Renamed();
        SortedMap<String, String> ofDatabases = new TreeMap<>(); // comments, by new name
        SortedMap<String, String> ofRoles = new TreeMap<>();
        for (NewName name : names) {
            (name.database() ? renamed.databases : renamed.roles).put(name.from(), name.to());
            (name.database() ? ofDatabases : ofRoles).put(name.to(), name.comment());
        }
        return renamed.of(
                state,
                role -> role.marked(Objects.requireNonNull(ofRoles.get(role.name()))),
                database -> marked(
                        database,
                        Objects.requireNonNull(ofDatabases.get(database.name())),
                        database.allowConnections(),
                        renamed.inside(database.contents())));
    }

    /** After {@link RenamePlanner}'s first steps: with other names and comments, and where names change without logins. */
    static HostState to(BranchNames names, BranchNames before, HostState state, String marker) {
        Renamed renamed = new Renamed();
        renamed.databases.put(before.database(), names.database());
        renamed.roles.putAll(before.rolesTo(names));
        return renamed.of(
                state,
                role -> names.equals(before) ? role.marked(marker) : withoutLogin(role.marked(marker)),
                database -> opened(database, marker, renamed.inside(database.contents())));
    }

    /** Who reaches what, with the names that databases are about to get. */
    static Access access(SortedMap<String, String> names, Access access) {
        if (names.isEmpty()) {
            return access;
        }
        SortedMap<String, SortedSet<String>> branches = new TreeMap<>();
        access.branches().forEach((database, owners) -> branches.put(names.getOrDefault(database, database), owners));
        SortedSet<Access.Entry> entries = new TreeSet<>();
        access.entries()
                .forEach(entry -> entries.add(new Access.Entry(
                        entry.port(),
                        names.getOrDefault(entry.database(), entry.database()),
                        entry.cidr(),
                        entry.until())));
        return new Access(branches, entries, access.openings());
    }

    private DatabaseState.@Nullable Contents inside(DatabaseState.@Nullable Contents contents) {
        if (contents == null) {
            return null;
        }
        SortedMap<String, DatabaseState.SchemaState> schemas = new TreeMap<>();
        contents.schemas()
                .forEach((name, schema) -> schemas.put(
                        name, new DatabaseState.SchemaState(name, role(schema.owner()), grants(schema.grants()))));
        SortedSet<DefaultGrant> defaults = new TreeSet<>();
        contents.defaultGrants().forEach(d -> defaults.add(new DefaultGrant(d.schema(), d.kind(), grant(d.grant()))));
        SortedSet<ObjectRights> objects = new TreeSet<>();
        contents.objects()
                .forEach(o -> objects.add(
                        new ObjectRights(o.schema(), o.kind(), role(o.owner()), grants(o.grants()), o.names())));
        return new DatabaseState.Contents(schemas, defaults, objects, contents.lookup());
    }

    private static DatabaseState opened(
            DatabaseState database, String marker, DatabaseState.@Nullable Contents inside) {
        return marked(database, marker, true, inside);
    }

    private static DatabaseState marked(
            DatabaseState database, String marker, boolean open, DatabaseState.@Nullable Contents inside) {
        return new DatabaseState(
                database.name(),
                database.oid(),
                marker,
                database.owner(),
                open,
                database.connectionLimit(),
                database.grants(),
                database.settings(),
                inside,
                database.template(),
                database.unread());
    }

    private static RoleState withoutLogin(RoleState role) {
        RoleState.Attributes a = role.attributes();
        return role.with(new RoleState.Attributes(
                false,
                a.superuser(),
                a.createDb(),
                a.createRole(),
                a.inherit(),
                a.replication(),
                a.bypassRls(),
                a.validUntil()));
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
                role.oid(),
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
        return new DatabaseState(
                databases.getOrDefault(database.name(), database.name()),
                database.oid(),
                database.marker(),
                role(database.owner()),
                database.allowConnections(),
                database.connectionLimit(),
                grants(database.grants()),
                database.settings(),
                database.contents(),
                database.template(),
                database.unread());
    }

    private SortedSet<Grant> grants(SortedSet<Grant> all) {
        SortedSet<Grant> renamed = new TreeSet<>();
        all.forEach(g -> renamed.add(grant(g)));
        return renamed;
    }

    private Grant grant(Grant grant) {
        return new Grant(role(grant.grantee()), grant.privilege(), grant.grantable());
    }
}
