package io.axiomdb.cli.view;

import io.axiomdb.audit.AuditEntry;
import io.axiomdb.audit.AuditEntry.Phase;
import io.axiomdb.audit.AuditRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A mutation as people think of it: its intent and its outcome, which are two rows of the trail.
 *
 * @param rows oldest first; at least one
 */
public record AuditEvent(List<AuditRow> rows) {
    public AuditEvent {
        rows = List.copyOf(rows);
    }

    /** Folds rows, newest first, into events, newest first. */
    public static List<AuditEvent> fold(List<AuditRow> newestFirst) {
        Map<String, List<AuditRow>> byMutation = new LinkedHashMap<>();
        newestFirst.forEach(row -> byMutation
                .computeIfAbsent(row.entry().mutationId(), id -> new ArrayList<>())
                .addFirst(row));
        return byMutation.values().stream().map(AuditEvent::new).toList();
    }

    /** What the event is, as it was last written. */
    public AuditEntry entry() {
        return rows.getLast().entry();
    }

    public AuditRow last() {
        return rows.getLast();
    }

    public String id() {
        return entry().mutationId();
    }

    /** {@code done}, {@code failed}, or {@code begun} while the outcome is not known. */
    public String status() {
        return entry().phase() == Phase.INTENT ? "begun" : entry().phase().word();
    }
}
