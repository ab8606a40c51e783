package io.axiomdb.plan;

import io.axiomdb.core.AddressSet;
import io.axiomdb.core.Cidr.Family;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.Access;
import io.axiomdb.host.Access.Port;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a change of the files, the pooler and the firewall of a host means for addresses, not for lines: rules that are
 * split, joined or renamed make no difference. Pure.
 */
public final class AccessDifferences {
    private AccessDifferences() {}

    /**
     * One for each door of each branch through which other addresses get in; in order.
     *
     * @param branches whose database it is, by its name; with those that are removed
     * @param now what has expired by then lets nobody in
     */
    public static List<AccessDifference> between(
            String host,
            Access seen,
            Access wanted,
            Doors doors,
            SortedMap<String, ResourceKey> branches,
            Instant now) {
        SortedSet<AccessDifference> found = new TreeSet<>();
        OpenDoors openNow = new OpenDoors(doors, seen, now);
        OpenDoors openThen = new OpenDoors(doors, wanted, now);
        branches.forEach((database, branch) -> {
            for (Port port : Port.values()) {
                AddressSet before = openNow.of(database, port);
                AddressSet after = openThen.of(database, port);
                if (!before.equals(after)) {
                    boolean guarded = seen.branches().containsKey(database);
                    found.add(new AccessDifference(
                            host,
                            branch,
                            port,
                            after.minus(before),
                            before.minus(after),
                            worlds(before, after),
                            guarded));
                }
            }
        });
        return List.copyOf(found);
    }

    private static SortedSet<Family> worlds(AddressSet before, AddressSet after) {
        SortedSet<Family> worlds = new TreeSet<>();
        for (Family family : Family.values()) {
            if (after.coversTheWorld(family) && !before.coversTheWorld(family)) {
                worlds.add(family);
            }
        }
        return worlds;
    }
}
