package io.axiomdb.adapter.controlplane;

import io.axiomdb.audit.Actor;
import io.axiomdb.audit.AuditEntry;
import io.axiomdb.audit.AuditRow;
import io.axiomdb.desired.Kind;
import io.axiomdb.desired.ResourceKey;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A row of the trail as columns, and back. */
final class AuditRows {
    static final String SELECT = """
            SELECT a.sequence, a.at, a.organization, a.mutation_id, a.phase, a.event, a.actor, a.actor_verified, a.ip,
                   a.user_agent, a.commit_id, a.target_kind, a.project, a.target, a.host, a.old_value::text AS old_value,
                   a.new_value::text AS new_value, a.trigger, a.detail, a.previous_hash, a.hash
            FROM axiomdb.audit_events a
            """;

    private static final String INSERT = """
            INSERT INTO axiomdb.audit_events (sequence, at, organization, mutation_id, phase, event, actor,
                actor_verified, ip, user_agent, commit_id, target_kind, project, target, host, old_value, new_value,
                trigger, detail, previous_hash, hash)
            SELECT r.sequence, r.at, r.organization, r.mutation_id, r.phase, r.event, r.actor, r.actor_verified, r.ip,
                r.user_agent, r.commit_id, r.target_kind, r.project, r.target, r.host, r.old_value, r.new_value,
                r.trigger, r.detail, r.previous_hash, r.hash
            FROM jsonb_populate_recordset(CAST(NULL AS axiomdb.audit_events), CAST(:rows AS jsonb)) r
            """;

    private AuditRows() {}

    static Write insert(AuditRow row) {
        AuditEntry entry = row.entry();
        Map<String, @Nullable Object> values = new HashMap<>();
        values.put("sequence", row.sequence());
        values.put("at", row.at().toString());
        values.put("organization", row.organization());
        values.put("mutation_id", entry.mutationId());
        values.put("phase", entry.phase().name());
        values.put("event", entry.event());
        values.put("actor", entry.actor().name());
        values.put("actor_verified", entry.actor().verified());
        values.put("ip", entry.actor().ip());
        values.put("user_agent", entry.actor().userAgent());
        values.put("commit_id", entry.commit());
        values.put("target_kind", entry.target().kind().name());
        values.put("project", entry.target().project());
        values.put("target", entry.target().name());
        values.put("host", entry.host());
        values.put("old_value", entry.oldValue());
        values.put("new_value", entry.newValue());
        values.put("trigger", entry.trigger());
        values.put("detail", entry.detail());
        values.put("previous_hash", row.previousHash());
        values.put("hash", row.hash());
        return new Write(INSERT, values, row.sequence());
    }

    /**
     * Reads a row as it is stored, whether its hash fits or not.
     *
     * @throws IllegalArgumentException when it holds what no AxiomDB wrote
     */
    static AuditRow read(ResultSet row) throws SQLException {
        return new AuditRow(
                row.getLong("sequence"),
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getString("organization"),
                entry(row),
                row.getString("previous_hash"),
                row.getString("hash"));
    }

    private static AuditEntry entry(ResultSet row) throws SQLException {
        return new AuditEntry(
                row.getString("mutation_id"),
                AuditEntry.Phase.valueOf(row.getString("phase")),
                row.getString("event"),
                new Actor(
                        row.getString("actor"),
                        row.getBoolean("actor_verified"),
                        row.getString("ip"),
                        row.getString("user_agent")),
                row.getString("commit_id"),
                new ResourceKey(
                        Kind.valueOf(row.getString("target_kind")), row.getString("project"), row.getString("target")),
                row.getString("host"),
                Json.read(row.getString("old_value")),
                Json.read(row.getString("new_value")),
                row.getString("trigger"),
                row.getString("detail"));
    }
}
