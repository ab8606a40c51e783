package io.axiomdb.host;

/**
 * A privilege that someone holds.
 *
 * @param grantee a role, or {@link #PUBLIC}
 * @param privilege PostgreSQL's word in capitals, such as {@code SELECT}
 * @param grantable whether the grantee may pass it on
 */
public record Grant(String grantee, String privilege, boolean grantable) implements Comparable<Grant> {
    /** Everyone. Never a role's name: PostgreSQL reserves {@code public}, and this one is empty. */
    public static final String PUBLIC = "";

    public static Grant of(String grantee, String privilege) {
        return new Grant(grantee, privilege, false);
    }

    @Override
    public int compareTo(Grant other) {
        int order = grantee.compareTo(other.grantee);
        order = order != 0 ? order : privilege.compareTo(other.privilege);
        return order != 0 ? order : Boolean.compare(grantable, other.grantable);
    }
}
