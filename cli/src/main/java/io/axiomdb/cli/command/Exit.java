package io.axiomdb.cli.command;

import io.axiomdb.apply.ChangeResult;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.engine.ApplyReport;

/** Exit codes; scripts rely on them. */
public final class Exit {
    /** Done, or in sync. */
    public static final int OK = 0;

    public static final int ERROR = 1;
    /** {@code plan --detailed-exitcode}: changes pending; {@code drift}: drift found. */
    public static final int PENDING = 2;

    /** {@code network explain}: the address does not get in. */
    public static final int DENIED = 2;

    public static final int REFUSED = 3;
    public static final int STALE = 4;
    public static final int BUSY = 5;
    public static final int USAGE = 64;
    public static final int INTERRUPTED = 130;

    private Exit() {}

    static int of(ApplyReport report) {
        if (report.count(ChangeResult.Status.STOPPED) > 0) {
            return INTERRUPTED;
        }
        return report.converged() ? OK : ERROR;
    }

    static int of(AxiomException e) {
        Code code = e.code();
        if (code == Code.STALE_PLAN) {
            return STALE;
        }
        if (code == Code.LEASE_HELD || code == Code.CONTROL_PLANE_BUSY) {
            return BUSY;
        }
        return code.id().startsWith("AX06") ? REFUSED : ERROR;
    }
}
