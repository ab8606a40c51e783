package io.axiomdb.plan;

import io.axiomdb.desired.Desired;
import io.axiomdb.host.Observation;
import io.axiomdb.registry.Registry;
import java.time.Instant;
import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything a plan is made from.
 *
 * @param observations one for each host that is declared or was when last applied
 * @param repairs dangerous drift that somebody named
 * @param allowDestroy how many removals of projects and branches are allowed
 * @param actor who asks, by e-mail address
 * @param now the control plane's clock
 */
public record PlanInput(
        Desired desired,
        Registry registry,
        SortedMap<String, Observation> observations,
        Set<HeldBack.Named> repairs,
        int allowDestroy,
        String actor,
        Instant now) {
    public PlanInput {
        observations = Collections.unmodifiableSortedMap(new TreeMap<>(observations));
        repairs = Set.copyOf(repairs);
    }
}
