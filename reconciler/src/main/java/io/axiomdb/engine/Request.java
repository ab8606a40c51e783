package io.axiomdb.engine;

import io.axiomdb.audit.Actor;
import io.axiomdb.plan.HeldBack.Named;
import io.axiomdb.port.DesiredSource.Commit;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a plan is made for.
 *
 * @param actor who asks
 * @param trigger such as {@code manual}, for the audit trail
 * @param commit of the file; null outside Git
 * @param repairs dangerous drift that was named
 * @param allowDestroy how many removals of projects and branches are allowed; 1 unless the user says more
 */
public record Request(Actor actor, String trigger, @Nullable Commit commit, Set<Named> repairs, int allowDestroy) {
    public Request {
        repairs = Set.copyOf(repairs);
    }

    /** For the look afterwards, when what was named has been repaired. */
    Request withoutRepairs() {
        return new Request(actor, trigger, commit, Set.of(), allowDestroy);
    }
}
