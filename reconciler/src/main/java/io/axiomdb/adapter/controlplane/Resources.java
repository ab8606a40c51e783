package io.axiomdb.adapter.controlplane;

import io.axiomdb.core.Origin;
import io.axiomdb.core.Shared;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.Kind;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.port.ControlPlane.Effect;
import io.axiomdb.registry.Applied;
import io.axiomdb.registry.BeingMade;
import io.axiomdb.registry.Credential;
import io.axiomdb.registry.Identity;
import io.axiomdb.registry.Removed;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The tables of declared resources, which all have one shape. */
final class Resources {
    private static final String ROWS = "jsonb_populate_recordset(CAST(NULL AS axiomdb.%s), CAST(:rows AS jsonb)) r";
    private static final String INSERT = "INSERT INTO axiomdb.%s"
            + " (organization, project, name, declaration, enforced, complete)"
            + " SELECT r.organization, r.project, r.name, r.declaration, r.enforced, r.complete FROM " + ROWS
            + " ON CONFLICT (organization, project, name) WHERE removed_at IS NULL ";
    /** A member is a user first, and a user may belong to several organizations. */
    private static final String USERS = "WITH u AS (INSERT INTO axiomdb.users (email) SELECT r.name FROM "
            + ROWS.formatted("memberships") + " ON CONFLICT DO NOTHING) ";

    private static final String NOTHING = "DO NOTHING";
    private static final String REPLACE = "DO UPDATE SET declaration = excluded.declaration,"
            + " enforced = excluded.enforced, complete = true, updated_at = clock_timestamp()";
    private static final String REMOVE = "UPDATE axiomdb.%s t"
            + " SET removed_at = clock_timestamp(), updated_at = clock_timestamp()%s FROM " + ROWS
            + " WHERE t.organization = r.organization AND t.project = r.project AND t.name = r.name"
            + " AND t.removed_at IS NULL";
    private static final String REVIVE = "UPDATE axiomdb.project_branches t SET removed_at = NULL, complete = false,"
            + " updated_at = clock_timestamp() FROM " + ROWS.formatted("project_branches")
            + " WHERE t.organization = r.organization AND t.id = r.id AND t.removed_at IS NOT NULL AND t.purged_at IS NULL";
    private static final String OLD_PROJECT = " FROM jsonb_to_recordset(CAST(:rows AS jsonb))"
            + " AS r (organization text, name text, old_name text, declaration jsonb, enforced boolean)"
            + " WHERE t.organization = r.organization AND t.project = r.old_name AND t.removed_at IS NULL";
    private static final String RENAME = Credentials.retireWith(
            "UPDATE axiomdb.project_branches t SET name = r.name, declaration = r.declaration, enforced = r.enforced,"
                    + " complete = true, updated_at = clock_timestamp() FROM (SELECT r.*, o.old_name FROM "
                    + ROWS.formatted("project_branches") + ", jsonb_to_recordset(CAST(:rows AS jsonb))"
                    + " AS o (name text, project text, old_name text) WHERE o.name = r.name AND o.project = r.project) r"
                    + " WHERE t.organization = r.organization AND t.project = r.project AND t.name = r.old_name"
                    + " AND t.removed_at IS NULL",
            "t.project",
            "r.old_name");
    /** The project itself takes the new declaration; what belongs to it only the new name. */
    private static final String RENAME_PROJECT = "UPDATE axiomdb.projects t SET project = r.name, name = r.name,"
            + " declaration = r.declaration, enforced = r.enforced, complete = true, updated_at = clock_timestamp()"
            + OLD_PROJECT;

    private static final String RENAME_POLICY =
            "UPDATE axiomdb.%s t SET project = r.name, name = r.name, updated_at = clock_timestamp()" + OLD_PROJECT;
    private static final String RENAME_PART =
            "UPDATE axiomdb.%s t SET project = r.name, updated_at = clock_timestamp()" + OLD_PROJECT;

