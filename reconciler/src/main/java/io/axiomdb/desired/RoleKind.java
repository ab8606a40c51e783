package io.axiomdb.desired;

import java.util.Locale;

/** The three roles of a branch. */
public enum RoleKind {
    OWNER,
    RW,
    RO;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
