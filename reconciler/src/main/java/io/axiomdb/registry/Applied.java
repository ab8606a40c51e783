package io.axiomdb.registry;

import io.axiomdb.desired.Fields;
import java.util.List;

/**
 * A declaration as it was last applied.
 *
 * @param id generated once, stays for the life of the resource
 * @param fields the declaration
 * @param complete false while making it was begun and not yet seen to end
 * @param enforced whether a host carried it out when it was applied
 * @param identity what it is on its server; for branches alone
 * @param beingMade databases that were begun for it and not seen to end, oldest first; for branches alone
 */
public record Applied(
        String id, Fields fields, boolean complete, boolean enforced, Identity identity, List<BeingMade> beingMade) {
    public Applied {
        beingMade = List.copyOf(beingMade);
    }

    /** Of which nothing is on a server. */
    public Applied(String id, Fields fields, boolean complete, boolean enforced) {
        this(id, fields, complete, enforced, Identity.NONE, List.of());
    }

    /** The same with another declaration. */
    public Applied with(Fields others) {
        return new Applied(id, others, complete, enforced, identity, beingMade);
    }
}
