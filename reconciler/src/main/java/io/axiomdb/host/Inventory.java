package io.axiomdb.host;

import io.axiomdb.host.DatabaseState.SchemaState;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Everything on a server that a file could declare, whoever made it.
 *
 * @param roles by name, without PostgreSQL's own
 * @param databases by name, templates too
 * @param sessions who is connected at this moment
 * @param ledger what is written down there of what an AxiomDB made
 */
public record Inventory(
        int serverVersion,
        SortedMap<String, RoleState> roles,
        SortedMap<String, Item> databases,
        SortedSet<Sessions> sessions,
        Ledger ledger) {
    public Inventory {
        roles = Collections.unmodifiableSortedMap(new TreeMap<>(roles));
        databases = Collections.unmodifiableSortedMap(new TreeMap<>(databases));
        sessions = Collections.unmodifiableSortedSet(new TreeSet<>(sessions));
    }

    /**
     * A database.
     *
     * @param state without contents
     * @param template whether it is there to be copied
     * @param bytes on disk
     * @param inside null where it could not be entered
     */
    public record Item(
            DatabaseState state,
            boolean template,
            long bytes,
            @Nullable Inside inside) {}

    /**
     * What is in a database, without PostgreSQL's own and without members of extensions.
     *
     * @param schemas by name
     * @param owned how many tables and views each role has in each schema
     * @param held who else may do what to how many of them
     * @param defaults what objects will get that a role creates, by that role
     * @param extensions names
     */
    public record Inside(
            SortedMap<String, SchemaState> schemas,
            SortedSet<Owned> owned,
            SortedSet<Held> held,
            SortedMap<String, SortedSet<DefaultGrant>> defaults,
            SortedSet<String> extensions) {
        public Inside {
            schemas = Collections.unmodifiableSortedMap(new TreeMap<>(schemas));
            owned = Collections.unmodifiableSortedSet(new TreeSet<>(owned));
            held = Collections.unmodifiableSortedSet(new TreeSet<>(held));
            defaults = Collections.unmodifiableSortedMap(new TreeMap<>(defaults));
            extensions = Collections.unmodifiableSortedSet(new TreeSet<>(extensions));
        }

        /** Tables and views of a role, in all schemas together. */
        public int ownedBy(String role) {
            return owned.stream()
                    .filter(o -> o.owner().equals(role))
                    .mapToInt(Owned::count)
                    .sum();
        }
    }

    /** So many tables and views. */
    public record Owned(String schema, String owner, int count) implements Comparable<Owned> {
        @Override
        public int compareTo(Owned other) {
            return Comparator.comparing(Owned::schema)
                    .thenComparing(Owned::owner)
                    .compare(this, other);
        }
    }

    /**
     * A privilege on so many tables and views.
     *
     * @param grantee a role, or {@link Grant#PUBLIC}
     */
    public record Held(String schema, String owner, String grantee, String privilege, int count)
            implements Comparable<Held> {
        @Override
        public int compareTo(Held other) {
            return Comparator.comparing(Held::grantee)
                    .thenComparing(Held::schema)
                    .thenComparing(Held::owner)
                    .thenComparing(Held::privilege)
                    .compare(this, other);
        }
    }

    /**
     * Sessions that have role, database and address in common.
     *
     * @param address empty for those of the machine itself
     */
    public record Sessions(String database, String role, String address, int count) implements Comparable<Sessions> {
        @Override
        public int compareTo(Sessions other) {
            return Comparator.comparing(Sessions::database)
                    .thenComparing(Sessions::role)
                    .thenComparing(Sessions::address)
                    .compare(this, other);
        }
    }

    /** Those in one database. */
    public List<Sessions> sessionsIn(String database) {
        return sessions.stream().filter(s -> s.database().equals(database)).toList();
    }
}
