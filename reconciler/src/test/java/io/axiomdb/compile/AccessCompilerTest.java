package io.axiomdb.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.compile.AccessWant.Reason;
import io.axiomdb.core.Cidr;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Network.Mode;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.Access;
import io.axiomdb.host.Access.Port;
import io.axiomdb.load.Loaded;
import io.axiomdb.load.Loader;
import io.axiomdb.testing.TextSource;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The specification's table of modes and rules, every cell of it. */
class AccessCompilerTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String RULE = "office: { label: Office, cidr: 203.0.113.0/24 }";

    /** Who gets in: everybody, those of the rule, or nobody. */
    private enum Who {
        ANYONE,
        ALLOWED,
        NOBODY
    }

    private record Cell(Mode mode, boolean rule, Who runtime, Who direct) {}

    private static final Stream<Cell> TABLE = Stream.of(
            new Cell(Mode.RESTRICTED, true, Who.ALLOWED, Who.ALLOWED),
            new Cell(Mode.RESTRICTED, false, Who.NOBODY, Who.NOBODY),
            new Cell(Mode.PUBLIC_RUNTIME, true, Who.ANYONE, Who.ALLOWED),
            new Cell(Mode.PUBLIC_RUNTIME, false, Who.ANYONE, Who.NOBODY),
            new Cell(Mode.PUBLIC_ALL, true, Who.ANYONE, Who.ANYONE),
            new Cell(Mode.PUBLIC_ALL, false, Who.ANYONE, Who.ANYONE));

    @TestFactory
    Stream<DynamicTest> the_table_of_modes_and_rules() {
        return TABLE.map(cell -> DynamicTest.dynamicTest(cell.toString(), () -> {
            String confirm = cell.mode() == Mode.PUBLIC_ALL ? ", confirm: shop" : "";
            Desired desired =
                    desired("mode: " + cell.mode().word() + confirm + ", rules: {" + (cell.rule() ? RULE : "") + "}");
            Access access = compile(desired).access();
            for (String client : new String[] {"203.0.113.9/32", "198.51.100.1/32", "2001:db8::1/128"}) {
                boolean allowed = client.startsWith("203.");
                lets(access, Port.RUNTIME, 6432, client, cell.runtime(), allowed);
                lets(access, Port.DIRECT, 5432, client, cell.direct(), allowed);
            }
        }));
    }

    private static void lets(Access access, Port port, int number, String client, Who who, boolean allowed) {
        boolean expected = switch (who) {
            case ANYONE -> true;
            case ALLOWED -> allowed;
            case NOBODY -> false;
        };
        Cidr address = cidr(client);
        assertThat(access.entries().stream()
                        .anyMatch(e -> e.port() == port && e.cidr().covers(address)))
                .as(port + " " + client)
                .isEqualTo(expected);
        assertThat(access.openings().stream()
                        .anyMatch(o -> o.port() == number && o.cidr().covers(address)))
                .as("firewall " + number + " " + client)
                .isEqualTo(expected);
    }

    @Test
    void each_entry_knows_what_asked_for_it() {
        Desired desired = desired("mode: restricted, rules: { low: { label: L, cidr: 203.0.113.0/25, ports: direct },"
                + " high: { label: H, cidr: 203.0.113.128/25, ports: direct },"
                + " inner: { label: I, cidr: 203.0.113.5/32, ports: direct, expires_at: \"2026-05-01T00:00:00Z\" } }");
        AccessWant want = compile(desired);
        assertThat(want.access().entries()).hasToString("[direct sq_shop_main from 203.0.113.0/24]");
        assertThat(want.reasons().values())
                .singleElement()
                .satisfies(reasons -> assertThat(reasons)
                        .extracting(Reason::resource)
                        .containsExactly(
                                ResourceKey.networkRule("shop", "high"), ResourceKey.networkRule("shop", "low")));
        assertThat(want.reasons().values().iterator().next().getFirst().source().known())
                .isTrue();
        assertThat(want.branches()).containsEntry("sq_shop_main", ResourceKey.branch("shop", "main"));
    }

    @Test
    void what_has_expired_lets_nobody_in() {
        Desired desired = desired(
                "mode: restricted, rules: { ci: { label: C, cidr: 203.0.113.5/32, expires_at: \"2026-05-01T00:00:00Z\" } }");
        assertThat(compile(desired).access().entries()).hasSize(2);
        Instant end = Instant.parse("2026-05-01T00:00:00Z");
        AccessWant after =
                Objects.requireNonNull(AccessCompiler.compile(desired, end).get("db1"));
        assertThat(after.access().entries()).isEmpty();
        assertThat(after.access().openings()).isEmpty();
        assertThat(after.access().branches()).hasSize(1);
    }

    private static AccessWant compile(Desired desired) {
        return Objects.requireNonNull(AccessCompiler.compile(desired, NOW).get("db1"));
    }

    private static Desired desired(String network) {
        Loaded loaded = Loader.load(TextSource.of("""
                        version: 1
                        organization: acme
                        hosts:
                          db1:
                            postgres: { url: "postgresql://127.0.0.1:5432/postgres" }
                            ssh:
                              address: db1.acme.example
                              key: "file:key"
                              host_keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0u1p2b9q0oYv3m1j8m8c6i6v4h1m1vZ8d9b1w3K2xY"]
                            ports: { runtime: 6432 }
                        projects:
                          shop: { host: db1, network: { %s } }
                        """.formatted(network)), NOW);
        assertThat(loaded.errors()).as(loaded.diagnostics().toString()).isZero();
        return Objects.requireNonNull(loaded.desired());
    }

    private static Cidr cidr(String text) {
        return ((Cidr.Read.Range) Cidr.read(text)).cidr();
    }
}
