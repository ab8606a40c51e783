package io.axiomdb.engine;

import io.axiomdb.apply.ChangeResult;
import java.time.Duration;
import java.util.List;

/**
 * What apply did, and the proof.
 *
 * @param results in plan order
 * @param after the plan made afterwards; empty when all is as declared
 * @param took from the first intent to the last outcome, without the looking before and after
 */
public record ApplyReport(List<ChangeResult> results, Planned after, Duration took) {
    public ApplyReport {
        results = List.copyOf(results);
    }

    public long count(ChangeResult.Status status) {
        return results.stream().filter(r -> r.status() == status).count();
    }

    /** Everything was done, nothing is left, nothing was blocked. */
    public boolean converged() {
        return count(ChangeResult.Status.DONE) == results.size()
                && after.plan().isEmpty()
                && after.plan().blocked().isEmpty();
    }
}
