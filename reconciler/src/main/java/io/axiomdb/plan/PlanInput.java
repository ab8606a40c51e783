package io.axiomdb.plan;

import io.axiomdb.core.Sorted;
import io.axiomdb.desired.Desired;
import io.axiomdb.host.Observation;
import io.axiomdb.registry.ControlPlaneSite;
import io.axiomdb.registry.Registry;
import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Everything a plan is made from.
 *
 * @param observations one for each host that is declared or was when last applied
 * @param asked what somebody named beside the file
 * @param actor who asks, by e-mail address
 * @param authority certificates of AxiomDB's own authorities, PEM; empty when there are none yet
 * @param self where the control plane itself is; null when no host could be the same server
 * @param tools major versions of PostgreSQL whose pg_dump and pg_restore are on this machine
 * @param lookedFrom the control plane's clock before the hosts were looked at
 * @param now the control plane's clock
 */
public record PlanInput(
        Desired desired,
        Registry registry,
        SortedMap<String, Observation> observations,
        Asked asked,
        String actor,
        String authority,
        @Nullable ControlPlaneSite self,
        SortedSet<Integer> tools,
        Instant lookedFrom,
        Instant now) {
    public PlanInput {
        observations = Sorted.map(observations);
        tools = Collections.unmodifiableSortedSet(new TreeSet<>(tools));
    }

    /** By the registry, never by the file that is applied. */
    public boolean isActorOwner() {
        return registry.isOwner(actor);
    }

    /** The same for another file, registry and hosts. */
    PlanInput with(Desired otherDesired, Registry otherRegistry, SortedMap<String, Observation> seen) {
        return new PlanInput(otherDesired, otherRegistry, seen, asked, actor, authority, self, tools, lookedFrom, now);
    }
}
