package io.axiomdb.host;

import io.axiomdb.core.Sorted;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * What to look at on a host.
 *
 * @param roles names that matter, whether they exist or not
 * @param databases names that matter, with what to look at inside
 */
public record Probe(SortedSet<String> roles, SortedMap<String, Inside> databases) {
    public Probe {
        roles = Sorted.set(roles);
        databases = Sorted.map(databases);
    }

    /** The roles of the branch and the schemas that count. */
    public record Inside(String owner, String rw, String ro, SortedSet<String> schemas) {
        public Inside {
            schemas = Sorted.set(schemas);
        }
    }
}
