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
    BRANCH,
    /** Not declared by itself: who may reach a host's branches, put together from all policies and rules on it. */
    HOST_ACCESS;

    /** As people read it: {@code network policy}. */
    public String words() {
        return this == HOST_ACCESS
                ? "access to host"
                : name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** Whether the registry keeps it. What is put together from other kinds is not kept. */
    public boolean stored() {
        return this != HOST_ACCESS;
    }

    /** Whether removing one makes data unreachable; these count against the cap on removals. */
    public boolean holdsData() {
        return this == PROJECT || this == BRANCH;
    }

    /** Whether this version carries it out on a host; otherwise it is stored and the plan says so. */
    public boolean enforcedOn(Host host) {
        return switch (this) {
            case ORGANIZATION, MEMBER, HOST, PROJECT, BRANCH, HOST_ACCESS -> true;
            case NETWORK_POLICY, NETWORK_RULE -> host.ssh() != null;
            case ROTATION_POLICY -> false;
        };
    }
}
