package io.axiomdb.engine;

import io.axiomdb.compile.AccessCompiler;
import io.axiomdb.compile.Placement;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Network.Rule;
import io.axiomdb.desired.Project;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.plan.Explanation;
import io.axiomdb.plan.Explanations;
import io.axiomdb.plan.Explanations.Question;
import io.axiomdb.plan.RuleReach;
import io.axiomdb.plan.RuleState;
import io.axiomdb.registry.Registry;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Network policies as they are declared, as they were applied, and as hosts carry them out at one moment.
 *
 * @param seen by host; those that were asked for
 * @param now the control plane's clock
 */
public record NetworkLook(Desired desired, Registry registry, SortedMap<String, AccessObservation> seen, Instant now) {
    public NetworkLook {
        seen = Collections.unmodifiableSortedMap(new TreeMap<>(seen));
    }

    /** Whether an address may come in; its host is among those that were looked at. */
    public Explanation explain(Question question) {
        Host host = question.host();
        return Explanations.explain(
                question,
                AccessCompiler.compile(host, Placement.all(desired), now, _ -> true)
                        .access(),
                of(host),
                now);
    }

    /** All rules of a project, declared or applied, by name. */
    public List<RuleState> rules(String project) {
        return RuleState.of(desired, registry, project, now);
    }

    /** How much of a rule's range gets in at each door it is for; its host is among those that were looked at. */
    public List<RuleReach> reach(Project project, Rule rule, Host host) {
        return RuleReach.of(project, rule, host, of(host), now);
    }

    /** What came of looking at a host that was asked for. */
    public AccessObservation of(Host host) {
        return Objects.requireNonNull(seen.get(host.name()), "nobody asked for host " + host.name());
    }
}
