package io.axiomdb.apply;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.plan.Change;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How one change ended.
 *
 * @param why null when it was done
 */
public record ChangeResult(
        Change change, Status status, @Nullable Diagnostic why, Duration took) {
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
