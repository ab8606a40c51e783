package io.axiomdb.host;

import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What to look at on a host.
 *
 * @param roles names that matter, whether they exist or not
 * @param databases names that matter, with what to look at inside
 * @param kept how the comments of what was set aside begin: databases and roles with such a comment matter whatever they are
 *     called; empty for none
 */
public record Probe(SortedSet<String> roles, SortedMap<String, Inside> databases, String kept) {
    public Probe {
        roles = Collections.unmodifiableSortedSet(new TreeSet<>(roles));
        databases = Collections.unmodifiableSortedMap(new TreeMap<>(databases));
    }

    /** Of what was set aside nothing matters. */
    public Probe(SortedSet<String> roles, SortedMap<String, Inside> databases) {
        this(roles, databases, "");
    }

    /** The roles of the branch and the schemas that count. */
    public record Inside(String owner, String rw, String ro, SortedSet<String> schemas) {
        public Inside {
            schemas = Collections.unmodifiableSortedSet(new TreeSet<>(schemas));
        }
    }
}
