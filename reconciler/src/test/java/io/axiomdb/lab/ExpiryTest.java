package io.axiomdb.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.audit.AuditEntry;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.lab.Attempts.Outcome;
import io.axiomdb.lab.Ground.Door;
import io.axiomdb.lab.Policy.Project;
import io.axiomdb.lab.Policy.Rule;
import io.axiomdb.port.ControlPlane.AuditQuery;
import io.axiomdb.testing.TimeLimit;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A rule ends at its time on the host alone; sessions go on for their grace, then they end; and the audit hears of it later. */
@LabTest
@TimeLimit(300)
class ExpiryTest {
    private static final InetAddress CLIENT = InetAddress.ofLiteral("203.0.113.7");

    /** The five minutes of grace are cut short where the host remembers them; nothing in the program can be told to. */
    private static final String SHORTEN = """
            import json
            path = "/var/lib/axm/wanted/acme.json"
            document = json.load(open(path))
            assert document["grace"], document
            for entry in document["grace"]:
                entry["until"] = entry["until"][:4].replace("20", "19", 1) + entry["until"][4:]
            json.dump(document, open(path, "w"))
            """;

    @Test
    void a_rule_ends_without_the_control_plane_and_its_sessions_after_the_grace(Lab lab) {
        try (Site site = Site.on(lab)) {
            site.converge(policy(null));
            Instant until = Instant.now().truncatedTo(ChronoUnit.SECONDS).plusSeconds(45);
            Policy policy = policy(until);
            Door door = site.doors(policy).getLast();
            assertThat(door.port()).isEqualTo(Oracle.DIRECT);
            assertThat(site.apply(policy).after().plan().changes()).isEmpty();
            try (Talk session = new Talk(site.attempt(CLIENT, door, RoleKind.RW), "sslmode=require")) {
                assertThat(session.ask("select 'open'")).isEqualTo("open");
                assertThat(Instant.now()).isBefore(until);
                Eventually.within(Duration.ofSeconds(120), "the door closes", () -> !in(site, door));
                assertThat(Instant.now()).isAfterOrEqualTo(until);
                assertThat(session.ask("select 'still'")).isEqualTo("still");
                lab.execWith(site.host, SHORTEN, "flock", "/run/axm-host.lock", "python3", "-")
                        .ok();
                Eventually.within(
                        Duration.ofSeconds(60),
                        "the session ends",
                        () -> !session.ask("select 'on'").equals("on"));
            }
            site.apply(policy);
            List<AuditEntry> deleted = site
                    .controlPlane
                    .audit(Site.ORGANIZATION, new AuditQuery(100, null, "network.rule.deleted", null))
                    .stream()
                    .map(row -> row.entry())
                    .toList();
            assertThat(deleted).anySatisfy(entry -> {
                assertThat(entry.toString()).contains("expired").contains("visitor");
            });
        }
    }

    private static boolean in(Site site, Door door) {
        var attempt = site.attempt(CLIENT, door, RoleKind.RW);
        Map<Attempts.Attempt, Outcome> outcome = Attempts.all(List.of(attempt));
        return outcome.values().iterator().next().in();
    }

    private static Policy policy(@Nullable Instant until) {
        return new Policy(List.of(new Project(
                "shop",
                "restricted",
                List.of(),
                until == null ? List.of() : List.of(new Rule("visitor", "203.0.113.7/32", "both", null, until)))));
    }
}
