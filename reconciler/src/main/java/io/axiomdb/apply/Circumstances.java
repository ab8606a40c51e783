package io.axiomdb.apply;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.plan.Change;
import io.axiomdb.registry.Credential;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * What a plan is applied with.
 *
 * @param hosts open hosts by name, one for each that has steps and is not closed
 * @param closed why nothing is changed on a host, by name
 * @param stop asked before each step
 * @param alreadySet credentials of a branch that the host was seen to have and nobody had confirmed
 * @param begunBefore resources that stood in the registry before this apply: their claims are never given up, for
 *     something of them may be on the host
 */
public record Circumstances(
        StepRunner runner,
        Map<String, OpenHost> hosts,
        Map<String, Diagnostic> closed,
        BooleanSupplier stop,
        Function<Change, List<Credential>> alreadySet,
        Set<ResourceKey> begunBefore) {
    public Circumstances {
        closed = Map.copyOf(closed);
        begunBefore = Set.copyOf(begunBefore);
    }
}
