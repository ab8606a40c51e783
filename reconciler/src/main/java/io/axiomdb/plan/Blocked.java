package io.axiomdb.plan;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.ResourceKey;
import java.util.List;

/** A resource that can't be planned, with the reasons. */
public record Blocked(ResourceKey resource, List<Diagnostic> why) {
    public Blocked {
        why = List.copyOf(why);
    }
}
