package io.axiomdb.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.apply.Progress;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.engine.ApplyReport;
import io.axiomdb.engine.Request;
import io.axiomdb.export.Export;
import io.axiomdb.lab.Attempts.Attempt;
import io.axiomdb.plan.Action;
import io.axiomdb.plan.Plan;
import io.axiomdb.testing.TimeLimit;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** On a host whose doors AxiomDB keeps, adoption lets in whom rules name, through the pooler too, with old passwords. */
@LabTest
@TimeLimit(300)
class AdoptionOnAHostTest {
    private static final String BY_HAND = """
            CREATE ROLE crm LOGIN PASSWORD 'old-owner';
            CREATE ROLE crm_app LOGIN PASSWORD 'old-app';
            CREATE DATABASE crm OWNER crm;
            \\c crm
            SET ROLE crm;
            CREATE TABLE public.customers (id int);
            GRANT SELECT, INSERT, UPDATE, DELETE ON public.customers TO crm_app;
            """;

    @Test
    void whom_rules_name_gets_in_with_the_password_that_it_had(Lab lab) throws IOException {
        try (Site site = Site.on(lab)) {
            byHand(site);
            Desired none =
                    site.desired(new Policy(List.of(new Policy.Project("none", "restricted", List.of(), List.of()))));
            String exported = Export.text(none, site.declared(), site.inventory());
            assertThat(exported).contains("rw: crm_app", "rules: {}", "Nobody is connected at this moment.");
            Desired desired = Declaring.desired(
                    exported.replace("rules: {}", "rules: { office: { label: Office, cidr: 203.0.113.0/24 } }"),
                    Instant.now());
            Request adopt = Site.request().adopting(new TreeSet<>(List.of(ResourceKey.branch("crm", "main"))));
            Plan plan = site.engine.plan(desired, adopt).plan();
            assertThat(plan.changes().stream()
                            .filter(change -> change.action() == Action.ADOPT)
                            .flatMap(change -> change.fields().stream())
                            .filter(field -> field.name().equals("takes away")))
                    .anyMatch(field -> field.after().startsWith("logins from wherever project crm lets nobody in"));
            ApplyReport report = site.engine.apply(desired, adopt, plan.digest().hex(), Progress.NONE, () -> false);
            assertThat(report.results())
                    .allSatisfy(result -> assertThat(result.why()).isNull());
            assertThat(report.converged()).isTrue();
            Map<Attempt, Boolean> expected = new LinkedHashMap<>();
            for (String port : List.of("runtime", "direct")) {
                expected.put(attempt(site, "203.0.113.7", port, "crm_app", "old-app"), true);
                expected.put(attempt(site, "198.51.100.9", port, "crm_app", "old-app"), false);
            }
            expected.put(attempt(site, "203.0.113.7", "direct", "crm", "old-owner"), true);
            assertThat(Attempts.wrong(expected)).isEmpty();
        }
    }

    private static Attempt attempt(Site site, String from, String port, String role, String password) {
        InetAddress address = InetAddress.ofLiteral(from);
        return new Attempt(
                site.sources.namespace(address), from, site.host.ipv4(), site.number(port), "crm", role, password);
    }

    private static void byHand(Site site) throws IOException {
        String password = Files.readString(site.host.postgresPasswordFile()).strip();
        String psql =
                "read -r PGPASSWORD; export PGPASSWORD; psql -Xq -v ON_ERROR_STOP=1 -h 127.0.0.1 -U %s -d postgres"
                        .formatted(site.host.postgresAdmin());
        site.lab
                .execWith(site.host, password + "\n" + BY_HAND, "bash", "-c", psql)
                .ok();
    }
}
