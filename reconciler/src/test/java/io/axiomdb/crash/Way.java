package io.axiomdb.crash;

import java.util.Locale;

/** How an apply is cut short. */
public enum Way {
    /** Something throws what nobody expected. */
    EXCEPTION,
    /** The process, a JVM of its own, is killed with SIGKILL. */
    KILLED,
    /** The connection ends: before the statement is sent, or after it was made and before its answer. */
    CUT,
    /** The control plane's server is stopped at once, and is away until the apply has ended. */
    GONE,
    /** The control plane's disk is full until the apply has ended. */
    DISK_FULL;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
