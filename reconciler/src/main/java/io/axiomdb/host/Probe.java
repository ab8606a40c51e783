package io.axiomdb.host;

import io.axiomdb.core.Sorted;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What to look at on a host. What is retained there always matters.
 *
 * @param roles names that matter, whether they exist or not
 * @param databases names that matter, with what to look at inside
 * @param known numbers of databases and roles that matter, whatever they are called
 * @param beingMade names of databases that were being made; only those of a superuser matter, and nobody enters them
 * @param leaving names of roles that may be about to go: what else they hold matters
 * @param measured databases whose size and sessions matter: each is read from disk, so only what is about to be copied
 */
public record Probe(
        SortedSet<String> roles,
        SortedMap<String, Inside> databases,
        SortedSet<Long> known,
        SortedSet<String> beingMade,
        SortedSet<String> leaving,
        SortedSet<String> measured) {
    /** Only what every look sees. */
    public static final Probe NOTHING = new Probe(Collections.emptySortedSet(), Collections.emptySortedMap());

    public Probe {
        known = Sorted.set(known);
        beingMade = Sorted.set(beingMade);
        leaving = Sorted.set(leaving);
        measured = Sorted.set(measured);
        roles = Sorted.set(roles);
        databases = Sorted.map(databases);
    }

    /** Nothing is about to be copied, and nothing to go. */
    public Probe(SortedSet<String> roles, SortedMap<String, Inside> databases) {
        this(
                roles,
                databases,
                Collections.emptySortedSet(),
                Collections.emptySortedSet(),
                Collections.emptySortedSet(),
                Collections.emptySortedSet());
    }

    /** The same, and what the registry knows by number or is making. */
    public Probe with(SortedSet<Long> numbers, SortedSet<String> names, SortedSet<String> logins) {
        SortedSet<String> all = new TreeSet<>(roles);
        all.addAll(logins);
        return new Probe(all, databases, numbers, names, leaving, measured);
    }

    /** The roles of the branch and the schemas that count. */
    public record Inside(String owner, String rw, String ro, SortedSet<String> schemas) {
        public Inside {
            schemas = Sorted.set(schemas);
        }
    }
}
