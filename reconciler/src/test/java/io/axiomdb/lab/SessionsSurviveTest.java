package io.axiomdb.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.AccessObservation.Seen;
import io.axiomdb.lab.Attempts.Attempt;
import io.axiomdb.lab.Ground.Door;
import io.axiomdb.lab.Policy.Project;
import io.axiomdb.lab.Policy.Rule;
import io.axiomdb.registry.Lease;
import io.axiomdb.testing.TimeLimit;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Applications notice nothing of changes that are not about them: not of rules, not of a renewed certificate. */
@LabTest
@TimeLimit(300)
class SessionsSurviveTest {
    private static final InetAddress CLIENT = InetAddress.ofLiteral("203.0.113.7");
    private static final int CHANGES = 10;

    @TempDir
    Path directory;

    @Test
    void load_goes_on_through_changes_of_others_and_a_new_certificate(Lab lab) throws Exception {
        try (Site site = Site.on(lab)) {
            site.converge(policy(0));
            List<Door> doors = site.doors(policy(0)).subList(0, 2);
            Attempt pooled = site.attempt(CLIENT, doors.getFirst(), RoleKind.OWNER);
            Attempt direct = site.attempt(CLIENT, doors.getLast(), RoleKind.RW);
            assertThat(List.of(pooled.port(), direct.port())).containsExactly(6432, 5432);
            Path authority = Files.writeString(directory.resolve("ca.pem"), site.authority.trusted());
            String verified = "sslmode=verify-full sslrootcert=" + authority;
            Path passwords = Attempts.passFile(pooled);
            Process load = Attempts.as(pooled, passwords, bench(pooled, verified));
            try (Talk session = new Talk(direct, verified);
                    Talk through = new Talk(pooled, verified)) {
                String backend = session.ask("select pg_backend_pid()");
                assertThat(backend).matches("\\d+");
                assertThat(through.ask("select 1")).isEqualTo("1");
                for (int change = 1; change <= CHANGES; change++) {
                    change(site, policy(change));
                    assertThat(load.isAlive()).as("pgbench still runs").isTrue();
                }
                renew(site);
                assertThat(session.ask("select pg_backend_pid()")).isEqualTo(backend);
                assertThat(through.ask("select 2")).isEqualTo("2");
                load.toHandle().destroy(); // not the process object: that one would forget what was said
                String said = new String(load.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(said).contains("progress: ").doesNotContain("error", "abort", "FATAL");
                assertThat(said.lines()
                                .filter(line -> line.startsWith("progress: "))
                                .toList())
                        .allMatch(line -> line.contains(" 0 failed"));
            }
            try (Talk after = new Talk(direct, verified)) {
                assertThat(after.ask("select 'renewed'")).isEqualTo("renewed");
            }
            Files.delete(passwords);
        }
    }

    private String[] bench(Attempt attempt, String security) throws IOException {
        Path script =
                Files.writeString(directory.resolve("load.sql"), "begin;\nselect count(*) from pg_class;\nend;\n");
        return new String[] {
            "pgbench",
            "-n",
            "-c",
            "4",
            "-R",
            "50",
            "-T",
            "600",
            "-P",
            "1",
            "-f",
            script.toString(),
            Attempts.target(attempt) + " " + security
        };
    }

    /** Straight to the host: the engine's looks before and after are not what sessions could notice. */
    private static void change(Site site, Policy policy) throws Exception {
        withLease(site, lease -> site.files.setAccess(site.declared(), Site.ORGANIZATION, lease, site.access(policy)));
    }

    private static void renew(Site site) throws Exception {
        Seen seen = (Seen) site.files.look(site.declared(), Site.ORGANIZATION);
        var before = Objects.requireNonNull(seen.certificate());
        String chain = site.authority.sign(before.request(), new TreeSet<>(List.of(site.host.ipv4())), Instant.now());
        withLease(site, lease -> site.files.setCertificate(site.declared(), Site.ORGANIZATION, lease, chain));
        Seen again = (Seen) site.files.look(site.declared(), Site.ORGANIZATION);
        var after = Objects.requireNonNull(again.certificate());
        assertThat(after.servedDirect()).isNotEqualTo(before.servedDirect()).isEqualTo(after.servedRuntime());
    }

    private interface WithLease {
        void run(Lease lease) throws Exception;
    }

    private static void withLease(Site site, WithLease action) throws Exception {
        Lease lease = site.controlPlane.leases().acquire("db1", "test");
        try {
            action.run(lease);
        } finally {
            site.controlPlane.leases().release(lease);
        }
    }

    /** The client's rule stays; others come and go, and the other project's mode changes. */
    private static Policy policy(int change) {
        List<Rule> rules = new ArrayList<>(List.of(new Rule("client", "203.0.113.7/32", "both", null, null)));
        for (int i = 0; i < change % 4; i++) {
            rules.add(new Rule("other-" + i, "198.51.%d.0/24".formatted(change + i), "both", null, null));
        }
        String mode = change % 2 == 0 ? "restricted" : "public_runtime";
        return new Policy(List.of(
                new Project("shop", "restricted", List.of(), rules),
                new Project("billing", mode, List.of(), List.of())));
    }
}
