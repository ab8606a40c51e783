package io.axiomdb.plan;

import io.axiomdb.compile.AccessCompiler;
import io.axiomdb.core.AddressSet;
import io.axiomdb.core.Cidr;
import io.axiomdb.desired.Host;
import io.axiomdb.host.Access;
import io.axiomdb.host.Access.Port;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The ports of a host and what stands before them. Pure.
 *
 * @param numbers of the ports that the host has
 * @param firewall whether packets have to pass a firewall that AxiomDB keeps; otherwise nothing is known to stop them
 */
public record Doors(SortedMap<Port, Integer> numbers, boolean firewall) {
    public Doors {
        numbers = Collections.unmodifiableSortedMap(new TreeMap<>(numbers));
    }

    /** The ports that clients reach a host by. */
    static Doors of(Host host) {
        SortedMap<Port, Integer> numbers = new TreeMap<>();
        for (Port port : Port.values()) {
            Integer number = AccessCompiler.number(host, port);
            if (number != null) {
                numbers.put(port, number);
            }
        }
        return new Doors(numbers, host.firewall() == Host.Firewall.UFW);
    }

    /** The addresses that all layers together let in at this moment. */
    public AddressSet open(Access access, String database, Port port, Instant now) {
        return listed(access.entries(), database, port, now).intersect(passed(access, port, now));
    }

    /** The addresses that pg_hba.conf or the pooler's list lets in at this moment. */
    static AddressSet listed(Collection<Access.Entry> entries, String database, Port port, Instant now) {
        return ranges(
                entries.stream()
                        .filter(entry -> entry.database().equals(database) && entry.port() == port)
                        .toList(),
                Access.Entry::cidr,
                entry -> lasts(entry.until(), now));
    }

    /** The addresses whose packets reach a port at this moment; nothing where the host has no such port. */
    AddressSet passed(Access access, Port port, Instant now) {
        Integer number = numbers.get(port);
        if (number == null) {
            return AddressSet.NONE;
        }
        return firewall
                ? ranges(
                        access.openings().stream()
                                .filter(opening -> opening.port() == number)
                                .toList(),
                        Access.Opening::cidr,
                        opening -> lasts(opening.until(), now))
                : AddressSet.ALL;
    }

    private static <T> AddressSet ranges(List<T> allowances, Function<T, Cidr> range, Predicate<T> lasting) {
        return AddressSet.of(allowances.stream().filter(lasting).map(range).toList());
    }

    static boolean lasts(@Nullable Instant until, Instant now) {
        return until == null || until.isAfter(now);
    }
}
