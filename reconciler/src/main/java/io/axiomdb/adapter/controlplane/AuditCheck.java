package io.axiomdb.adapter.controlplane;

import io.axiomdb.audit.AuditChain;
import io.axiomdb.audit.AuditRow;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.result.ResultIterator;

/**
 * Walks the chain from its first row to its head, a thousand rows in memory at a time. Finds rows that were changed,
 * dropped, added or moved. It can't find a chain that was computed anew as a whole, head included, by somebody who owns
 * the database: for that, keep a hash from {@code axm audit list} elsewhere.
 */
final class AuditCheck {
    private static final int FETCH = 1000;

    private long sequence;
    private String hash = AuditChain.START;

    private AuditCheck() {}

    /** What is wrong with the first bad row, if anything. To be called in a snapshot. */
    static Optional<Diagnostic> run(Handle handle) {
        return new AuditCheck().walk(handle);
    }

    private Optional<Diagnostic> walk(Handle handle) {
        try (ResultIterator<Optional<Diagnostic>> rows = handle.createQuery(AuditRows.SELECT + " ORDER BY a.sequence")
                .setFetchSize(FETCH)
                .map((row, context) -> check(row))
                .iterator()) {
            return first(rows).or(() -> checkHead(handle));
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
        return Optional.empty();
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
