package io.axiomdb.core;

import io.axiomdb.core.Cidr.Family;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * A set of IPv4 and IPv6 addresses, whatever ranges it was put together from: two sets of the same addresses are equal.
 *
 * @param spans in order; no two touch each other
 */
public record AddressSet(List<Span> spans) {
    public static final AddressSet NONE = new AddressSet(List.of());

    /** Every address there is. */
    public static final AddressSet ALL = new AddressSet(List.of(Span.of(Family.IPV4), Span.of(Family.IPV6)));

    /**
     * Addresses without a gap.
     *
     * @param first the lowest, as a number
     * @param last the highest, as a number; itself part of it
     */
    public record Span(Family family, BigInteger first, BigInteger last) {
        private static final Comparator<Span> ORDER =
                Comparator.comparing(Span::family).thenComparing(Span::first).thenComparing(Span::last);

        static Span of(Family family) {
            return new Span(family, BigInteger.ZERO, family.last());
        }

        /** Whether another one, which begins no earlier, overlaps it or follows it without a gap. */
        private boolean reaches(Span later) {
            return family == later.family && later.first.compareTo(last.add(BigInteger.ONE)) <= 0;
        }
    }

    /** Takes spans in any order, also overlapping ones, and brings them into the one form. */
    public AddressSet {
        List<Span> sorted = new ArrayList<>(spans);
        sorted.sort(Span.ORDER);
        List<Span> joined = new ArrayList<>();
        for (Span span : sorted) {
            if (!joined.isEmpty() && joined.getLast().reaches(span)) {
                Span before = joined.removeLast();
                joined.add(new Span(span.family(), before.first(), before.last().max(span.last())));
            } else {
                joined.add(span);
            }
        }
        spans = List.copyOf(joined);
    }

    public static AddressSet of(Collection<Cidr> ranges) {
        return new AddressSet(ranges.stream()
                .map(range -> new Span(range.family(), range.first(), range.last()))
                .toList());
    }

    public static AddressSet of(Cidr... ranges) {
        return of(List.of(ranges));
    }

    public AddressSet union(AddressSet other) {
        List<Span> both = new ArrayList<>(spans);
        both.addAll(other.spans);
        return new AddressSet(both);
    }

    public AddressSet intersect(AddressSet other) {
        List<Span> common = new ArrayList<>();
        int mine = 0;
        int theirs = 0;
        while (mine < spans.size() && theirs < other.spans.size()) {
            Span a = spans.get(mine);
            Span b = other.spans.get(theirs);
            BigInteger first = a.first().max(b.first());
            BigInteger last = a.last().min(b.last());
            if (a.family() == b.family() && first.compareTo(last) <= 0) {
                common.add(new Span(a.family(), first, last));
            }
            if (endsBefore(b, a)) {
                theirs = firstNotBefore(other.spans, theirs + 1, a);
            } else {
                mine = firstNotBefore(spans, mine + 1, b);
            }
        }
        return new AddressSet(common);
    }

    private static boolean endsBefore(Span one, Span other) {
        int byFamily = one.family().compareTo(other.family());
        return byFamily != 0 ? byFamily < 0 : one.last().compareTo(other.last()) < 0;
    }

    /** The first span from a place on that reaches up to another one: a small set meets a large one without a walk through it. */
    private static int firstNotBefore(List<Span> spans, int from, Span other) {
        int low = from;
        int high = spans.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            Span span = spans.get(middle);
            int byFamily = span.family().compareTo(other.family());
            if (byFamily < 0 || byFamily == 0 && span.last().compareTo(other.first()) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** What is in this one and not in the other. */
    public AddressSet minus(AddressSet other) {
        return intersect(other.complement());
    }

    private AddressSet complement() {
        List<Span> gaps = new ArrayList<>();
        for (Family family : Family.values()) {
            BigInteger next = BigInteger.ZERO;
            for (Span span : spans) {
                if (span.family() == family) {
                    if (span.first().compareTo(next) > 0) {
                        gaps.add(new Span(family, next, span.first().subtract(BigInteger.ONE)));
                    }
                    next = span.last().add(BigInteger.ONE);
                }
            }
            if (next.compareTo(family.last()) <= 0) {
                gaps.add(new Span(family, next, family.last()));
            }
        }
        return new AddressSet(gaps);
    }

    public boolean isEmpty() {
        return spans.isEmpty();
    }

    /** Whether every address of the range is in it. */
    public boolean contains(Cidr range) {
        return containsAll(of(range));
    }

    public boolean containsAll(AddressSet other) {
        return intersect(other).equals(other);
    }

    /** Whether it holds every address of a kind that the Internet routes. */
    public boolean coversTheWorld(Family family) {
        return containsAll(PublicAddresses.of(family));
    }

    /** How many addresses, of both kinds together. */
    public BigInteger size() {
        return spans.stream()
                .map(span -> span.last().subtract(span.first()).add(BigInteger.ONE))
                .reduce(BigInteger.ZERO, BigInteger::add);
    }

    /** The one shortest list of ranges, in order. */
    public List<Cidr> shortest() {
        List<Cidr> ranges = new ArrayList<>();
        for (Span span : spans) {
            BigInteger next = span.first();
            while (next.compareTo(span.last()) <= 0) {
                Cidr widest = widest(span, next);
                ranges.add(widest);
                next = widest.last().add(BigInteger.ONE);
            }
        }
        return ranges;
    }

    /** The widest range that begins at an address and does not leave the span. */
    private static Cidr widest(Span span, BigInteger address) {
        int bits = span.family().bits();
        int aligned = address.signum() == 0 ? bits : address.getLowestSetBit();
        int fitting = span.last().subtract(address).add(BigInteger.ONE).bitLength() - 1;
        return Cidr.around(span.family(), address, bits - Math.min(aligned, fitting));
    }
}
