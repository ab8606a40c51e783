package io.axiomdb.plan;

import io.axiomdb.core.AddressSet;
import io.axiomdb.core.Cidr.Family;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.Access.Port;
import java.util.Collections;
import java.util.Comparator;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Who gains and who loses access to one door of one branch, in effect: what all layers together let in.
 *
 * @param branch whose
 * @param gained addresses that get in by the plan and do not now
 * @param lost addresses that get in now and will not
 * @param world the kinds of addresses of which everybody gets in by the plan, and not everybody does now
 * @param guarded whether AxiomDB keeps this branch's door now; if not, nobody knows whom other lines let in until then
 */
public record AccessDifference(
        String host,
        ResourceKey branch,
        Port port,
        AddressSet gained,
        AddressSet lost,
        SortedSet<Family> world,
        boolean guarded)
        implements Comparable<AccessDifference> {
    private static final Comparator<AccessDifference> ORDER = Comparator.comparing(AccessDifference::branch)
            .thenComparing(AccessDifference::port)
            .thenComparing(AccessDifference::host);

    public AccessDifference {
        world = Collections.unmodifiableSortedSet(new TreeSet<>(world));
    }

    public boolean opensToTheWorld() {
        return !world.isEmpty();
    }

    @Override
    public int compareTo(AccessDifference other) {
        return ORDER.compare(this, other);
    }
}
