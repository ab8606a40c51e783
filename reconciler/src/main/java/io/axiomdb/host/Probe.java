package io.axiomdb.host;

import io.axiomdb.core.Sorted;
import java.util.SortedMap;
import java.util.SortedSet;

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
        roles = Sorted.set(roles);
        databases = Sorted.map(databases);
    }

    /** Of what was set aside nothing matters. */
    public Probe(SortedSet<String> roles, SortedMap<String, Inside> databases) {
        this(roles, databases, "");
    }

    /**
     * The roles of the branch and the schemas that count.
     *
     * @param others whether to count what belongs to other roles as well: it costs, and only an adoption asks
     */
    public record Inside(String owner, String rw, String ro, SortedSet<String> schemas, boolean others) {
        public Inside {
            schemas = Sorted.set(schemas);
        }

        public Inside(String owner, String rw, String ro, SortedSet<String> schemas) {
            this(owner, rw, ro, schemas, false);
        }
    }
}
