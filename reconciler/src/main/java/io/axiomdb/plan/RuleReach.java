package io.axiomdb.plan;

import io.axiomdb.core.AddressSet;
import io.axiomdb.core.Cidr;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Network.Rule;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.Access.Port;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.host.AccessObservation.Passage;
import io.axiomdb.host.AccessObservation.Passing;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How much of a rule's range is known to get in by one door, as the host itself reports; other rules may let it in as well. Pure.
 *
 * @param range the rule's
 * @param reached what of it gets in now
 */
public record RuleReach(ResourceKey branch, Port port, AddressSet range, AddressSet reached) {
    /** One for each door that the rule is for; none when the host or its packet filter was not seen. */
    public static List<RuleReach> of(
            Project project, Rule rule, Host host, AccessObservation observation, Instant now) {
        List<RuleReach> reaches = new ArrayList<>();
        if (observation instanceof AccessObservation.Seen seen
                && seen.passages() != null
                && Cidr.read(rule.cidr()) instanceof Cidr.Read.Range(Cidr range)) {
            Doors doors = Doors.of(host);
            AddressSet asked = AddressSet.of(range);
            project.branches().values().stream()
                    .filter(branch -> rule.branch() == null || rule.branch().equals(branch.name()))
                    .forEach(branch -> doors.numbers().keySet().stream()
                            .filter(port -> isFor(rule, port))
                            .forEach(port -> reaches.add(new RuleReach(
                                    ResourceKey.branch(project.name(), branch.name()),
                                    port,
                                    asked,
                                    Doors.listed(
                                                    seen.access().entries(),
                                                    BranchNames.of(project, branch)
                                                            .database(),
                                                    port,
                                                    now)
                                            .intersect(
                                                    passed(seen, doors.numbers().get(port)))
                                            .intersect(asked)))));
        }
        return reaches;
    }

    private static AddressSet passed(AccessObservation.Seen seen, @Nullable Integer port) {
        return Stream.ofNullable(seen.passages())
                .flatMap(List::stream)
                .filter(passage -> Objects.equals(passage.port(), port) && passage.is() == Passing.LET_IN)
                .map(Passage::from)
                .reduce(AddressSet.NONE, AddressSet::union);
    }

    /** Whether a rule is for a port. */
    static boolean isFor(Rule rule, Port port) {
        return switch (rule.ports()) {
            case BOTH -> true;
            case RUNTIME -> port == Port.RUNTIME;
            case DIRECT -> port == Port.DIRECT;
        };
    }
}
