package io.axiomdb.engine;

import io.axiomdb.apply.ChangeResult;
import io.axiomdb.core.Anchor;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Kind;
import io.axiomdb.plan.Step;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What apply did, and the proof.
 *
 * @param results in plan order
 * @param after the plan made afterwards; empty when all is as declared
 * @param took from the first intent to the last outcome, without the looking before and after
 * @param anchor where the audit trail ended after the last outcome; null where nothing was applied
 * @param notices hosts that it could not be left on
 */
public record ApplyReport(
        List<ChangeResult> results,
        Planned after,
        Duration took,
        @Nullable Anchor anchor,
        List<Diagnostic> notices) {
    public ApplyReport {
        results = List.copyOf(results);
        notices = List.copyOf(notices);
    }

    /** Of which no anchor is known. */
    public ApplyReport(List<ChangeResult> results, Planned after, Duration took) {
        this(results, after, took, null, List.of());
    }

    public long count(ChangeResult.Status status) {
        return results.stream().filter(r -> r.status() == status).count();
    }

    /** By host, how long it took until access was open and closed as planned on all of its layers; hosts that it changed, and
     * where nothing else decides. */
    public SortedMap<String, Duration> propagation() {
        SortedMap<String, Duration> took = new TreeMap<>();
        results.stream()
                .filter(r ->
                        r.status() == ChangeResult.Status.DONE && r.notices().isEmpty())
                .filter(r -> r.change().resource().kind() == Kind.HOST_ACCESS)
                .filter(r -> r.change().steps().stream().anyMatch(Step.SetAccess.class::isInstance))
                .forEach(r -> took.put(r.change().host(), r.took()));
        return took;
    }

    /** Everything was done, nothing is left, nothing was blocked. */
    public boolean converged() {
        return count(ChangeResult.Status.DONE) == results.size()
                && after.plan().isEmpty()
                && after.plan().refusals().isEmpty()
                && after.plan().blocked().isEmpty();
    }
}
