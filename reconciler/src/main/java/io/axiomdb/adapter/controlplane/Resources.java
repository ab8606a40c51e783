package io.axiomdb.adapter.controlplane;

import io.axiomdb.core.Origin;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.Kind;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.port.ControlPlane.Effect;
import io.axiomdb.registry.Applied;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** The tables of declared resources, which all have one shape. */
final class Resources {
    private static final String LIVE =
            " WHERE organization = :organization AND project = :project AND name = :name AND removed_at IS NULL";
    private static final String INSERT = """
            %sINSERT INTO axiomdb.%s AS r (organization, project, name, declaration, enforced, complete)
            VALUES (:organization, :project, :name, CAST(:declaration AS jsonb), :enforced, :complete)
            ON CONFLICT (organization, project, name) WHERE removed_at IS NULL
            """;
    private static final String READ = Arrays.stream(Kind.values())
            .map(kind -> "SELECT '" + kind.name()
                    + "' AS kind, id::text AS id, project, name, declaration::text AS declaration,"
                    + " complete FROM axiomdb." + table(kind)
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
        };
    }

    static SortedMap<ResourceKey, Applied> read(Handle handle, String organization) {
        SortedMap<ResourceKey, Applied> found = new TreeMap<>();
        handle.createQuery(READ)
                .bind("organization", organization)
                .map((row, context) -> entry(row))
                .forEach(entry -> found.put(entry.getKey(), entry.getValue()));
        return found;
    }

    private static Map.Entry<ResourceKey, Applied> entry(ResultSet row) throws SQLException {
        return Map.entry(
                new ResourceKey(Kind.valueOf(row.getString("kind")), row.getString("project"), row.getString("name")),
                new Applied(
                        row.getString("id"),
                        new Fields(FlatJson.read(row.getString("declaration")), Origin.UNKNOWN),
                        row.getBoolean("complete")));
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
        return insert(organization, key, fields, key.kind().enforced(), false, "DO NOTHING");
    }

    static Optional<Write> write(String organization, Effect effect) {
        return switch (effect) {
            case Effect.Nothing() -> Optional.empty();
            case Effect.Store(ResourceKey key, SortedMap<String, String> fields, boolean enforced) ->
                Optional.of(insert(
                        organization,
                        key,
                        fields,
                        enforced,
                        true,
                        "DO UPDATE SET declaration = excluded.declaration, enforced = excluded.enforced,"
                                + " complete = true, updated_at = clock_timestamp()"));
            case Effect.Remove(ResourceKey key) -> Optional.of(remove(organization, key, ""));
            case Effect.GiveUp(ResourceKey key) -> Optional.of(remove(organization, key, " AND NOT complete"));
        };
    }

    private static Write insert(
            String organization,
            ResourceKey key,
            SortedMap<String, String> fields,
            boolean enforced,
            boolean complete,
            String otherwise) {
        // A member is a user first, and a user may belong to several organizations.
        String before = key.kind() == Kind.MEMBER
                ? "WITH u AS (INSERT INTO axiomdb.users (email) VALUES (:name) ON CONFLICT DO NOTHING) "
                : "";
        Map<String, Object> values = named(organization, key);
        values.put("declaration", FlatJson.write(fields));
        values.put("enforced", enforced);
        values.put("complete", complete);
        return new Write(INSERT.formatted(before, table(key.kind())) + otherwise, values);
    }

    private static Write remove(String organization, ResourceKey key, String condition) {
        String update = "UPDATE axiomdb." + table(key.kind())
                + " SET removed_at = clock_timestamp(), updated_at = clock_timestamp()" + LIVE + condition;
        return new Write(key.kind() == Kind.BRANCH ? Credentials.retireWith(update) : update, named(organization, key));
    }

    private static Map<String, Object> named(String organization, ResourceKey key) {
        Map<String, Object> values = new TreeMap<>();
        values.put("organization", organization);
        values.put("project", key.project());
        values.put("name", key.name());
        return values;
    }
}
