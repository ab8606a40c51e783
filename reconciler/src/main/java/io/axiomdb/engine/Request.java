package io.axiomdb.engine;

import io.axiomdb.audit.Actor;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.plan.Asked;
import io.axiomdb.port.DesiredSource.Commit;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * What a plan is made for.
 *
 * @param actor who asks
 * @param trigger such as {@code manual}, for the audit trail
 * @param commit of the file; null outside Git
 * @param asked what was named beside the file
 */
public record Request(Actor actor, String trigger, @Nullable Commit commit, Asked asked) {
    /** For background work: only what has come due. */
    public static Request due(Actor actor) {
        return new Request(actor, "due", null, Asked.DUE);
    }

    /** The same, taking over some branches that are there already. */
    public Request adopting(SortedSet<ResourceKey> branches) {
        return new Request(actor, trigger, commit, asked.adopting(branches));
    }

    /** For the look afterwards, when what was named has been done. */
    Request afterwards() {
        return new Request(actor, trigger, commit, asked.afterwards());
    }
}
