package io.axiomdb.plan;

import io.axiomdb.host.Grant;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Wanted against actual grants on one thing, by grantee.
 *
 * @param missing privileges that a grantee should hold and does not hold itself
 * @param excess privileges that a grantee holds and should not
 * @param passable privileges that a grantee rightly holds and may wrongly pass on
 */
record GrantComparison(
        SortedMap<String, SortedSet<String>> missing,
        SortedMap<String, SortedSet<String>> excess,
        SortedMap<String, SortedSet<String>> passable) {

    static GrantComparison of(Collection<Grant> wanted, Collection<Grant> actual) {
        SortedMap<String, SortedSet<String>> want = byGrantee(wanted);
        SortedMap<String, SortedSet<String>> have = byGrantee(actual);
        SortedMap<String, SortedSet<String>> missing = minus(want, have);
        SortedMap<String, SortedSet<String>> passable =
                byGrantee(actual.stream().filter(Grant::grantable).toList());
        SortedMap<String, SortedSet<String>> excess = minus(have, want);
        return new GrantComparison(missing, excess, minus(passable, excess));
    }

    static SortedMap<String, SortedSet<String>> byGrantee(Collection<Grant> grants) {
        SortedMap<String, SortedSet<String>> all = new TreeMap<>();
        grants.forEach(
                g -> all.computeIfAbsent(g.grantee(), _ -> new TreeSet<>()).add(g.privilege()));
        return all;
    }

    private static SortedMap<String, SortedSet<String>> minus(
            SortedMap<String, SortedSet<String>> from, SortedMap<String, SortedSet<String>> what) {
        SortedMap<String, SortedSet<String>> rest = new TreeMap<>();
        from.forEach((grantee, privileges) -> {
            SortedSet<String> left = new TreeSet<>(privileges);
            left.removeAll(what.getOrDefault(grantee, new TreeSet<>()));
            if (!left.isEmpty()) {
                rest.put(grantee, left);
            }
        });
        return rest;
    }

    static String grantee(String name) {
        return name.equals(Grant.PUBLIC) ? "PUBLIC" : SqlText.identifier(name);
    }

    static String words(String name) {
        return name.equals(Grant.PUBLIC) ? "PUBLIC" : name;
    }

    static String list(Collection<String> privileges) {
        return String.join(", ", List.copyOf(new TreeSet<>(privileges)));
    }
}
