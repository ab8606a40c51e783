package io.axiomdb.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.core.Origin;
import io.axiomdb.desired.Declarations;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.Network;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.plan.RuleState.State;
import io.axiomdb.registry.Applied;
import io.axiomdb.registry.Registry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RuleStateTest {
    private static final Instant NOW = Instant.parse("2026-11-22T06:00:00Z");
    private static final Map<String, String> SSH = Map.of(
            "ssh.address", "db1.acme.example",
            "ssh.key", "env:KEY",
            "ssh.host_keys", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0u1p2b9q0oYv3m1j8m8c6i6v4h1m1vZ8d9b1w3K2xY");
    private static final Map<String, String> OFFICE = Map.of("cidr", "203.0.113.0/24");

    private final SortedMap<ResourceKey, Fields> declared = new TreeMap<>();
    private final SortedMap<ResourceKey, Applied> applied = new TreeMap<>();

    @Test
    void a_rule_is_enforced_only_when_it_was_applied_as_it_is_declared_on_a_host_that_carries_it_out() {
        declare(SSH, OFFICE);
        assertThat(state()).isEqualTo(State.PENDING_APPLY);
        apply(OFFICE, false, true);
        assertThat(state()).as("begun, not ended").isEqualTo(State.PENDING_APPLY);
        apply(OFFICE, true, false);
        assertThat(state()).as("stored before the host had ssh").isEqualTo(State.PENDING_APPLY);
        apply(Map.of("cidr", "203.0.113.0/25"), true, true);
        assertThat(state()).as("applied otherwise").isEqualTo(State.PENDING_APPLY);
        apply(OFFICE, true, true);
        assertThat(state()).isEqualTo(State.ENFORCED);
    }

    @Test
    void without_a_login_on_the_host_it_is_stored_and_not_enforced() {
        declare(Map.of("postgres", "embedded"), OFFICE);
        apply(OFFICE, true, false);
        assertThat(state()).isEqualTo(State.NOT_ENFORCED);
    }

    @Test
    void what_is_no_longer_declared_is_there_until_the_next_apply() {
        declare(SSH, OFFICE);
        apply(OFFICE, true, true);
        declared.remove(ResourceKey.networkRule("shop", "office"));
        assertThat(state()).isEqualTo(State.PENDING_REMOVAL);
    }

    @Test
    void an_end_is_an_end_whatever_was_applied() {
        Map<String, String> ended = Map.of("cidr", "203.0.113.0/24", "expires_at", NOW.toString());
        declare(SSH, ended);
        assertThat(state()).isEqualTo(State.EXPIRED);
        apply(ended, true, true);
        assertThat(state()).isEqualTo(State.EXPIRED);
        declared.remove(ResourceKey.networkRule("shop", "office"));
        assertThat(state()).isEqualTo(State.EXPIRED);
    }

    private void declare(Map<String, String> host, Map<String, String> rule) {
        declared.put(ResourceKey.organization("acme"), fields(Map.of()));
        declared.put(ResourceKey.host("db1"), fields(host));
        declared.put(ResourceKey.project("shop"), fields(Map.of("host", "db1")));
        declared.put(ResourceKey.branch("shop", "main"), fields(Map.of()));
        declared.put(ResourceKey.networkPolicy("shop"), fields(Map.of("mode", "restricted")));
        declared.put(ResourceKey.networkRule("shop", "office"), stored(rule));
    }

    private void apply(Map<String, String> rule, boolean complete, boolean enforced) {
        applied.put(ResourceKey.networkRule("shop", "office"), new Applied("id", stored(rule), complete, enforced));
        // Another project's rule of the same name is nobody's business here.
        applied.put(ResourceKey.networkRule("mail", "office"), new Applied("id", stored(OFFICE), true, true));
    }

    /** As a rule is written down, with what it says by default. */
    private static Fields stored(Map<String, String> rule) {
        return fields(Network.Rule.of("office", fields(rule)).fields());
    }

    private State state() {
        Desired desired = Declarations.toDesired("acme", declared);
        Registry registry = new Registry("acme", true, List.of(), applied, new TreeMap<>());
        List<RuleState> states = RuleState.of(desired, registry, "shop", NOW);
        assertThat(states).hasSize(1);
        return states.getFirst().state();
    }

    private static Fields fields(Map<String, String> values) {
        return new Fields(new TreeMap<>(values), Origin.UNKNOWN);
    }
}
