package io.axiomdb.adapter.controlplane;

import io.axiomdb.audit.AuditChain;
import io.axiomdb.audit.AuditRow;
import io.axiomdb.core.Anchor;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.ResultIterator;

/**
 * Walks the chain from its first row to its head, a thousand rows in memory at a time. Finds rows that were changed,
 * dropped, added or moved. A chain that was emptied, cut short or computed anew as a whole, head included, by somebody who
 * owns the database, is found by an anchor that was kept elsewhere, and by what else is registered: whatever changes the
 * registry writes to the trail in the same transaction.
 */
final class AuditCheck {
    private static final int FETCH = 1000;

    private static final List<String> REGISTERED = List.of(
            "organizations",
            "memberships",
            "hosts",
            "projects",
            "network_policies",
            "network_rules",
            "rotation_policies",
            "project_branches");

    /** Far longer than a transaction of ours takes. */
    private static final String WITHIN = "INTERVAL '5 minutes'";

    /** What was registered without a row of the same transaction; passwords are made after their change's intent. */
    private static final String UNTOLD = "SELECT r.organization, r.what, r.at FROM ("
            + REGISTERED.stream()
                    .map(table -> "SELECT organization, '" + table.replace('_', ' ')
                            + "' AS what, updated_at AS at, updated_at - " + WITHIN + " AS since FROM axiomdb." + table)
                    .collect(Collectors.joining(" UNION ALL "))
            + " UNION ALL SELECT organization, 'passwords', at, CASE event WHEN 'confirmed' THEN at - " + WITHIN
            + " ELSE '-infinity' END FROM axiomdb.credential_events WHERE event IN ('made', 'confirmed')) r"
            + " WHERE NOT EXISTS (SELECT FROM axiomdb.audit_events a WHERE a.organization = r.organization"
            + " AND a.at BETWEEN r.since AND r.at) ORDER BY r.at LIMIT 1";

    private long sequence;
    private String hash = AuditChain.START;

    private final SortedMap<String, Anchor> anchors;

    private AuditCheck(SortedMap<String, Anchor> anchors) {
        this.anchors = anchors;
    }

    /** What is wrong with the first bad row, if anything. To be called in a snapshot. */
    static Optional<Diagnostic> run(Handle handle, SortedMap<String, Anchor> anchors) {
        return new AuditCheck(anchors).walk(handle);
    }

    /**
     * Anchors that are not rows of this trail from which it goes on whole to its head. Rows are not believed by the hash that
     * stands in them: from the oldest anchor on it is made anew.
     */
    static Set<Anchor> strangers(Handle handle, Collection<Anchor> anchors) {
        Set<Anchor> asked = new HashSet<>(anchors);
        asked.removeIf(anchor -> anchor.sequence() == 0);
        if (asked.isEmpty()) {
            return asked;
        }
        long from = asked.stream().mapToLong(Anchor::sequence).min().orElseThrow();
        AuditCheck check = new AuditCheck(Collections.emptySortedMap());
        Set<Anchor> found = new HashSet<>();
        try (ResultIterator<Optional<Diagnostic>> rows = handle.createQuery(
                        AuditRows.SELECT + " WHERE a.sequence >= :from ORDER BY a.sequence")
                .bind("from", from)
                .setFetchSize(FETCH)
                .map((row, context) -> {
                    if (check.sequence < from - 1) { // the first one follows what it says
                        check.sequence = from - 1;
                        check.hash = row.getString("previous_hash");
                    }
                    Optional<Diagnostic> problem = check.check(row);
                    if (problem.isEmpty()) {
                        found.add(new Anchor(check.sequence, check.hash));
                    }
                    return problem;
                })
                .iterator()) {
            if (first(rows).isPresent() || check.checkHead(handle).isPresent()) {
                return asked;
            }
        }
        asked.removeAll(found);
        return asked;
    }

