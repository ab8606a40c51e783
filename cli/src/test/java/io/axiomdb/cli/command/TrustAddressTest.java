package io.axiomdb.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.core.Origin;
import io.axiomdb.core.SecretRef;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.registry.Registry;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who may say that an address is the right one, and when it is asked. */
class TrustAddressTest {
    private final FakeWorld world = new FakeWorld();

    @BeforeEach
    void declare_two_hosts() {
        world.desired = new Desired(
                "acme",
                new TreeMap<>(),
                new TreeMap<>(Map.of("db1", host("db1"), "db2", host("db2"))),
                new TreeMap<>(),
                Origin.UNKNOWN);
    }

    private void first() {
        world.registry = new Registry("acme", false, List.of(), new TreeMap<>(), new TreeMap<>());
    }

    @Test
    void the_first_apply_shows_all_addresses_and_asks_once() {
        first();
        world.interactive = true;
        world.typed = "yes\nyes\n";

        assertThat(world.run("apply")).isEqualTo(Exit.OK);
        assertThat(world.out())
                .contains("first apply of acme")
                .contains("db1: postgres.address db1.acme.example")
                .contains("db2: postgres.address db2.acme.example")
                .contains("postgres.password env:DB1", "tls required");
        assertThat(world.requests.getFirst().trusted()).containsExactly("db1", "db2");
    }

    @Test
    void whoever_does_not_say_yes_has_contacted_nobody() {
        first();
        world.interactive = true;
        world.typed = "y\n";

        assertThat(world.run("apply")).isEqualTo(Exit.REFUSED);
        assertThat(world.requests).isEmpty();
        assertThat(world.err()).contains("Nothing was contacted");
    }

    @Test
    void the_first_apply_asks_only_for_what_is_not_named() {
        first();
        world.interactive = true;
        world.typed = "yes\nyes\n";

        assertThat(world.run("apply", "--trust-address", "db1")).isEqualTo(Exit.OK);
        assertThat(world.out()).contains("  db2: ").doesNotContain("  db1: ");
        assertThat(world.err()).contains("trusts the address of db1: postgres.address db1.acme.example");
    }

    @Test
    void without_a_terminal_or_with_approval_beforehand_each_host_has_to_be_named() {
        first();
        assertThat(world.run("apply", "--auto-approve")).isEqualTo(Exit.OK);
        assertThat(world.requests.getLast().trusted()).isEmpty();
        world.interactive = true;
        assertThat(world.run("apply", "--auto-approve", "--trust-address", "db2"))
                .isEqualTo(Exit.OK);
        assertThat(world.requests.getLast().trusted()).containsExactly("db2");
        assertThat(world.out()).doesNotContain("first apply");
    }

    @Test
    void later_applies_ask_for_the_plan_alone() {
        world.interactive = true;
        world.typed = "yes\n";

        assertThat(world.run("apply")).isEqualTo(Exit.OK);
        assertThat(world.out()).doesNotContain("first apply");
        assertThat(world.requests.getFirst().trusted()).isEmpty();
    }

    @Test
    void plan_doctor_export_and_enroll_take_the_name_for_one_run_and_show_the_address() {
        assertThat(world.run("plan", "--trust-address", "db1", "--trust-address", "db2"))
                .isEqualTo(Exit.OK);
        assertThat(world.requests.getLast().trusted()).containsExactly("db1", "db2");
        assertThat(world.out()).contains("--trust-address db1 --trust-address db2");
        assertThat(world.err()).contains("trusts the address of db2: ");
        for (String[] command : List.of(
                new String[] {"doctor", "db1", "--trust-address", "db1"},
                new String[] {"export", "--host", "db1", "--trust-address", "db1"},
                new String[] {"host", "enroll", "db1", "--trust-address", "db1"})) {
            world.vouched = new TreeSet<>();
            world.err.reset();
            assertThat(world.run(command)).as(String.join(" ", command)).isEqualTo(Exit.OK);
            assertThat(world.vouched).containsExactly("db1");
            assertThat(world.err()).contains("trusts the address of db1: postgres.address db1.acme.example");
        }
        assertThat(world.recorded).isEmpty();
    }

    @Test
    void adopting_all_asks_for_addresses_before_it_looks_for_what_is_there() {
        first();
        world.interactive = true;
        world.typed = "yes\n";

        assertThat(world.run("adopt", "--all")).isEqualTo(Exit.OK);
        assertThat(world.requests.getFirst().trusted()).containsExactly("db1", "db2");
        assertThat(world.out()).contains("first apply of acme");
    }

    @Test
    void a_host_that_is_not_in_the_file_can_not_be_named() {
        assertThat(world.run("plan", "--trust-address", "db9")).isEqualTo(Exit.ERROR);
        assertThat(world.err()).contains("AX0201").contains("db1, db2");
        assertThat(world.requests).isEmpty();
    }

    private static Host host(String name) {
        SecretRef key = new SecretRef(SecretRef.Kind.ENV, "KEY");
        return new Host(
                name,
                new Host.Server(
                        name + ".acme.example",
                        5432,
                        "postgres",
                        "axiomdb",
                        new SecretRef(SecretRef.Kind.ENV, name.toUpperCase(Locale.ROOT))),
                new Host.Ssh(name + ".acme.example", 22, "axiomdb", key, new TreeSet<>(), null),
                Host.Firewall.UFW,
                new Host.Certificate.Issued(),
                null,
                null,
                null,
                Host.Tls.REQUIRED,
                Origin.UNKNOWN);
    }
}
