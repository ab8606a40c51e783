package io.axiomdb.compile;

import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.Ledger;

/**
 * What retained databases and roles are called on their host: {@code axm_del_} and a random number that the server draws in the
 * transaction that renames them, and for roles which one it is. Nobody can have such a name ready, and none proves anything:
 * what is retained stands in axiomdb_lock.
 */
public final class KeptNames {
    /** What all of them begin with. */
    public static final String BEGIN = Ledger.RETAINED;

    /** As plans and digests call it, for nothing was drawn yet. */
    public static final String PLANNED = BEGIN + "<random>";

    private KeptNames() {}

    /** Whether a name is like those of what is retained; it proves nothing. */
    public static boolean isKept(String name) {
        return name.startsWith(BEGIN);
    }

    /** The comment on what is retained of a branch, for people. */
    public static String comment(String organization, ResourceKey branch) {
        return "axm-removed:" + organization + "/" + branch.path();
    }
}