    /** Of a trail that ends there: an anchor that is ahead of it. */
    static Optional<Diagnostic> beyond(SortedMap<String, Anchor> anchors, long end) {
        return anchors.entrySet().stream()
                .filter(anchor -> anchor.getValue().sequence() > end)
                .findFirst()
                .flatMap(anchor -> broken(anchor.getKey() + " says that there was a row "
                        + anchor.getValue().sequence() + ", but the trail ends at row " + end
                        + ": what came after was taken out"));
    }

    private Optional<Diagnostic> walk(Handle handle) {
        try (ResultIterator<Optional<Diagnostic>> rows = handle.createQuery(AuditRows.SELECT + " ORDER BY a.sequence")
                .setFetchSize(FETCH)
                .map((row, context) -> check(row))
                .iterator()) {
            return first(rows)
                    .or(() -> checkHead(handle))
                    .or(() -> beyond(anchors, sequence))
                    .or(() -> untold(handle));
        }
    }

    private static Optional<Diagnostic> first(Iterator<Optional<Diagnostic>> rows) {
        while (rows.hasNext()) {
            Optional<Diagnostic> problem = rows.next();
            if (problem.isPresent()) {
                return problem;
            }
        }
        return Optional.empty();
    }

    private Optional<Diagnostic> check(ResultSet columns) throws SQLException {
        long found = columns.getLong("sequence");
        if (found != sequence + 1) {
            return broken("rows " + (sequence + 1) + " to " + (found - 1) + " are missing");
        }
        try {
            return check(AuditRows.read(columns));
        } catch (IllegalArgumentException e) {
            return broken("row " + found + " was changed: it holds a value that AxiomDB does not write");
        }
    }

    private Optional<Diagnostic> check(AuditRow row) {
        AuditRow expected = AuditChain.follow(hash, row.sequence(), row.at(), row.organization(), row.entry());
        if (!expected.previousHash().equals(row.previousHash())) {
            return broken("row " + row.sequence() + " does not follow row " + sequence + ": one of them was exchanged");
        }
        if (!expected.hash().equals(row.hash())) {
            return broken(
                    "row " + row.sequence() + " (" + row.entry().event() + ") was changed: its hash does not fit");
        }
        sequence = row.sequence();
        hash = row.hash();
        return anchors.entrySet().stream()
                .filter(anchor -> anchor.getValue().sequence() == sequence
                        && !anchor.getValue().hash().equals(hash))
                .findFirst()
                .flatMap(anchor -> broken("row " + sequence + " is another one than " + anchor.getKey()
                        + " says: the trail was written anew"));
    }

    private static Optional<Diagnostic> untold(Handle handle) {
        return handle.createQuery(UNTOLD)
                .map((row, _) -> "rows are missing: " + row.getString("what") + " of organization "
                        + row.getString("organization") + " were registered at "
                        + row.getObject("at", OffsetDateTime.class).toInstant()
                        + ", and the trail says nothing of that time")
                .findFirst()
                .flatMap(AuditCheck::broken);
    }

    private Optional<Diagnostic> checkHead(Handle handle) {
        return handle.createQuery("SELECT sequence, hash FROM axiomdb.audit_head")
                .map((row, context) -> new Head(row.getLong("sequence"), row.getString("hash")))
                .findOne()
                .map(this::checkHead)
                .orElseGet(() -> broken("the head of the trail is missing"));
    }

    private Optional<Diagnostic> checkHead(Head head) {
        if (head.sequence() > sequence) {
            return broken("rows " + (sequence + 1) + " to " + head.sequence() + " are missing at the end");
        }
        return head.sequence() == sequence && head.hash().equals(hash)
                ? Optional.empty()
                : broken("its end is row " + sequence + ", but the head of the trail says row " + head.sequence()
                        + " with another hash");
    }

    private record Head(long sequence, String hash) {}

    private static Optional<Diagnostic> broken(String what) {
        return Optional.of(Diagnostic.of(
                Code.AUDIT_BROKEN,
                what,
                "somebody changed axiomdb.audit_events past AxiomDB; compare it with a backup. Rows before are whole"));
    }
}
