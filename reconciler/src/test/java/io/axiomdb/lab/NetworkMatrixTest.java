package io.axiomdb.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.desired.RoleKind;
import io.axiomdb.lab.Attempts.Attempt;
import io.axiomdb.lab.Ground.Door;
import io.axiomdb.lab.Policy.Project;
import io.axiomdb.lab.Policy.Rule;
import io.axiomdb.testing.TimeLimit;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The specification's table, every cell of it, tried by knocking: mode, rule or none, port, kind of client, kind of address.
 * The other project on the host stays closed in all of them.
 */
@LabTest
@TimeLimit(240)
class NetworkMatrixTest {
    private static final List<String> MODES = List.of("restricted", "public_runtime", "public_all");

    /** The clients: allowed by shop's rule, by nobody's, by the other project's. */
    private static final List<InetAddress> CLIENTS = List.of(
            InetAddress.ofLiteral("203.0.113.7"),
            InetAddress.ofLiteral("2001:db8:113::7"),
            InetAddress.ofLiteral("192.0.2.7"),
            InetAddress.ofLiteral("2001:db8:2::7"),
            InetAddress.ofLiteral("198.51.100.7"),
            InetAddress.ofLiteral("2001:db8:100::7"));

    @Test
    void every_cell_of_the_table_is_as_printed(Lab lab) {
        try (Site site = Site.on(lab)) {
            List<String> wrong = new ArrayList<>();
            int knocks = 0;
            for (String mode : MODES) {
                for (boolean rule : List.of(true, false)) {
                    Policy policy = policy(mode, rule);
                    site.converge(policy);
                    Map<Attempt, Boolean> expected = expected(site, policy);
                    knocks += expected.size();
                    Attempts.wrong(expected)
                            .forEach(one -> wrong.add(mode + (rule ? ", rule: " : ", no rule: ") + one));
                }
            }
            assertThat(wrong).isEmpty();
            assertThat(knocks).isEqualTo(MODES.size() * 2 * CLIENTS.size() * 2 * 2);
        }
    }

    private static Map<Attempt, Boolean> expected(Site site, Policy policy) {
        Map<Attempt, Boolean> expected = new LinkedHashMap<>();
        int turn = 0;
        for (InetAddress client : CLIENTS) {
            for (Door door : site.doors(policy)) {
                RoleKind kind = RoleKind.values()[turn++ % RoleKind.values().length];
                expected.put(
                        site.attempt(client, door, kind),
                        Oracle.allows(policy, Instant.now(), door.project(), door.branch(), door.port(), client));
            }
        }
        return expected;
    }

    private static Policy policy(String mode, boolean rule) {
        List<Rule> own = List.of(
                new Rule("office", "203.0.113.0/24", "both", null, null),
                new Rule("office-six", "2001:db8:113::/48", "both", null, null));
        List<Rule> others = List.of(
                new Rule("runners", "198.51.100.7/32", "both", null, null),
                new Rule("runners-six", "2001:db8:100::7/128", "both", null, null));
        return new Policy(List.of(
                new Project("shop", mode, List.of(), rule ? own : List.of()),
                new Project("billing", "restricted", List.of(), others)));
    }
}
