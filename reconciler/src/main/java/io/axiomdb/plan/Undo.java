package io.axiomdb.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A step that takes something back, or lets those in again whom a change keeps out.
 *
 * @param of what it is needed for once that was made; null for whatever was made first
 */
public record Undo(@Nullable Step of, Step step) {
    /** Those that are needed for any step that was made. */
    static List<Undo> ofAny(List<Step> steps) {
        return steps.stream().map(step -> new Undo(null, step)).toList();
    }

    /** Whether it is needed once these were made. */
    boolean isDue(List<Step> made) {
        return of == null ? !made.isEmpty() : made.contains(of);
    }
}
