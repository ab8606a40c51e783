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
 * @param scope how much of the plan is meant
 */
public record Request(
        Actor actor, String trigger, @Nullable Commit commit, Set<Named> repairs, int allowDestroy, Scope scope) {
    /** How much of a plan is meant. */
    public enum Scope {
        ALL,
        /** What has come due by itself, and nothing else. */
        DUE
    }

    public Request(Actor actor, String trigger, @Nullable Commit commit, Set<Named> repairs, int allowDestroy) {
        this(actor, trigger, commit, repairs, allowDestroy, Scope.ALL);
    }

    /** For background work: only what has come due. */
    public static Request due(Actor actor) {
        return new Request(actor, "due", null, Set.of(), 1, Scope.DUE);
    }

    public Request {
        repairs = Set.copyOf(repairs);
    }

    /** For the look afterwards, when what was named has been repaired. */
    Request withoutRepairs() {
        return new Request(actor, trigger, commit, Set.of(), allowDestroy, scope);
    }
}
