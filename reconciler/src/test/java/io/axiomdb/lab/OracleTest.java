package io.axiomdb.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.lab.Policy.Project;
import io.axiomdb.lab.Policy.Rule;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who judges others is judged first: the table, cell by cell as it is printed, and its words about scope and expiry. */
class OracleTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final InetAddress INSIDE = InetAddress.ofLiteral("203.0.113.9");
    private static final InetAddress OUTSIDE = InetAddress.ofLiteral("198.51.100.9");

    @ParameterizedTest
    @CsvSource({
        "restricted, true, true, true, false, false",
        "restricted, false, false, false, false, false",
        "public_runtime, true, true, true, true, false",
        "public_runtime, false, true, false, true, false",
        "public_all, true, true, true, true, true",
        "public_all, false, true, true, true, true",
    })
    void the_table_of_the_specification(
            String mode, boolean rule, boolean runtime, boolean direct, boolean anyRuntime, boolean anyDirect) {
        Policy policy = shop(mode, rule ? List.of(rule("203.0.113.0/24", "both", null, null)) : List.of());
        assertThat(allows(policy, "main", Oracle.RUNTIME, INSIDE)).isEqualTo(runtime);
        assertThat(allows(policy, "main", Oracle.DIRECT, INSIDE)).isEqualTo(direct);
        assertThat(allows(policy, "main", Oracle.RUNTIME, OUTSIDE)).isEqualTo(anyRuntime);
        assertThat(allows(policy, "main", Oracle.DIRECT, OUTSIDE)).isEqualTo(anyDirect);
    }

    @Test
    void a_rule_of_a_branch_is_nobody_elses() {
        Policy policy = shop("restricted", List.of(rule("203.0.113.0/24", "runtime", "preview", null)));
        assertThat(allows(policy, "preview", Oracle.RUNTIME, INSIDE)).isTrue();
        assertThat(allows(policy, "preview", Oracle.DIRECT, INSIDE)).isFalse();
        assertThat(allows(policy, "main", Oracle.RUNTIME, INSIDE)).isFalse();
        assertThat(Oracle.opens(policy, NOW, Oracle.RUNTIME, INSIDE)).isTrue();
        assertThat(Oracle.opens(policy, NOW, Oracle.DIRECT, INSIDE)).isFalse();
    }

    @Test
    void a_rule_ends_at_its_time_and_not_before() {
        Policy policy = shop("restricted", List.of(rule("203.0.113.9", "both", null, NOW)));
        assertThat(Oracle.allows(policy, NOW.minusNanos(1), "shop", "main", Oracle.DIRECT, INSIDE))
                .isTrue();
        assertThat(allows(policy, "main", Oracle.DIRECT, INSIDE)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "203.0.113.0/24, 203.0.112.255, false",
        "203.0.113.0/24, 203.0.113.0, true",
        "203.0.113.0/24, 203.0.113.255, true",
        "203.0.113.0/24, 203.0.114.0, false",
        "203.0.113.128/25, 203.0.113.127, false",
        "203.0.113.7, 203.0.113.7, true",
        "203.0.113.7, 203.0.113.8, false",
        "0.0.0.0/0, 2001:db8::1, false",
        "::/0, 203.0.113.7, false",
        "::/0, ffff::, true",
        "2001:db8::/33, 2001:db8:7fff:ffff:ffff:ffff:ffff:ffff, true",
        "2001:db8::/33, 2001:db8:8000::, false",
    })
    void ranges_end_where_their_prefix_says(String cidr, String address, boolean inside) {
        assertThat(Oracle.covers(cidr, InetAddress.ofLiteral(address))).isEqualTo(inside);
    }

    private static boolean allows(Policy policy, String branch, String port, InetAddress address) {
        return Oracle.allows(policy, NOW, "shop", branch, port, address);
    }

    private static Policy shop(String mode, List<Rule> rules) {
        return new Policy(List.of(new Project("shop", mode, List.of("preview"), rules)));
    }

    private static Rule rule(String cidr, String ports, @Nullable String branch, @Nullable Instant until) {
        return new Rule("office", cidr, ports, branch, until);
    }
}
