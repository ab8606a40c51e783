package io.axiomdb.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.adapter.ssh.Enrollment;
import io.axiomdb.core.Cidr;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.Access.Port;
import io.axiomdb.host.AccessObservation.Seen;
import io.axiomdb.host.Check;
import io.axiomdb.lab.Ground.Door;
import io.axiomdb.lab.Policy.Rule;
import io.axiomdb.observe.MachineChecks;
import io.axiomdb.plan.Explanation;
import io.axiomdb.plan.Explanation.Is;
import io.axiomdb.plan.Explanations.Question;
import io.axiomdb.plan.Plan;
import io.axiomdb.testing.adversary.WideOpenPooler;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A neighbour's PgBouncer that runs as PostgreSQL's OS user and lets everyone in: it brings no one into a restricted branch as any of its
 * roles, and as long as it can bring them in as a superuser nobody is told that all is well.
 */
@LabTest
@Timeout(900)
class NeighbourPoolerTest {
    private static final String OFFICE = "203.0.113.0/24";
    private static final WideOpenPooler NEIGHBOUR = new WideOpenPooler(6500);

    @Test
    void a_wide_open_pooler_gets_nobody_in_and_explain_doctor_and_plan_say_what_it_could(Lab lab) {
        try (Site site = Site.on(lab)) {
            site.converge(policy(OFFICE));
            assertThat(explained(site).answer()).isEqualTo(Is.KEPT_OUT);
            assertThat(doctor(site)).noneMatch(check -> check.status() == Check.Status.BAD);

            lab.exec(site.host, NEIGHBOUR.start().toArray(String[]::new)).ok();
            Door door = site.doors(policy(OFFICE)).getFirst();
            for (RoleKind kind : RoleKind.values()) {
                Output tried = login(lab, site, door, door.names().role(kind));
                assertThat(tried.code()).as(kind + ": " + tried).isNotZero();
                assertThat(tried.error()).as("PostgreSQL refuses").contains("Peer authentication failed");
            }
            assertThat(login(lab, site, door, "axm_pooler").code()).isNotZero();
            assertThat(login(lab, site, door, "postgres").out())
                    .as("by Debian's own `local all postgres peer`")
                    .isEqualTo("in\n");

            Explanation explanation = explained(site);
            assertThat(explanation.answer()).isEqualTo(Is.UNKNOWN);
            assertThat(explanation.findings())
                    .anySatisfy(why -> assertThat(why.detail())
                            .contains("OS user postgres, ports 6500", "the superuser postgres", "it serves *"));
            assertThat(doctor(site)).anySatisfy(check -> {
                assertThat(check.status()).isEqualTo(Check.Status.BAD);
                assertThat(check.toString()).contains("OPEN_TO_OTHERS", "ports 6500");
            });
            Plan blocked = site.plan(policy("198.51.100.0/24")).plan();
            assertThat(blocked.changes()).isEmpty();
            assertThat(blocked.toString()).contains("OPEN_TO_OTHERS");

            lab.exec(site.host, NEIGHBOUR.stop().toArray(String[]::new)).ok();
            assertThat(explained(site).answer()).isEqualTo(Is.KEPT_OUT);
            assertThat(doctor(site)).noneMatch(check -> check.status() == Check.Status.BAD);
            site.converge(policy("198.51.100.0/24"));
        }
    }

    private static Output login(Lab lab, Site site, Door door, String role) {
        return lab.run(
                lab.client(),
                NEIGHBOUR.login(site.host.ipv4(), door.names().database(), role).toArray(String[]::new));
    }

    private static Explanation explained(Site site) {
        Desired desired = site.desired(policy(OFFICE));
        Host host = Objects.requireNonNull(desired.hosts().get("db1"));
        Project shop = Objects.requireNonNull(desired.projects().get("shop"));
        Cidr outsider = ((Cidr.Read.Range) Cidr.read("192.0.2.9")).cidr();
        return site.engine
                .network(desired, List.of(host))
                .explain(new Question(
                        outsider, shop, Objects.requireNonNull(shop.branches().get("main")), Port.RUNTIME, host));
    }

    private static List<Check> doctor(Site site) {
        Desired desired = site.desired(policy(OFFICE));
        Host host = Objects.requireNonNull(desired.hosts().get("db1"));
        Instant before = Instant.now();
        Seen seen = (Seen) site.engine.network(desired, List.of(host)).of(host);
        return MachineChecks.of(host, seen, Enrollment.version(), before, Instant.now());
    }

    private static Policy policy(String office) {
        return new Policy(List.of(new Policy.Project(
                "shop", "restricted", List.of(), List.of(new Rule("office", office, "both", null, null)))));
    }
}
