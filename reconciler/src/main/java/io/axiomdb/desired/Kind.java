package io.axiomdb.desired;

import java.util.Locale;

/** The kinds of things that axiomdb.yaml declares, in the order in which they are made. */
public enum Kind {
    ORGANIZATION,
    MEMBER,
    HOST,
    PROJECT,
    NETWORK_POLICY,
    NETWORK_RULE,
    ROTATION_POLICY,
    BRANCH;

    /** As people read it: {@code network policy}. */
    public String words() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** Whether removing one makes data unreachable; these count against the cap on removals. */
    public boolean holdsData() {
        return this == PROJECT || this == BRANCH;
    }

    /** Whether this version carries it out on hosts; otherwise it is stored and the plan says so. */
    public boolean enforced() {
        return switch (this) {
            case ORGANIZATION, MEMBER, HOST, PROJECT, BRANCH -> true;
            case NETWORK_POLICY, NETWORK_RULE, ROTATION_POLICY -> false;
        };
    }
}
