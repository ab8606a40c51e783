package io.axiomdb.plan;

import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Kind;
import io.axiomdb.desired.Network;
import io.axiomdb.desired.Network.Rule;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.registry.Applied;
import io.axiomdb.registry.Registry;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A rule with how far it has come. Pure. */
public record RuleState(Rule rule, State state) {
    /** How far. */
    public enum State {
        /** Applied as declared, and carried out on the host. */
        ENFORCED("enforced"),
        /** Declared otherwise than applied, or not applied yet. */
        PENDING_APPLY("pending apply"),
        /** Applied, no longer declared: the next apply ends it. */
        PENDING_REMOVAL("pending removal"),
        /** Applied as declared, on a host that AxiomDB has no login on. */
        NOT_ENFORCED("not enforced"),
        EXPIRED("expired");

        private final String words;

        State(String words) {
            this.words = words;
        }

        public String words() {
            return words;
        }
    }

    /** All rules of a project, declared or applied, by name. */
    public static List<RuleState> of(Desired desired, Registry registry, String project, Instant now) {
        SortedMap<String, RuleState> states = new TreeMap<>();
        registry.applied().forEach((key, applied) -> {
            if (key.kind() == Kind.NETWORK_RULE && key.project().equals(project)) {
                Rule rule = Rule.of(key.name(), applied.fields());
                State state = Doors.lasts(rule.expiresAt(), now) ? State.PENDING_REMOVAL : State.EXPIRED;
                states.put(key.name(), new RuleState(rule, state));
            }
        });
        Project declared = desired.projects().get(project);
        Network network = declared == null ? null : declared.network();
        if (declared != null && network != null) {
            Host host = desired.hosts().get(declared.host());
            network.rules().forEach((name, rule) -> {
                Applied applied = registry.applied().get(ResourceKey.networkRule(project, name));
                states.put(name, new RuleState(rule, state(rule, applied, host, now)));
            });
        }
        return List.copyOf(states.values());
    }

    private static State state(Rule rule, @Nullable Applied applied, @Nullable Host host, Instant now) {
        if (!Doors.lasts(rule.expiresAt(), now)) {
            return State.EXPIRED;
        }
        boolean enforcedThere = host != null && Kind.NETWORK_RULE.enforcedOn(host);
        boolean asApplied = applied != null
                && applied.complete()
                && applied.enforced() == enforcedThere
                && rule.fields().equals(applied.fields().values());
        if (!asApplied) {
            return State.PENDING_APPLY;
        }
        return enforcedThere ? State.ENFORCED : State.NOT_ENFORCED;
    }
}
