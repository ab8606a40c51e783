package io.axiomdb.plan;

import io.axiomdb.compile.AccessWant;
import io.axiomdb.core.Source;
import io.axiomdb.host.Access;
import io.axiomdb.host.Access.Entry;
import io.axiomdb.host.Access.Opening;
import io.axiomdb.host.Access.Port;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Who should reach the branches of a host against who does, a difference for each door. Pure. */
final class AccessComparison {
    /** One difference, and whether the file is innocent of it: the same was wanted when last applied. */
    record Gap(FieldChange field, boolean drift) {}

    private record Door(String database, Port port) implements Comparable<Door> {
        private static final Comparator<Door> ORDER =
                Comparator.comparing(Door::database).thenComparing(Door::port);

        @Override
        public int compareTo(Door other) {
            return ORDER.compare(this, other);
        }
    }

    private final AccessWant want;
    private final Access applied;
    private final Access seen;
    private final UnaryOperator<String> branch;
    private final List<Gap> gaps = new ArrayList<>();

    private AccessComparison(AccessWant want, Access applied, Access seen, UnaryOperator<String> branch) {
        this.want = want;
        this.applied = applied;
        this.seen = seen;
        this.branch = branch;
    }

    /**
     * All differences.
     *
     * @param applied what was wanted when last applied
     * @param branch from a database's name to its branch's, for people
     */
    static List<Gap> between(AccessWant want, Access applied, Access seen, UnaryOperator<String> branch) {
        AccessComparison comparison = new AccessComparison(want, applied, seen, branch);
        comparison.roles();
        comparison.entries();
        comparison.openings();
        return comparison.gaps;
    }

    private void roles() {
        SortedSet<String> databases = new TreeSet<>(want.access().branches().keySet());
        databases.addAll(seen.branches().keySet());
        for (String database : databases) {
            SortedSet<String> wanted = of(want.access(), database);
            SortedSet<String> there = of(seen, database);
            if (!wanted.equals(there)) {
                gap(
                        "network of " + branch.apply(database),
                        String.join(", ", there),
                        String.join(", ", wanted),
                        Source.NOWHERE,
                        wanted.equals(of(applied, database)));
            }
        }
    }

    private static SortedSet<String> of(Access access, String database) {
        return access.branches().getOrDefault(database, new TreeSet<>());
    }

    private void entries() {
        SortedMap<Door, SortedSet<Entry>> wanted = doors(want.access());
        SortedMap<Door, SortedSet<Entry>> there = doors(seen);
        SortedMap<Door, SortedSet<Entry>> before = doors(applied);
        Stream.concat(wanted.keySet().stream(), there.keySet().stream())
                .distinct()
                .sorted()
                .forEach(door -> {
                    SortedSet<Entry> after = wanted.getOrDefault(door, new TreeSet<>());
                    SortedSet<Entry> now = there.getOrDefault(door, new TreeSet<>());
                    if (!after.equals(now)) {
                        gap(
                                door.port().word() + " of " + branch.apply(door.database()),
                                RangesText.of(now, after, e -> RangesText.range(e.cidr(), e.until())),
                                RangesText.of(after, now, e -> RangesText.range(e.cidr(), e.until())),
                                source(after, now),
                                after.equals(before.getOrDefault(door, new TreeSet<>())));
                    }
                });
    }

    private static SortedMap<Door, SortedSet<Entry>> doors(Access access) {
        SortedMap<Door, SortedSet<Entry>> doors = new TreeMap<>();
        access.entries()
                .forEach(entry -> doors.computeIfAbsent(new Door(entry.database(), entry.port()), _ -> new TreeSet<>())
                        .add(entry));
        return doors;
    }

    /** The first line that asked for something new. */
    private Source source(SortedSet<Entry> after, SortedSet<Entry> now) {
        return after.stream()
                .filter(entry -> !now.contains(entry))
                .flatMap(entry -> want.reasons().getOrDefault(entry, List.of()).stream())
                .map(AccessWant.Reason::source)
                .filter(Source::known)
                .findFirst()
                .orElse(Source.NOWHERE);
    }

    private void openings() {
        Stream.concat(want.access().openings().stream(), seen.openings().stream())
                .map(Opening::port)
                .distinct()
                .sorted()
                .forEach(port -> {
                    SortedSet<Opening> after = of(want.access(), port);
                    SortedSet<Opening> now = of(seen, port);
                    if (!after.equals(now)) {
                        gap(
                                "firewall port " + port,
                                RangesText.of(now, after, o -> RangesText.range(o.cidr(), o.until())),
                                RangesText.of(after, now, o -> RangesText.range(o.cidr(), o.until())),
                                Source.NOWHERE,
                                after.equals(of(applied, port)));
                    }
                });
    }

    private static SortedSet<Opening> of(Access access, int port) {
        SortedSet<Opening> openings = new TreeSet<>(access.openings());
        openings.removeIf(opening -> opening.port() != port);
        return openings;
    }

    private void gap(String subject, String before, String after, Source source, boolean drift) {
        gaps.add(new Gap(new FieldChange(subject, "", before, after, source), drift));
    }
}
