package io.axiomdb.testing;

/** Ends processes of a test. */
public final class Killed {
    private Killed() {}

    /** With SIGKILL; it is gone when this returns. */
    public static void now(Process process) {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a process was ended", e);
        }
    }
}
