package io.axiomdb.compile;

import io.axiomdb.core.Digest;
import io.axiomdb.desired.Branch;
import io.axiomdb.host.CopyWay;

/**
 * The database that a copy is made in, and the role that works in it, until all is done: names of their own, derived from
 * the branch's marker, so that a later run finds what an earlier one left. Pure.
 *
 * @param login the role that restores and runs the script, while it does
 */
public record CopyNames(String database, String login) {
    private static final int DIGITS = 16;

    public static CopyNames of(String marker) {
        String digits = Digest.of(marker).hex().substring(0, DIGITS);
        return new CopyNames(CopyWay.UNFINISHED + digits, "axm_run_" + digits);
    }

    /** Whether a branch starts with something of its parent. */
    public static boolean starts(Branch branch) {
        return branch.from() != null && branch.data() != Branch.Data.EMPTY;
    }
}
