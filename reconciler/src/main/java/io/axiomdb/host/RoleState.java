package io.axiomdb.host;

import io.axiomdb.core.Sorted;
import java.util.Comparator;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * A role.
 *
 * @param oid its number on its server, by which alone it is known; 0 where it is only wanted
 * @param marker the role's comment, a label that whoever may create roles can write on 14 and 15; empty without a comment
 * @param connectionLimit -1 is unlimited
 * @param memberOf grants of other roles to this one
 * @param members grants of this role to others
 * @param settings parameters set by ALTER ROLE SET, which go before those of the database; wanted: none of those that the
 *     branch declares
 */
public record RoleState(
        String name,
        long oid,
        String marker,
        Attributes attributes,
        int connectionLimit,
        PasswordMark password,
        SortedSet<Membership> memberOf,
        SortedSet<Membership> members,
        SortedSet<Setting> settings) {
    public static final int UNLIMITED = -1;

    public RoleState {
        memberOf = Sorted.set(memberOf);
        members = Sorted.set(members);
        settings = Sorted.set(settings);
    }

    /** One that is wanted. */
    public RoleState(
            String name,
            String marker,
            Attributes attributes,
            int connectionLimit,
            PasswordMark password,
            SortedSet<Membership> memberOf,
            SortedSet<Membership> members,
            SortedSet<Setting> settings) {
        this(name, 0, marker, attributes, connectionLimit, password, memberOf, members, settings);
    }

    /** The same with another comment. */
    public RoleState marked(String comment) {
        return new RoleState(name, oid, comment, attributes, connectionLimit, password, memberOf, members, settings);
    }

    /** The same with other attributes. */
    public RoleState with(Attributes others) {
        return new RoleState(name, oid, marker, others, connectionLimit, password, memberOf, members, settings);
    }

    /** The same with other memberships. */
    public RoleState with(SortedSet<Membership> of, SortedSet<Membership> others) {
        return new RoleState(name, oid, marker, attributes, connectionLimit, password, of, others, settings);
    }

    /**
     * What the role itself may do.
     *
     * @param validUntil as PostgreSQL writes it in UTC; null when the password never ends
     */
    public record Attributes(
            boolean login,
            boolean superuser,
            boolean createDb,
            boolean createRole,
            boolean inherit,
            boolean replication,
            boolean bypassRls,
            @Nullable String validUntil) {}

    /**
     * A parameter of a role.
     *
     * @param database the one database that it holds in; empty for all of them
     * @param name in lower case
     */
    public record Setting(String database, String name, String value) implements Comparable<Setting> {
        private static final Comparator<Setting> ORDER = Comparator.comparing(Setting::database)
                .thenComparing(Setting::name)
                .thenComparing(Setting::value);

        @Override
        public int compareTo(Setting other) {
            return ORDER.compare(this, other);
        }
    }

    /**
     * One grant of a role to another.
     *
     * @param role the other role
     * @param grantor who granted it; needed to take it back on PostgreSQL 16 and newer
     */
    public record Membership(String role, String grantor) implements Comparable<Membership> {
        @Override
        public int compareTo(Membership other) {
            int byRole = role.compareTo(other.role);
            return byRole != 0 ? byRole : grantor.compareTo(other.grantor);
        }
    }
}
