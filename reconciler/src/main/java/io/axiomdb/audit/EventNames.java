package io.axiomdb.audit;

import io.axiomdb.desired.Kind;

/** Event names, as in the specification. Pure. */
public final class EventNames {
    public static final String DRIFT_REPAIRED = "drift.repaired";
    /** What was kept of a removed branch was dropped for good. */
    public static final String PURGED = "branch.purged";
    /** A removed branch came back with its data. */
    public static final String UNDELETED = "branch.undeleted";
    /** A database and roles that somebody else had made were taken over. */
    public static final String ADOPTED = "branch.adopted";
    /** Another server took the place of a host's. */
    public static final String ACCEPTED = "host.accepted";
    /** A control plane that is older than its hosts goes on, because an owner said so. */
    public static final String RESTORED = "control_plane.restored";
    /** Hosts of another control plane belong to this one now. */
    public static final String TAKEN_OVER = "control_plane.taken_over";
    /** What a host retains of a removed branch is known to a control plane that took the host over. */
    public static final String RETAINED_FOUND = "branch.retained.found";
    /** The key of the secret store was lost, and a new one made: what the old one sealed is unknown. */
    public static final String KEY_RENEWED = "key.renewed";
    /** A branch was copied from its parent again. */
    public static final String RESET = "branch.reset";

    public static final String CREDENTIALS_REVEALED = "branch.credentials.revealed";
    /** Who may reach a host's branches was made so, on every layer. */
    public static final String ACCESS_CHANGED = "network.access.changed";
    /** For what is stored and not enforced: no {@code network.*} event claims what no host does. */
    public static final String DECLARATION_RECORDED = "declaration.recorded";

    private EventNames() {}

    public static String created(Kind kind) {
        return of(kind, "created");
    }

    public static String changed(Kind kind) {
        return of(kind, "changed");
    }

    public static String removed(Kind kind) {
        return of(kind, "deleted");
    }

    public static String renamed(Kind kind) {
        return of(kind, "renamed");
    }

    private static String of(Kind kind, String what) {
        return switch (kind) {
            case ORGANIZATION -> "organization." + what;
            case MEMBER -> "member." + what;
            case HOST -> "host." + what;
            case PROJECT -> "project." + what;
            case BRANCH -> "branch." + what;
            case NETWORK_POLICY -> "network.policy." + what;
            case NETWORK_RULE -> "network.rule." + what;
            case ROTATION_POLICY -> "rotation.policy." + what;
            case HOST_ACCESS -> ACCESS_CHANGED;
        };
    }
}
