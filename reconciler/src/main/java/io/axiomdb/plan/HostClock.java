package io.axiomdb.plan;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What a host's clock says beside the control plane's. Pure. */
final class HostClock {
    private static final Duration SKEW = Duration.ofSeconds(2);

    private HostClock() {}

    /**
     * Why nothing is done that goes by both; empty when they differ by no more than 2 seconds.
     *
     * @param clock the host's, read between the two moments
     * @param from the control plane's before that
     * @param to and after it
     */
    static Optional<Diagnostic> off(String host, Source source, Instant clock, Instant from, Instant to, String help) {
        boolean agrees = !clock.isBefore(from.minus(SKEW)) && !clock.isAfter(to.plus(SKEW));
        return agrees
                ? Optional.empty()
                : Optional.of(Diagnostic.of(
                        Code.CLOCK_SKEW,
                        source,
                        "host " + host + " has " + clock + " while the control plane has " + to,
                        help));
    }
}
