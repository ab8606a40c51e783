package io.axiomdb.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Origin;
import io.axiomdb.core.SecretRef;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.host.Access;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.host.AccessObservation.EndsPooled;
import io.axiomdb.host.AccessObservation.Facts;
import io.axiomdb.host.Check;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HostCommandsTest {
    private final FakeWorld world = new FakeWorld();

    @BeforeEach
    void hosts() {
        world.desired = new Desired(
                "acme",
                new TreeMap<>(),
                new TreeMap<>(Map.of("db1", host("db1", true), "db2", host("db2", false))),
                new TreeMap<>(),
                Origin.UNKNOWN);
    }

    @Test
    void the_doctor_looks_at_all_hosts_or_at_the_named_ones() {
        assertThat(world.run("doctor")).isEqualTo(Exit.OK);
        assertThat(world.out()).contains("db1").contains("db2").contains("All is well on 2 hosts.");
        world.out.reset();
        assertThat(world.run("doctor", "db2")).isEqualTo(Exit.OK);
        assertThat(world.out()).doesNotContain("db1").contains("on 1 host.");
    }

    @Test
    void what_is_to_be_mended_is_shown_with_how_and_fails() {
        world.checks = List.of(
                Check.note("finding", "a broader line", "take it out"), Check.bad("TLS", "off \u001b[31m", "ssl = on"));
        assertThat(world.run("doctor", "db1")).isEqualTo(Exit.ERROR);
        assertThat(world.out()).contains("BAD  TLS").contains("= ssl = on").contains("1 to mend on 1 host, 1 note.");
        assertThat(world.out()).doesNotContain("\u001b");
        world.out.reset();
        assertThat(world.run("doctor", "db1", "--output", "json")).isEqualTo(Exit.ERROR);
        assertThat(world.out())
                .contains("\"axiomdb.doctor/1\"")
                .contains("\"well\" : false")
                .contains("\"status\" : \"bad\"");
    }

    @Test
    void a_host_that_is_not_there_is_told_with_those_that_are() {
        assertThat(world.run("doctor", "db3")).isEqualTo(Exit.ERROR);
        assertThat(world.err()).contains("AX0201").contains("db1, db2");
    }

    @Test
    void enrolling_says_what_was_done_and_looks_again() {
        assertThat(world.run("host", "enroll", "db1", "--as", "root")).isEqualTo(Exit.OK);
        assertThat(world.enrolledAs).isEqualTo("root");
        assertThat(world.out()).contains("/usr/local/sbin/axm-host").contains("SSH");
    }

    @Test
    void a_host_without_ssh_can_not_be_enrolled() {
        assertThat(world.run("host", "enroll", "db2")).isEqualTo(Exit.ERROR);
        assertThat(world.err()).contains("AX0220").contains("add ssh");
        assertThat(world.enrolledAs).isEqualTo("nobody");
    }

    @Test
    void my_address_is_what_the_host_sees() {
        world.access = new AccessObservation.Seen(
                new Facts("0.1.0", Instant.EPOCH, "203.0.113.7", 150018, null, "1", false),
                Access.NONE,
                List.of(),
                List.of(),
                null,
                List.of(),
                List.of(),
                EndsPooled.DATABASE,
                null,
                List.of());
        assertThat(world.run("network", "my-ip")).isEqualTo(Exit.OK);
        assertThat(world.out()).isEqualTo("203.0.113.7\n");
    }

    @Test
    void an_unreachable_host_can_not_say() {
        Diagnostic why = Diagnostic.of(Code.HOST_UNREACHABLE, "host db1: Connection refused", "check sshd");
        world.access = new AccessObservation.Unknown(why);
        assertThat(world.run("network", "my-ip", "--host", "db1")).isEqualTo(Exit.ERROR);
        assertThat(world.err()).contains("AX0501").contains("Connection refused");
        world.failure = new AxiomException(why);
        assertThat(world.run("doctor")).isEqualTo(Exit.ERROR);
    }

    private static Host host(String name, boolean ssh) {
        SecretRef key = new SecretRef(SecretRef.Kind.ENV, "KEY");
        return new Host(
                name,
                new Host.Server("127.0.0.1", 5432, "postgres", "axiomdb", null),
                ssh ? new Host.Ssh("192.0.2.1", 22, "axiomdb", key, new TreeSet<>(), null) : null,
                Host.Firewall.UFW,
                new Host.Certificate.Issued(),
                null,
                null,
                null,
                Host.Tls.DISABLE,
                Origin.UNKNOWN);
    }
}
