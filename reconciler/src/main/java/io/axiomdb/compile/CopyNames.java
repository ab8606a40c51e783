package io.axiomdb.compile;

import io.axiomdb.desired.Branch;
import io.axiomdb.host.CopyWay;

/**
 * The database that is being made for a branch, and the role that works in it, until it gets the branch's name. Their names
 * are random, drawn and written down when the change starts: what has such a name is ours only if it stands there, and
 * nobody can have one ready. Pure.
 *
 * @param login the role that restores and runs the script, while it does
 */
public record CopyNames(String database, String login) {
    private static final String LOGIN = "axm_run_";

    /** As plans and digests call them, for nothing was drawn yet. */
    public static final CopyNames PLANNED = of("<random>");

    /** With what was drawn. */
    public static CopyNames of(String digits) {
        return new CopyNames(CopyWay.UNFINISHED + digits, LOGIN + digits);
    }

    /** A text of a plan with the names that were drawn. */
    public String in(String text) {
        return text.contains("<random>")
                ? text.replace(PLANNED.database, database).replace(PLANNED.login, login)
                : text;
    }

    /** Whether a branch starts with something of its parent. */
    public static boolean starts(Branch branch) {
        return branch.from() != null && branch.data() != Branch.Data.EMPTY;
    }
}
