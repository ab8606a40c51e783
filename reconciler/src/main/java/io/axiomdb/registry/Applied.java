package io.axiomdb.registry;

import io.axiomdb.desired.Fields;

/**
 * A declaration as it was last applied.
 *
 * @param id generated once, stays for the life of the resource
 * @param fields the declaration
 * @param complete false while making it was begun and not yet seen to end
 * @param enforced whether a host carried it out when it was applied
 */
public record Applied(String id, Fields fields, boolean complete, boolean enforced) {}
