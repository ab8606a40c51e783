package io.axiomdb.engine;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.plan.Plan;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A plan with the circumstances in which it was made, which are not part of its digest.
 *
 * @param looks one for each host, by name
 * @param took how long looking at all hosts took together
 */
public record Planned(Plan plan, List<HostLook> looks, Duration took) {
    public Planned {
        looks = List.copyOf(looks);
    }

    /** Whether every host was looked at. What was not is no proof of anything. */
    public boolean complete() {
        return plan.blocked().isEmpty() && looks.stream().allMatch(look -> look.unreachable() == null);
    }

    /**
     * How looking at a host went.
     *
     * @param serverVersion as {@code server_version_num}; 0 when the host was not reached
     * @param unreachable null when it was
     */
    public record HostLook(
            String host,
            int serverVersion,
            Duration took,
            @Nullable Diagnostic unreachable) {}
}
