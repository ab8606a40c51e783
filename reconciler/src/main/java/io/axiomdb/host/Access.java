package io.axiomdb.host;

import io.axiomdb.core.Cidr;
import io.axiomdb.core.Sorted;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who may reach the branches of one host over the network, on every layer: what should be and what is are values of this
 * one type. Everything is an allowance; what is not in it is denied.
 *
 * @param branches the roles of each database that is ours: nobody else's line lets them in
 * @param entries what pg_hba.conf (direct) and the pooler's own list (runtime) let in
 * @param openings what the firewall lets through
 */
public record Access(
        SortedMap<String, SortedSet<String>> branches, SortedSet<Entry> entries, SortedSet<Opening> openings) {
    public static final Access NONE =
            new Access(Collections.emptySortedMap(), Collections.emptySortedSet(), Collections.emptySortedSet());

    private static final Comparator<@Nullable Instant> UNTIL = Comparator.nullsLast(Comparator.naturalOrder());

    public Access {
        branches = Sorted.map(branches);
        entries = Sorted.set(entries);
        openings = Sorted.set(openings);
    }

    /** Everything in it, a line each, in order. */
    public List<String> lines() {
        return Stream.of(
                        branches.entrySet().stream()
                                .map(e -> "branch " + e.getKey() + " of " + String.join(", ", e.getValue())),
                        entries.stream().map(Entry::toString),
                        openings.stream().map(Opening::toString))
                .flatMap(lines -> lines)
                .toList();
    }

    /** Which of the two doors of a branch. */
    public enum Port {
        RUNTIME,
        DIRECT;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A range of addresses from which all roles of a database may log in.
     *
     * @param until from then on it lets nobody in; null for always
     */
    public record Entry(
            Port port, String database, Cidr cidr, @Nullable Instant until) implements Comparable<Entry> {
        /** {@code direct sq_shop_main from 203.0.113.0/24}. */
        @Override
        public String toString() {
            return port.word() + " " + database + " from " + cidr + (until == null ? "" : " until " + until);
        }

        /** By database, port, range and time. Written out: a plan of a large fleet spends a fifth of its time here. */
        @Override
        public int compareTo(Entry other) {
            int order = database.compareTo(other.database);
            order = order != 0 ? order : port.compareTo(other.port);
            order = order != 0 ? order : cidr.compareTo(other.cidr);
            return order != 0 ? order : UNTIL.compare(until, other.until);
        }
    }

    /**
     * A range of addresses whose packets reach a port.
     *
     * @param port its number
     * @param until from then on it lets nothing through; null for always
     */
    public record Opening(int port, Cidr cidr, @Nullable Instant until) implements Comparable<Opening> {
        private static final Comparator<Opening> ORDER = Comparator.comparingInt(Opening::port)
                .thenComparing(Opening::cidr)
                .thenComparing(Opening::until, UNTIL);

        /** {@code port 5432 from 203.0.113.0/24}. */
        @Override
        public String toString() {
            return "port " + port + " from " + cidr + (until == null ? "" : " until " + until);
        }

        @Override
        public int compareTo(Opening other) {
            return ORDER.compare(this, other);
        }
    }
}
