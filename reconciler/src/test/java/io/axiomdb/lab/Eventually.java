package io.axiomdb.lab;

import io.axiomdb.testing.Patience;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** What comes by itself is waited for by looking again, until it is there or too late. */
final class Eventually {
    private Eventually() {}

    /**
     * How long it took.
     *
     * @param limit on a quiet machine
     */
    static Duration within(Duration limit, String what, BooleanSupplier there) {
        long start = System.nanoTime();
        while (!there.getAsBoolean()) {
            if (Patience.isOver(start, limit)) {
                throw new AssertionError("not within " + Patience.of(limit).toSeconds() + " s: " + what);
            }
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
