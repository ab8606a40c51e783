package io.axiomdb.registry;

import io.axiomdb.core.Sorted;
import io.axiomdb.desired.RoleKind;
import java.util.Collections;
import java.util.SortedMap;

/**
 * What a branch is on its server. Names, comments and owners can be given to anything by whoever owns it; these numbers are
 * given by the server alone, and never twice.
 *
 * @param system the server's system identifier; empty where nothing is known. An equal one does not prove that it is the same
 *     server, for clones have it too; a different one proves that it is another
 * @param database number (OID) of its database; 0 where none is known
 * @param roles numbers of its roles, as far as they are known; 0 for one that is known not to be there
 */
public record Identity(String system, long database, SortedMap<RoleKind, Long> roles) {
    /** Of a branch of which nothing was made yet. */
    public static final Identity NONE = new Identity("", 0, Collections.emptySortedMap());

    public Identity {
        roles = Sorted.map(roles);
    }

    /** Whether this is the number of one of its roles. */
    public boolean hasRole(RoleKind kind, long oid) {
        return oid != 0 && roles.getOrDefault(kind, 0L) == oid;
    }
}
