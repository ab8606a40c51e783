package io.axiomdb.compile;

import io.axiomdb.core.AddressSet;
import io.axiomdb.core.Cidr;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A range of addresses that is let in for a time.
 *
 * @param until from then on it is not; null for always
 */
record Allowance(Cidr cidr, @Nullable Instant until) implements Comparable<Allowance> {
    private static final Comparator<Allowance> ORDER = Comparator.comparing(Allowance::cidr)
            .thenComparing(Allowance::until, Comparator.nullsLast(Comparator.naturalOrder()));

    /**
     * The one short way to say the same: two lists that let in the same addresses for the same times become equal. It is
     * made from the longest times to the shortest, each range no wider than the addresses in it that no longer time
     * covers, so that leaving out what has expired gives just what would be made of the rest.
     */
    static SortedSet<Allowance> reduced(Iterable<Allowance> all) {
        List<Cidr> always = new ArrayList<>();
        Map<Instant, List<Cidr>> limited = new TreeMap<>(Comparator.reverseOrder());
        for (Allowance one : all) {
            Instant until = one.until();
            (until == null ? always : limited.computeIfAbsent(until, _ -> new ArrayList<>())).add(one.cidr());
        }
        SortedSet<Allowance> reduced = new TreeSet<>();
        AddressSet longer = AddressSet.of(always);
        longer.shortest().forEach(cidr -> reduced.add(new Allowance(cidr, null)));
        for (Map.Entry<Instant, List<Cidr>> level : limited.entrySet()) {
            AddressSet together = longer.union(AddressSet.of(level.getValue()));
            AddressSet rest = together.minus(longer);
            for (Cidr cidr : together.shortest()) {
                AddressSet own = rest.intersect(AddressSet.of(cidr));
                if (!own.isEmpty()) {
                    reduced.add(new Allowance(around(own), level.getKey()));
                }
            }
            longer = together;
        }
        return reduced;
    }

    /** The narrowest range that holds addresses of one kind. */
    private static Cidr around(AddressSet addresses) {
        AddressSet.Span first = addresses.spans().getFirst();
        BigInteger differing = first.first().xor(addresses.spans().getLast().last());
        int bits = first.family().bits();
        return new Cidr(first.family(), first.first(), bits).widenedTo(bits - differing.bitLength());
    }

    @Override
    public int compareTo(Allowance other) {
        return ORDER.compare(this, other);
    }
}
