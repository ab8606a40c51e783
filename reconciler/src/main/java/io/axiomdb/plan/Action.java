package io.axiomdb.plan;

/** What happens to a resource. */
public enum Action {
    /** Data or access goes away; listed first. */
    REMOVE,
    CREATE,
    /** The file says something else than was last applied. */
    UPDATE,
    /** The host is not as it was last applied: drift. */
    REPAIR
}
