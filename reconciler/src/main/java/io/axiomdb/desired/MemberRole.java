package io.axiomdb.desired;

import java.util.Locale;

/** What a member may do, most powerful first. */
public enum MemberRole {
    OWNER,
    ADMIN,
    DEVELOPER,
    VIEWER,
    BILLING;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static MemberRole of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    /** Whether going from the other role to this one gives more rights. */
    public boolean isAbove(MemberRole other) {
        return compareTo(other) < 0;
    }
}
