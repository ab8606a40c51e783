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
 */
public record Probe(SortedSet<String> roles, SortedMap<String, Inside> databases) {
    public Probe {
        roles = Collections.unmodifiableSortedSet(new TreeSet<>(roles));
        databases = Collections.unmodifiableSortedMap(new TreeMap<>(databases));
    }

    /**
     * The roles of the branch and the schemas that count.
     *
     * @param others whether to count what belongs to other roles as well: it costs, and only an adoption asks
     */
    public record Inside(String owner, String rw, String ro, SortedSet<String> schemas, boolean others) {
        public Inside {
            schemas = Collections.unmodifiableSortedSet(new TreeSet<>(schemas));
        }

        public Inside(String owner, String rw, String ro, SortedSet<String> schemas) {
            this(owner, rw, ro, schemas, false);
        }
    }
}
