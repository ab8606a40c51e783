package io.axiomdb.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;

/**
 * How long tests wait for what should happen, where no event says that it never will. Limits are written for a quiet machine
 * and grow with what one was measured to do: at the start of the run, and again by whoever is about to give up.
 */
public final class Patience {
    /** What {@link #work()} takes on a quiet machine with two cores. */
    private static final Duration QUIET = Duration.ofMillis(120);

    /** A machine is never as quiet as it was a moment ago. */
    private static final double MARGIN = 2;

    private static final int PROGRAMS = 10;
    private static final int BLOCKS = 2000;

    private static volatile double factor = measure();

    private Patience() {}

    /** The limit on this machine. */
    public static Duration of(Duration quiet) {
        return Duration.ofNanos((long) (quiet.toNanos() * factor));
    }

    /** What the limits of a quiet machine are multiplied with; at least 1. */
    public static double factor() {
        return factor;
    }

    /**
     * Whether it is too late: the limit is over, also by what the machine does now.
     *
     * @param start of the waiting, by {@link System#nanoTime}
     */
    public static boolean isOver(long start, Duration quiet) {
        if (System.nanoTime() - start < of(quiet).toNanos()) {
            return false;
        }
        factor = Math.max(factor, measure());
        return System.nanoTime() - start >= of(quiet).toNanos();
    }

    private static double measure() {
        long start = System.nanoTime();
        work();
        return Math.max(1, MARGIN * (System.nanoTime() - start) / QUIET.toNanos());
    }

    /** Starts of programs and computing, which is what tests here are made of. */
    private static void work() {
        try {
            for (int i = 0; i < PROGRAMS; i++) {
                Process program = new ProcessBuilder("true").start();
                program.waitFor();
            }
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] block = new byte[1 << 13];
            for (int i = 0; i < BLOCKS; i++) {
                digest.update(block);
            }
            digest.digest();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
