package io.axiomdb.plan;

import io.axiomdb.core.AddressSet;
import io.axiomdb.host.Access;
import io.axiomdb.host.Access.Entry;
import io.axiomdb.host.Access.Port;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@link Doors#open} for many databases of one host: entries are sorted out once, and the firewall is read once. Pure. */
final class OpenDoors {
    private final Instant now;
    private final Map<String, List<Entry>> entries = new HashMap<>();
    private final Map<Port, AddressSet> passed = new EnumMap<>(Port.class);

    OpenDoors(Doors doors, Access access, Instant now) {
        this.now = now;
        access.entries()
                .forEach(entry -> entries.computeIfAbsent(entry.database(), _ -> new ArrayList<>())
                        .add(entry));
        for (Port port : Port.values()) {
            passed.put(port, doors.passed(access, port, now));
        }
    }

    AddressSet of(String database, Port port) {
        return Doors.listed(entries.getOrDefault(database, List.of()), database, port, now)
                .intersect(passed.getOrDefault(port, AddressSet.NONE));
    }
}
