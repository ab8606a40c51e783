package io.axiomdb.lab;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** What comes by itself is waited for by looking again, until it is there or too late. */
final class Eventually {
    private Eventually() {}

    /** How long it took. */
    static Duration within(Duration limit, String what, BooleanSupplier there) {
        long start = System.nanoTime();
        while (!there.getAsBoolean()) {
            if (System.nanoTime() - start > limit.toNanos()) {
                throw new AssertionError("not within " + limit.toSeconds() + " s: " + what);
            }
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }
}
