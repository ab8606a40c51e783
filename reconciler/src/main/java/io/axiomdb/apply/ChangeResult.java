package io.axiomdb.apply;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.plan.Change;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one change ended.
 *
 * @param why null when it was done
 * @param notices what a person should know although it was done, such as foreign rules that decide besides AxiomDB's
 */
public record ChangeResult(
        Change change, Status status, @Nullable Diagnostic why, Duration took, List<Diagnostic> notices) {
    public ChangeResult {
        notices = List.copyOf(notices);
    }

    /** One without notices. */
    public ChangeResult(Change change, Status status, @Nullable Diagnostic why, Duration took) {
        this(change, status, why, took, List.of());
    }

    /** How it ended. */
    public enum Status {
        DONE,
        FAILED,
        /** Something it needs did not succeed. */
        SKIPPED,
        /** The user asked to stop. */
        STOPPED
    }
}
