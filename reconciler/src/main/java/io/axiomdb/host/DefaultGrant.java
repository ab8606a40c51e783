package io.axiomdb.host;

import java.util.Comparator;

/**
 * A privilege that objects will get when the branch's owner creates them.
 *
 * @param schema the schema it holds in; empty where it holds in all of them
 */
public record DefaultGrant(String schema, ObjectKind kind, Grant grant) implements Comparable<DefaultGrant> {
    private static final Comparator<DefaultGrant> ORDER = Comparator.comparing(DefaultGrant::schema)
            .thenComparing(DefaultGrant::kind)
            .thenComparing(DefaultGrant::grant);

    @Override
    public int compareTo(DefaultGrant other) {
        return ORDER.compare(this, other);
    }
}
