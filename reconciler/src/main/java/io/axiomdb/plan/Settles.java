package io.axiomdb.plan;

import io.axiomdb.compile.BranchWant;
import io.axiomdb.core.Sorted;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.HostState;
import io.axiomdb.host.RoleState;
import io.axiomdb.registry.BeingMade;
import io.axiomdb.registry.Identity;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the registry learns of numbers once a change is made. Those of databases that it makes are found out on the way. Pure.
 *
 * @param identities what branches are then, as far as it was seen before
 * @param cleared databases that were being made once, and are gone
 */
public record Settles(SortedMap<ResourceKey, Identity> identities, SortedSet<String> cleared) {
    static final Settles NOTHING = new Settles(Collections.emptySortedMap(), Collections.emptySortedSet());

    public Settles {
        identities = Sorted.map(identities);
        cleared = Sorted.set(cleared);
    }

    /** The same, and these are gone as well. */
    Settles and(Collection<BeingMade> gone) {
        SortedSet<String> all = new TreeSet<>(cleared);
        gone.forEach(one -> all.add(one.name()));
        return new Settles(identities, all);
    }

    static Settles identity(ResourceKey branch, Identity identity) {
        return new Settles(new TreeMap<>(Map.of(branch, identity)), Collections.emptySortedSet());
    }

    /** What has a branch's names now. */
    static Identity seen(BranchWant want, HostState actual, String system) {
        SortedMap<RoleKind, Long> roles = new TreeMap<>();
        for (RoleKind kind : RoleKind.values()) {
            RoleState role = actual.roles().get(want.names().role(kind));
            if (role != null) {
                roles.put(kind, role.oid());
            }
        }
        DatabaseState database = actual.databases().get(want.names().database());
        return new Identity(system, database == null ? 0 : database.oid(), roles);
    }
}
