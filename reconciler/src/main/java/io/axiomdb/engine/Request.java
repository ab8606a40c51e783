package io.axiomdb.engine;

import io.axiomdb.audit.Actor;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.plan.Asked;
import io.axiomdb.port.DesiredSource.Commit;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a plan is made for.
 *
 * @param actor who asks
 * @param trigger such as {@code manual}, for the audit trail
 * @param commit of the file; null outside Git
 * @param asked what was named beside the file
 * @param trusted hosts that a person named: their secrets may be sent to their addresses, also to new ones
 */
public record Request(Actor actor, String trigger, @Nullable Commit commit, Asked asked, SortedSet<String> trusted) {
    public Request {
        trusted = Collections.unmodifiableSortedSet(new TreeSet<>(trusted));
    }

    /** Secrets are sent only where they were before. */
    public Request(Actor actor, String trigger, @Nullable Commit commit, Asked asked) {
        this(actor, trigger, commit, asked, Collections.emptySortedSet());
    }

    /** For background work: only what has come due. */
    public static Request due(Actor actor) {
        return new Request(actor, "due", null, Asked.DUE);
    }

    /** The same, taking over some branches that are there already, and hosts. */
    public Request adopting(SortedSet<ResourceKey> keys) {
        return with(asked.adopting(keys));
    }

    /** The same, and something else is asked for. */
    public Request with(Asked other) {
        return new Request(actor, trigger, commit, other, trusted);
    }

    /** The same, and these hosts are trusted too. */
    public Request trusting(SortedSet<String> hosts) {
        SortedSet<String> all = new TreeSet<>(trusted);
        all.addAll(hosts);
        return new Request(actor, trigger, commit, asked, all);
    }

    /** Accepting another server for a host, and nothing else. */
    public Request accepting(String host) {
        return with(asked.accepting(host));
    }

    /** For the look afterwards, when what was named has been done. */
    Request afterwards() {
        return with(asked.afterwards());
    }
}