    private static final String PURGE = "UPDATE axiomdb.project_branches t SET purged_at = clock_timestamp() FROM "
            + ROWS.formatted("project_branches")
            + " WHERE t.organization = r.organization AND t.id = r.id AND t.removed_at IS NOT NULL";
    private static final String RETAIN = "INSERT INTO axiomdb.project_branches"
            + " (id, organization, project, name, declaration, enforced, complete, removed_at)"
            + " SELECT r.id, r.organization, r.project, r.name, '{}', true, true, clock_timestamp() FROM "
            + ROWS.formatted("project_branches") + " ON CONFLICT (id) DO NOTHING";
    private static final String REMOVED =
            "SELECT id::text AS id, project, name, declaration::text AS declaration, removed_at"
                    + " FROM axiomdb.project_branches WHERE organization = :organization AND removed_at IS NOT NULL"
                    + " AND purged_at IS NULL ORDER BY removed_at, id";
    private static final String READ = Arrays.stream(Kind.values())
            .filter(Kind::stored)
            .map(kind -> "SELECT '" + kind.name()
                    + "' AS kind, id::text AS id, project, name, declaration::text AS declaration,"
                    + " complete, enforced FROM axiomdb." + table(kind)
                    + " WHERE organization = :organization AND removed_at IS NULL")
            .collect(Collectors.joining(" UNION ALL "));

    private Resources() {}

    private static String table(Kind kind) {
        return switch (kind) {
            case ORGANIZATION -> "organizations";
            case MEMBER -> "memberships";
            case HOST -> "hosts";
            case PROJECT -> "projects";
            case NETWORK_POLICY -> "network_policies";
            case NETWORK_RULE -> "network_rules";
            case ROTATION_POLICY -> "rotation_policies";
            case BRANCH -> "project_branches";
            case HOST_ACCESS -> throw new IllegalArgumentException("the registry keeps nothing of " + kind);
        };
    }

    static SortedMap<ResourceKey, Applied> read(Handle handle, String organization, Map<String, Identity> identities) {
        SortedMap<ResourceKey, Applied> found = new TreeMap<>();
        Shared shared = new Shared();
        Map<String, List<BeingMade>> beingMade = Identities.beingMade(handle, organization);
        handle.createQuery(READ)
                .bind("organization", organization)
                .map((row, context) -> entry(row, shared, identities, beingMade))
                .forEach(entry -> found.put(entry.getKey(), entry.getValue()));
        return found;
    }

    private static Map.Entry<ResourceKey, Applied> entry(
            ResultSet row, Shared shared, Map<String, Identity> identities, Map<String, List<BeingMade>> beingMade)
            throws SQLException {
        String id = row.getString("id");
        return Map.entry(
                new ResourceKey(
                        Kind.valueOf(row.getString("kind")),
                        shared.of(row.getString("project")),
                        row.getString("name")),
                new Applied(
                        id,
                        shared.of(new Fields(Json.read(row.getString("declaration")), Origin.UNKNOWN)),
                        row.getBoolean("complete"),
                        row.getBoolean("enforced"),
                        identities.getOrDefault(id, Identity.NONE),
                        beingMade.getOrDefault(id, List.of())));
    }

    /** Branches that were removed and not purged, oldest first. */
    static List<Removed> removed(
            Handle handle,
            String organization,
            SortedMap<ResourceKey, List<Credential>> credentials,
            Map<String, Identity> identities) {
        return handle.createQuery(REMOVED)
                .bind("organization", organization)
                .map((row, _) -> removed(row, credentials, identities))
                .list();
    }

    private static Removed removed(
            ResultSet row, SortedMap<ResourceKey, List<Credential>> credentials, Map<String, Identity> identities)
            throws SQLException {
        ResourceKey key = ResourceKey.branch(row.getString("project"), row.getString("name"));
        return new Removed(
                row.getString("id"),
                key,
                new Fields(Json.read(row.getString("declaration")), Origin.UNKNOWN),
                row.getObject("removed_at", OffsetDateTime.class).toInstant(),
                credentials.getOrDefault(key, List.of()),
                identities.getOrDefault(row.getString("id"), Identity.NONE));
    }

    static List<String> otherOrganizations(Handle handle, String organization) {
        return handle.createQuery("SELECT name FROM axiomdb.organizations WHERE name <> :name AND removed_at IS NULL"
                        + " ORDER BY name COLLATE \"C\"")
                .bind("name", organization)
                .mapTo(String.class)
                .list();
    }

    /** Registers a resource as incomplete when there is none. */
    static Write claim(String organization, ResourceKey key, SortedMap<String, String> fields) {
        return insert(key, row(organization, key, fields, false, false), NOTHING);
    }

