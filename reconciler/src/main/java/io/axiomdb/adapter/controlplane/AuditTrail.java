package io.axiomdb.adapter.controlplane;

import io.axiomdb.audit.AuditChain;
import io.axiomdb.audit.AuditEntry;
import io.axiomdb.audit.AuditRow;
import io.axiomdb.port.ControlPlane.AuditQuery;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** Appends to the trail and reads from it. */
final class AuditTrail {
    private static final String ROWS =
            " FROM jsonb_populate_recordset(CAST(NULL AS axiomdb.unfinished_mutations)," + " CAST(:rows AS jsonb)) r";
    private static final String OPEN = "INSERT INTO axiomdb.unfinished_mutations (sequence, organization, mutation_id)"
            + " SELECT r.sequence, r.organization, r.mutation_id" + ROWS;
    private static final String CLOSE = "DELETE FROM axiomdb.unfinished_mutations u USING (SELECT *" + ROWS + ") r"
            + " WHERE u.organization = r.organization AND u.mutation_id = r.mutation_id AND u.sequence < r.sequence";

    private AuditTrail() {}

    /**
     * Appends entries in order. Holds the lock on the head of the chain until the transaction ends, so that no two
     * writers get the same place; to be called before anything else in a transaction is locked.
     */
    static void append(Handle handle, String organization, List<AuditEntry> entries) {
        if (entries.isEmpty()) {
            return;
        }
        Head head = lockHead(handle);
        List<AuditRow> rows = new ArrayList<>();
        long sequence = head.sequence();
        String hash = head.hash();
        for (AuditEntry entry : entries) {
            AuditRow row = AuditChain.follow(hash, ++sequence, head.at(), organization, entry);
            rows.add(row);
            hash = row.hash();
        }
        Batch.run(handle, rows.stream().map(AuditRows::insert).toList());
        handle.execute("UPDATE axiomdb.audit_head SET sequence = ?, hash = ?", sequence, hash);
        Batch.run(handle, rows.stream().map(AuditTrail::openOrClose).toList());
    }

    /** An intent waits for its outcome. */
    private static Write openOrClose(AuditRow row) {
        return new Write(
                row.entry().phase() == AuditEntry.Phase.INTENT ? OPEN : CLOSE,
                Map.of(
                        "sequence", row.sequence(),
                        "organization", row.organization(),
                        "mutation_id", row.entry().mutationId()),
                row.sequence());
    }

    private static Head lockHead(Handle handle) {
        handle.execute("SELECT FROM axiomdb.audit_head FOR UPDATE");
        return handle.createQuery("SELECT sequence, hash, clock_timestamp() AS at FROM axiomdb.audit_head")
                .map((row, context) -> new Head(
                        row.getLong("sequence"),
                        row.getString("hash"),
                        row.getObject("at", OffsetDateTime.class).toInstant()))
                .one();
    }

    private record Head(long sequence, String hash, Instant at) {}

    static List<AuditRow> unfinished(Handle handle, String organization) {
        return handle.createQuery(AuditRows.SELECT
                        + "JOIN axiomdb.unfinished_mutations u ON u.sequence = a.sequence"
                        + " WHERE u.organization = :organization ORDER BY a.sequence")
                .bind("organization", organization)
                .map((row, context) -> AuditRows.read(row))
                .list();
    }

    static List<AuditRow> list(Handle handle, String organization, AuditQuery query) {
        return handle.createQuery(AuditRows.SELECT + """
                        WHERE a.organization = :organization
                          AND (CAST(:project AS text) IS NULL OR a.project = :project)
                          AND (CAST(:event AS text) IS NULL OR a.event = :event)
                          AND (CAST(:mutation AS text) IS NULL OR a.mutation_id = :mutation)
                        ORDER BY a.sequence DESC LIMIT :limit
                        """)
                .bind("organization", organization)
                .bind("project", query.project())
                .bind("event", query.event())
                .bind("mutation", query.mutationId())
                .bind("limit", query.limit())
                .map((row, context) -> AuditRows.read(row))
                .list();
    }
}
