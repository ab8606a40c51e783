package io.axiomdb.adapter.controlplane;

import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.port.ControlPlane.Note;
import io.axiomdb.port.ControlPlane.Settled;
import io.axiomdb.registry.BeingMade;
import io.axiomdb.registry.Identity;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** What branches are on their servers, and databases that are being made. */
final class Identities {
    private static final String READ =
            "SELECT id::text AS id, system_identifier, database_oid, owner_oid, rw_oid, ro_oid"
                    + " FROM axiomdb.project_branches WHERE organization = :organization AND purged_at IS NULL"
                    + " AND system_identifier <> ''";
    private static final String BEING_MADE =
            "SELECT m.branch_id::text AS id, m.name, m.mutation_id, m.system_identifier,"
                    + " m.oid FROM axiomdb.databases_being_made m JOIN axiomdb.project_branches b ON b.id = m.branch_id"
                    + " WHERE b.organization = :organization AND b.purged_at IS NULL ORDER BY m.begun_at, m.name";

    /** Numbers of another server mean nothing on this one. */
    private static final String IDENTIFY =
            "UPDATE axiomdb.project_branches t SET system_identifier = r.system_identifier,"
                    + " database_oid = " + number("database_oid") + ", owner_oid = " + number("owner_oid")
                    + ", rw_oid = "
                    + number("rw_oid") + ", ro_oid = " + number("ro_oid")
                    + " FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (organization text, project text, name text,"
                    + " system_identifier text, database_oid bigint, owner_oid bigint, rw_oid bigint, ro_oid bigint)"
                    + " WHERE t.organization = r.organization AND t.project = r.project AND t.name = r.name"
                    + " AND t.removed_at IS NULL";

    private static final String BEGIN = "INSERT INTO axiomdb.databases_being_made (name, branch_id, mutation_id)"
            + " SELECT r.new_name, b.id, r.mutation FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (organization text,"
            + " project text, name text, new_name text, mutation text) JOIN axiomdb.project_branches b"
            + " ON b.organization = r.organization AND b.project = r.project AND b.name = r.name AND b.removed_at IS NULL";
    private static final String NUMBER = "UPDATE axiomdb.databases_being_made m SET oid = r.oid,"
            + " system_identifier = r.system_identifier FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (name text,"
            + " oid bigint, system_identifier text) WHERE m.name = r.name";
    private static final String SETTLE = "WITH gone AS (DELETE FROM axiomdb.databases_being_made m"
            + " USING jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (name text, took boolean) WHERE m.name = r.name"
            + " RETURNING m.branch_id, m.system_identifier, m.oid, r.took)"
            + " UPDATE axiomdb.project_branches t SET database_oid = gone.oid, system_identifier = gone.system_identifier"
            + " FROM gone WHERE t.id = gone.branch_id AND gone.took AND gone.oid <> 0";

    private Identities() {}

    private static String number(String column) {
        return "coalesce(r.%1$s, CASE WHEN t.system_identifier = r.system_identifier THEN t.%1$s ELSE 0 END)"
                .formatted(column);
    }

    /** By the id of the branch, removed ones too. */
    static Map<String, Identity> read(Handle handle, String organization) {
        Map<String, Identity> found = new HashMap<>();
        handle.createQuery(READ)
                .bind("organization", organization)
                .map((row, _) -> Map.entry(row.getString("id"), identity(row)))
                .forEach(entry -> found.put(entry.getKey(), entry.getValue()));
        return found;
    }

    private static Identity identity(ResultSet row) throws SQLException {
        SortedMap<RoleKind, Long> roles = new TreeMap<>();
        for (RoleKind kind : RoleKind.values()) {
            long oid = row.getLong(kind.word() + "_oid");
            if (oid != 0) {
                roles.put(kind, oid);
            }
        }
        return new Identity(row.getString("system_identifier"), row.getLong("database_oid"), roles);
    }

    /** By the id of the branch, oldest first. */
    static Map<String, List<BeingMade>> beingMade(Handle handle, String organization) {
        Map<String, List<BeingMade>> found = new HashMap<>();
        handle.createQuery(BEING_MADE)
                .bind("organization", organization)
                .map((row, _) -> Map.entry(
                        row.getString("id"),
                        new BeingMade(
                                row.getString("name"),
                                row.getString("mutation_id"),
                                row.getString("system_identifier"),
                                row.getLong("oid"))))
                .forEach(entry -> found.computeIfAbsent(entry.getKey(), _ -> new ArrayList<>())
                        .add(entry.getValue()));
        return found;
    }

    /** One row is written, or the branch is not registered. */
    static Write note(String organization, Note note) {
        return switch (note) {
            case Note.Begins(ResourceKey branch, String mutation, String name) -> {
                Map<String, @Nullable Object> row = Resources.row(organization, branch);
                row.put("mutation", mutation);
                row.put("new_name", name);
                yield new Write(BEGIN, row, name);
            }
            case Note.Database(String name, String system, long oid) ->
                new Write(NUMBER, row(Map.of("name", name, "system_identifier", system, "oid", oid)), name);
            case Note.Roles(ResourceKey branch, String system, SortedMap<RoleKind, Long> oids) ->
                identify(organization, branch, system, null, oids);
        };
    }

    static Write identify(String organization, ResourceKey branch, Identity identity) {
        return identify(organization, branch, identity.system(), identity.database(), identity.roles());
    }

    private static Write identify(
            String organization,
            ResourceKey branch,
            String system,
            @Nullable Long database,
            SortedMap<RoleKind, Long> roles) {
        Map<String, @Nullable Object> row = Resources.row(organization, branch);
        row.put("system_identifier", system);
        row.put("database_oid", database);
        for (RoleKind kind : RoleKind.values()) {
            row.put(kind.word() + "_oid", roles.get(kind));
        }
        return new Write(IDENTIFY, row, branch);
    }

    static Write settle(Settled settled) {
        return new Write(SETTLE, row(Map.of("name", settled.name(), "took", settled.took())), settled.name());
    }

    private static Map<String, @Nullable Object> row(Map<String, Object> values) {
        return new TreeMap<>(values);
    }
}