    /** Registers a removed branch again, as incomplete; its passwords wait to be seen on the host. */
    static Write revive(String organization, ResourceKey key, String id) {
        return new Write(Credentials.awaitWith(REVIVE), row(organization, key, id), key);
    }

    /** In order. */
    static List<Write> write(String organization, Effect effect) {
        return switch (effect) {
            case Effect.Nothing() -> List.of();
            case Effect.Store(ResourceKey key, SortedMap<String, String> fields, boolean enforced) ->
                List.of(insert(key, row(organization, key, fields, enforced, true), REPLACE));
            case Effect.Remove(ResourceKey key) -> List.of(remove(organization, key, "", ""));
            case Effect.GiveUp(ResourceKey key) -> List.of(giveUp(organization, key));
            case Effect.Rename(ResourceKey from, ResourceKey to, SortedMap<String, String> fields, boolean enforced) ->
                rename(organization, from, to, fields, enforced);
            case Effect.Retain(ResourceKey key, String id) ->
                List.of(new Write(RETAIN, row(organization, key, id), key));
            case Effect.Purge(ResourceKey key, String id) -> List.of(new Write(PURGE, row(organization, key, id), key));
        };
    }

    /** The row says where it is to go by its new values, and where it is by the old name. */
    private static List<Write> rename(
            String organization, ResourceKey from, ResourceKey to, SortedMap<String, String> fields, boolean enforced) {
        Map<String, @Nullable Object> row = row(organization, to, fields, enforced, true);
        row.put("old_name", from.name());
        if (to.kind() != Kind.PROJECT) {
            return List.of(new Write(RENAME, row, to));
        }
        return Arrays.stream(Kind.values())
                .flatMap(kind -> renameWithProject(kind).stream())
                .map(sql -> new Write(sql, row, to))
                .toList();
    }

    /** Empty for what belongs to no project. */
    private static Optional<String> renameWithProject(Kind kind) {
        return switch (kind) {
            case PROJECT -> Optional.of(RENAME_PROJECT);
            case NETWORK_POLICY, ROTATION_POLICY -> Optional.of(RENAME_POLICY.formatted(table(kind)));
            case NETWORK_RULE -> Optional.of(RENAME_PART.formatted(table(kind)));
            case BRANCH ->
                Optional.of(Credentials.retireWith(RENAME_PART.formatted(table(kind)), "r.old_name", "t.name"));
            case ORGANIZATION, MEMBER, HOST, HOST_ACCESS -> Optional.empty();
        };
    }

    private static Write insert(ResourceKey key, Map<String, @Nullable Object> row, String otherwise) {
        String table = table(key.kind());
        String before = key.kind() == Kind.MEMBER ? USERS : "";
        return new Write(before + INSERT.formatted(table, table) + otherwise, row, key);
    }

    /** Of what was only begun nothing is kept. */
    private static Write giveUp(String organization, ResourceKey key) {
        return remove(
                organization,
                key,
                key.kind() == Kind.BRANCH ? ", purged_at = clock_timestamp()" : "",
                " AND NOT t.complete");
    }

    private static Write remove(String organization, ResourceKey key, String also, String condition) {
        String table = table(key.kind());
        String update = REMOVE.formatted(table, also, table) + condition;
        return new Write(
                key.kind() == Kind.BRANCH ? Credentials.retireWith(update) : update, row(organization, key), key);
    }

    private static Map<String, @Nullable Object> row(
            String organization,
            ResourceKey key,
            SortedMap<String, String> fields,
            boolean enforced,
            boolean complete) {
        Map<String, @Nullable Object> row = row(organization, key);
        row.put("declaration", fields);
        row.put("enforced", enforced);
        row.put("complete", complete);
        return row;
    }

    private static Map<String, @Nullable Object> row(String organization, ResourceKey key, String id) {
        Map<String, @Nullable Object> row = row(organization, key);
        row.put("id", id);
        return row;
    }

    static Map<String, @Nullable Object> row(String organization, ResourceKey key) {
        Map<String, @Nullable Object> row = new TreeMap<>();
        row.put("organization", organization);
        row.put("project", key.project());
        row.put("name", key.name());
        return row;
    }
}
