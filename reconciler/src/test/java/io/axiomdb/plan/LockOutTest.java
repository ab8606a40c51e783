package io.axiomdb.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Origin;
import io.axiomdb.desired.Desired;
import io.axiomdb.load.Loader;
import io.axiomdb.registry.ControlPlaneSite;
import io.axiomdb.testing.TextSource;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The control plane on one of its own hosts; the host sees it at 10.0.0.9. */
class LockOutTest {
    private static final String CONTROL = "control: { label: C, cidr: 10.0.0.0/28, ports: direct }";
    private static final String OFFICE = "office: { label: O, cidr: 203.0.113.0/24 }";
    private static final ControlPlaneSite HERE = new ControlPlaneSite("7431", "axiomdb", "control", false);

    @Test
    void closing_the_way_to_its_own_database_is_refused() {
        assertThat(codes(HERE, shop("", CONTROL, OFFICE), shop("", OFFICE))).containsExactly(Code.LOCK_OUT_SELF);
    }

    @Test
    void forgetting_the_host_that_it_is_on_is_refused_too() {
        assertThat(codes(HERE, shop("", CONTROL), nothing())).contains(Code.LOCK_OUT_SELF);
    }

    @Test
    void a_way_that_stays_open_by_another_rule_is_fine() {
        assertThat(codes(HERE, shop("", CONTROL), shop("", "all: { label: A, cidr: 10.0.0.0/24, ports: direct }")))
                .isEmpty();
    }

    @Test
    void over_loopback_or_on_another_server_nothing_can_be_cut() {
        ControlPlaneSite local = new ControlPlaneSite("7431", "axiomdb", "control", true);
        ControlPlaneSite other = new ControlPlaneSite("7432", "axiomdb", "control", false);
        ControlPlaneSite unread = new ControlPlaneSite("", "axiomdb", "control", false);
        for (ControlPlaneSite site : List.of(local, other, unread)) {
            assertThat(codes(site, shop("", CONTROL), shop("", OFFICE))).isEmpty();
        }
    }

    @Test
    void names_of_the_control_plane_itself_are_refused_where_it_is() {
        String names = "old: { names: { database: axiomdb, owner: control } }";
        ControlPlaneSite other = new ControlPlaneSite("7432", "axiomdb", "control", false);
        assertThat(codes(HERE, shop("", OFFICE), shop(names, OFFICE)))
                .containsExactly(Code.LOCK_OUT_NAME, Code.LOCK_OUT_NAME);
        assertThat(codes(other, shop("", OFFICE), shop(names, OFFICE))).isEmpty();
    }

    private static List<Code> codes(ControlPlaneSite self, Desired before, Desired after) {
        PlanInput input = new PlanInput(
                after,
                World.applied(before),
                World.converged(before),
                Asked.NOTHING,
                "dba@acme.example",
                "",
                self,
                new TreeSet<>(),
                World.NOW,
                World.NOW);
        return Planner.plan(input).refusals().stream().map(Diagnostic::code).toList();
    }

    private static Desired nothing() {
        return new Desired("acme", new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), Origin.UNKNOWN);
    }

    private static Desired shop(String branches, String... rules) {
        String yaml = """
                version: 1
                organization: acme
                hosts:
                  db1:
                    postgres: { url: "postgresql://127.0.0.1:5432/postgres" }
                    ssh:
                      address: db1.acme.example
                      key: "file:key"
                      host_keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0u1p2b9q0oYv3m1j8m8c6i6v4h1m1vZ8d9b1w3K2xY"]
                projects:
                  shop: { host: db1, branches: { %s }, network: { mode: restricted, rules: { %s } } }
                """.formatted(branches, String.join(", ", rules));
        return Objects.requireNonNull(
                Loader.load(TextSource.of(yaml), World.NOW).desired());
    }
}
