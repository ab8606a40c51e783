package io.axiomdb.host;

import io.axiomdb.core.Sorted;
import java.util.Comparator;
import java.util.SortedSet;

/**
 * Objects that share one owner and one set of grants. Grouped like this a database with ten thousand tables is a few
 * values.
 *
 * @param schema unquoted
 * @param owner unquoted
 * @param grants without those of the owner; on routines without PUBLIC's EXECUTE, which PostgreSQL gives by default
 * @param names the objects; wanted: empty, which means every one of them
 */
public record ObjectRights(
        String schema, ObjectKind kind, String owner, SortedSet<Grant> grants, SortedSet<ObjectName> names)
        implements Comparable<ObjectRights> {
    private static final Comparator<ObjectRights> ORDER = Comparator.comparing(ObjectRights::schema)
            .thenComparing(ObjectRights::kind)
            .thenComparing(ObjectRights::owner)
            .thenComparing(o -> o.grants().toString())
            .thenComparing(o -> o.names().toString());

    public ObjectRights {
        grants = Sorted.set(grants);
        names = Sorted.set(names);
    }

    /**
     * An object as it is named in SQL.
     *
     * @param sql qualified and quoted by the server: {@code public."odd name"}, {@code public.f(integer)}
     * @param column quoted by the server; empty for a whole object
     */
    public record ObjectName(String sql, String column) implements Comparable<ObjectName> {
        @Override
        public int compareTo(ObjectName other) {
            int bySql = sql.compareTo(other.sql);
            return bySql != 0 ? bySql : column.compareTo(other.column);
        }
    }

    @Override
    public int compareTo(ObjectRights other) {
        return ORDER.compare(this, other);
    }
}
