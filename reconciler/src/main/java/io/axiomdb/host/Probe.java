package io.axiomdb.host;

import io.axiomdb.core.Sorted;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * What to look at on a host.
 *
 * @param roles names that matter, whether they exist or not
 * @param databases names that matter, with what to look at inside
 * @param kept how the comments of what was set aside begin: databases and roles with such a comment matter whatever they are
 *     called; empty for none
 * @param outside names of databases that matter and that nobody enters
 * @param measured databases whose size and sessions matter: each is read from disk, so only what is about to be copied
 */
public record Probe(
        SortedSet<String> roles,
        SortedMap<String, Inside> databases,
        String kept,
        SortedSet<String> outside,
        SortedSet<String> measured) {
    public Probe {
        outside = Sorted.set(outside);
        measured = Sorted.set(measured);
        roles = Sorted.set(roles);
        databases = Sorted.map(databases);
    }

    /** Of what was set aside nothing matters, and nothing is about to be copied. */
    public Probe(SortedSet<String> roles, SortedMap<String, Inside> databases) {
        this(roles, databases, "", Collections.emptySortedSet(), Collections.emptySortedSet());
    }

    /** The roles of the branch and the schemas that count. */
    public record Inside(String owner, String rw, String ro, SortedSet<String> schemas) {
        public Inside {
            schemas = Sorted.set(schemas);
        }
    }
}
