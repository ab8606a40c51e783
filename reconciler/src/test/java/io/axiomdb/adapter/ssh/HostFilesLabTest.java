package io.axiomdb.adapter.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.axiomdb.adapter.postgres.PostgresWriter;
import io.axiomdb.adapter.postgres.ServerChecks;
import io.axiomdb.adapter.postgres.tools.ClientTools;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Cidr;
import io.axiomdb.core.Code;
import io.axiomdb.core.Secret;
import io.axiomdb.desired.Host;
import io.axiomdb.host.Access;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.host.AccessObservation.Seen;
import io.axiomdb.host.Check;
import io.axiomdb.lab.Lab;
import io.axiomdb.lab.LabTest;
import io.axiomdb.observe.MachineChecks;
import io.axiomdb.port.DumpCopy;
import io.axiomdb.port.HostWriter.HostFailure;
import io.axiomdb.registry.Lease;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** The host helper on a real host, from the first login on. Each test begins where the one before it ended. */
@LabTest
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HostFilesLabTest {
    private static final String HELPER = "/usr/local/sbin/axm-host";
    private static final Lease LEASE = new Lease("h1", 1, "a test", "0f1d6f0e-52b8-4a9c-8f0f-6a0c2f6f9b1d");

    private final Machines machines = new Machines(LabHosts.REFERENCES);
    private final SshFiles files = LabHosts.files(machines);

    @AfterEach
    void close() {
        machines.close();
    }

    @Test
    @Order(1)
    void a_host_without_the_helper_says_how_to_enroll_it(Lab lab) {
        assertThat(files.look(LabHosts.of(lab.host()), "acme"))
                .isInstanceOfSatisfying(AccessObservation.Unknown.class, unknown -> {
                    assertThat(unknown.why().code()).isEqualTo(Code.HOST_NOT_ENROLLED);
                    assertThat(unknown.why().help()).contains("axm host enroll h1");
                });
    }

    @Test
    @Order(2)
    void enrolled_twice_it_answers(Lab lab) {
        Host host = LabHosts.of(lab.host());
        lab.exec(lab.host(), "rm", "/etc/sudoers.d/lab").ok();
        Enrollment enrollment = new Enrollment(machines);
        List<Check> first = enrollment.enroll(host, "root");
        assertThat(first).anyMatch(check -> check.what().startsWith("pgbouncer.service: stopped and disabled"));
        assertThat(enrollment.enroll(host, "root"))
                .as("Debian's pooler was stopped the first time")
                .isEqualTo(first.stream()
                        .filter(check -> !check.what().startsWith("pgbouncer.service:"))
                        .toList());
        assertThat(lab.exec(lab.host(), "ls", "-A", "/usr/local/sbin").ok()).isEqualTo("axm-host\n");
        Seen seen = seen(host);
        assertThat(seen.facts().helperVersion()).isEqualTo(Enrollment.version());
        assertThat(seen.facts().client()).isEqualTo(lab.control());
        assertThat(seen.facts().serverVersion()).isGreaterThanOrEqualTo(150000);
        assertThat(seen.access()).isEqualTo(Access.NONE);
        assertThat(seen.certificate()).isNotNull();
        List<Check> doctor = new ArrayList<>(
                MachineChecks.of(host, seen, Enrollment.version(), seen.facts().now(), Instant.now()));
        doctor.addAll(ServerChecks.of(host, LabHosts.targets(machines)));
        assertThat(doctor).isNotEmpty().allMatch(check -> check.status() == Check.Status.OK);
    }

    @Test
    @Order(3)
    void one_who_may_not_become_root_can_not_enroll(Lab lab) {
        var refused = catchThrowableOfType(
                AxiomException.class, () -> new Enrollment(machines).enroll(LabHosts.of(lab.host()), null));
        assertThat(refused.code()).isEqualTo(Code.HOST_NOT_ENROLLED);
        assertThat(refused.diagnostics().getFirst().help()).contains("--as root");
    }

    @Test
    @Order(4)
    void what_is_set_is_seen_and_confirmed(Lab lab) throws Exception {
        Host host = LabHosts.of(lab.host());
        lab.exec(lab.host(), "runuser", "-u", "postgres", "--", "psql", "-qc", "create database sq_shop_main")
                .ok();
        lab.exec(lab.host(), "runuser", "-u", "postgres", "--", "psql", "-qc", "create role shop_main_rw login")
                .ok();
        assertThat(seen(host).unfit()).isEmpty();
        files.setAccess(host, "acme", LEASE, access("198.51.100.0/24"));
        assertThat(seen(host).access()).isEqualTo(access("198.51.100.0/24"));
        assertThat(pending(lab)).isEmpty();
    }

    @Test
    @Order(5)
    void a_change_that_can_not_be_proved_is_not_confirmed_and_the_failure_says_what_comes(Lab lab) {
        Host host = LabHosts.of(lab.host());
        SshFiles shutOut = new SshFiles(
                machines,
                (_, _) -> {
                    throw new HostFailure("28000", "no pg_hba.conf entry", null);
                },
                Instant::now);
        HostFailure failure = catchThrowableOfType(
                HostFailure.class, () -> shutOut.setAccess(host, "acme", LEASE, access("203.0.113.0/24")));
        assertThat(failure.isRefusal()).isFalse();
        assertThat(failure)
                .hasMessageContaining("no pg_hba.conf entry")
                .hasMessageMatching(".*puts back what was before by itself, by 20\\d\\d-.*Z");
        assertThat(pending(lab)).isNotEmpty();
        assertThat(seen(host).disorders()).anySatisfy(d -> assertThat(d.layer()).isEqualTo("pending"));
    }

    @Test
    @Order(6)
    void a_connection_cut_in_the_middle_of_a_change_leaves_an_unknown_outcome_and_nothing_half_done(Lab lab)
            throws Exception {
        Host host = LabHosts.of(lab.host());
        lab.exec(lab.host(), "mv", HELPER, "/root/axm-host").ok();
        // The lock tells when the helper, which nobody listens to any more, has come to its end.
        String cutting = "#!/bin/sh\nexec 9> /root/end\nflock 9\ncat > /root/request\npkill -9 -u axiomdb sshd\n"
                + "/root/axm-host < /root/request 9>&-\n";
        lab.execWith(lab.host(), cutting, "tee", HELPER).ok();
        lab.exec(lab.host(), "chmod", "755", HELPER).ok();
        HostFailure failure = catchThrowableOfType(
                HostFailure.class, () -> files.setAccess(host, "acme", LEASE, access("192.0.2.0/24")));
        assertThat(failure.isRefusal()).isFalse();
        assertThat(failure).hasMessageContaining("the connection ended after the change was sent");
        lab.exec(lab.host(), "flock", "/root/end", "mv", "/root/axm-host", HELPER)
                .ok();
        assertThat(seen(host).disorders()).allSatisfy(d -> assertThat(d.layer()).isEqualTo("pending"));
        assertThat(seen(host).access()).isIn(access("198.51.100.0/24"), access("192.0.2.0/24"));
        files.setAccess(host, "acme", LEASE, access("192.0.2.0/24"));
        assertThat(seen(host).access()).isEqualTo(access("192.0.2.0/24"));
        assertThat(pending(lab)).isEmpty();
    }

    @Test
    @Order(7)
    void a_refusal_has_the_hosts_words_and_is_a_definite_no(Lab lab) {
        Host host = LabHosts.of(lab.host());
        SshFiles late =
                new SshFiles(machines, LabHosts::prove, () -> Instant.now().plus(1, ChronoUnit.HOURS));
        HostFailure skew = catchThrowableOfType(
                HostFailure.class, () -> late.setAccess(host, "acme", LEASE, access("203.0.113.0/24")));
        assertThat(skew.isRefusal()).isTrue();
        assertThat(skew).hasMessageContaining("(CLOCK_SKEW)");
        lab.exec(lab.host(), "ufw", "disable").ok();
        HostFailure off = catchThrowableOfType(
                HostFailure.class, () -> files.setAccess(host, "acme", LEASE, access("203.0.113.0/24")));
        assertThat(off.isRefusal()).isTrue();
        assertThat(off).hasMessageContaining("(FIREWALL_INACTIVE)");
        assertThat(off.help()).isNotEmpty();
        assertThat(seen(host).unfit()).anySatisfy(u -> assertThat(u.code()).isEqualTo(Code.HOST_UNFIT));
    }

    @Test
    @Order(8)
    void a_database_is_copied_while_the_lease_is_held_and_not_otherwise(Lab lab) throws Exception {
        Host host = LabHosts.of(lab.host());
        assertThat(seen(host).facts().dumps()).isTrue();
        String to = "axm_new_0123456789abcdef";
        String login = "axm_run_0123456789abcdef";
        psql(lab, "postgres", "create role shop_main_owner");
        psql(
                lab,
                "postgres",
                "create role " + login + " login noinherit password 'for-this-test' in role shop_main_owner");
        psql(lab, "postgres", "create database " + to + " template template0");
        psql(lab, "postgres", "revoke all on database " + to + " from public");
        psql(lab, "postgres", "grant connect on database " + to + " to " + login);
        psql(lab, to, "alter schema public owner to shop_main_owner");
        psql(lab, "sq_shop_main", "create table goods as select 42 as n");
        DumpCopy copy = new DumpCopy("sq_shop_main", to, false, login, Secret.of("for-this-test"), "shop_main_owner");
        HostFailure alone = catchThrowableOfType(HostFailure.class, () -> files.copy(host, "acme", LEASE, copy));
        assertThat(alone.isRefusal()).isTrue();
        assertThat(alone).hasMessageContaining("(STALE_EPOCH)");
        try (var _ = new PostgresWriter(LabHosts.targets(machines), ClientTools::none).open(host, LEASE)) {
            files.copy(host, "acme", LEASE, copy);
            assertThat(psql(lab, to, "select n || tableowner from goods, pg_tables where tablename = 'goods'"))
                    .isEqualTo("42shop_main_owner\n");
            HostFailure full = catchThrowableOfType(HostFailure.class, () -> files.copy(host, "acme", LEASE, copy));
            assertThat(full).hasMessageContaining("not empty");
        }
    }

    private static String psql(Lab lab, String database, String sql) {
        return lab.exec(lab.host(), "runuser", "-u", "postgres", "--", "psql", "-XAtqd", database, "-c", sql)
                .ok();
    }

    private Seen seen(Host host) {
        AccessObservation observation = files.look(host, "acme");
        assertThat(observation).isInstanceOf(Seen.class);
        return (Seen) observation;
    }

    private static String pending(Lab lab) {
        return lab.exec(lab.host(), "ls", "/var/lib/axm/pending").ok();
    }

    private static Access access(String range) {
        Cidr cidr = ((Cidr.Read.Range) Cidr.read(range)).cidr();
        TreeMap<String, SortedSet<String>> branches = new TreeMap<>();
        branches.put("sq_shop_main", new TreeSet<>(List.of("shop_main_rw")));
        return new Access(
                branches,
                new TreeSet<>(List.of(new Access.Entry(Access.Port.DIRECT, "sq_shop_main", cidr, null))),
                new TreeSet<>(List.of(new Access.Opening(5432, cidr, null))));
    }
}
