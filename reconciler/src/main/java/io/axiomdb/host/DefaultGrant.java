package io.axiomdb.host;

/**
 * A privilege that objects will get when the branch's owner creates them.
 *
 * @param schema the schema it holds in; empty where it holds in all of them
 */
public record DefaultGrant(String schema, ObjectKind kind, Grant grant) implements Comparable<DefaultGrant> {
    @Override
    public int compareTo(DefaultGrant other) {
        int order = schema.compareTo(other.schema);
        order = order != 0 ? order : kind.compareTo(other.kind);
        return order != 0 ? order : grant.compareTo(other.grant);
    }
}
