package io.axiomdb.plan;

/** What happens to a resource. */
public enum Action {
    /** Data that was set aside is dropped for good. */
    PURGE,
    /** Data or access goes away; listed first. */
    REMOVE,
    /** What was set aside comes back, with its data and passwords. */
    UNDELETE,
    CREATE,
    /** What somebody else made is taken over. */
    ADOPT,
    /** Another server took the place of a host's, as a person has said. */
    ACCEPT,
    /** It is the same thing under another name. */
    RENAME,
    /** A branch starts again with what its parent holds now; what it held is set aside. */
    RESET,
    /** The file says something else than was last applied. */
    UPDATE,
    /** The host is not as it was last applied: drift. */
    REPAIR;

    /** Whether something goes away. */
    public boolean takesAway() {
        return switch (this) {
            case PURGE, REMOVE -> true;
            case UNDELETE, CREATE, ADOPT, ACCEPT, RENAME, RESET, UPDATE, REPAIR -> false;
        };
    }
}
