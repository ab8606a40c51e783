package io.axiomdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.core.Code;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.registry.Applied;
import io.axiomdb.registry.Registry;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A file alone does not decide where a secret goes. */
class TrustTest {
    private static final String KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0u1p2b9q0oYv3m1j8m8c6i6v4h1m1vZ8d9b1w3K2xY";
    private static final String OTHER =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0u1p2b9q0oYv3m1j8m8c6i6v4h1m1vZ8d9b1w3K2xZ";
    private static final SortedSet<String> NOBODY = new TreeSet<>();

    private static final String DIRECT = """
                postgres: { url: "postgresql://db1.acme.example:5432/postgres", user: axiomdb, password: "env:DB1" }
                tls: verify-full
            """;

    private static final String MACHINE = """
                postgres: { url: "postgresql://127.0.0.1:5432/postgres", user: axiomdb, password: "env:DB1" }
                tls: required
                ssh:
                  address: db1.acme.example
                  port: 22
                  user: axiomdb
                  key: "file:/etc/axiomdb/id"
                  host_keys: ["%s"]
                  jump: { address: bastion.acme.example, port: 22, user: jump, key: "file:/etc/axiomdb/jump", host_keys: ["%s"] }
            """.formatted(KEY, KEY);

    private static Host host(String fields) {
        Desired desired = Installation.desired("version: 1\norganization: acme\nhosts:\n  db1:\n" + fields);
        return Objects.requireNonNull(desired.hosts().get("db1"));
    }

    private static Registry registry(Host host, boolean complete) {
        TreeMap<ResourceKey, Applied> applied = new TreeMap<>();
        Desired desired =
                Installation.desired("version: 1\norganization: acme\nhosts:\n  db1: { postgres: embedded }\n");
        ResourceKey key = ResourceKey.host("db1");
        applied.put(key, new Applied("1", new Fields(host.fields(), desired.origin()), complete, true));
        return new Registry("acme", true, List.of(), applied, new TreeMap<>());
    }

    private static void isNew(Host before, Host now) {
        assertThat(Trust.of(registry(before, true), NOBODY).objection(now)).hasValueSatisfying(why -> {
            assertThat(why.code()).isEqualTo(Code.NEW_ADDRESS);
            assertThat(why.detail()).contains(" -> ");
            assertThat(why.help()).contains("--trust-address db1");
        });
        assertThat(Trust.of(registry(before, true), new TreeSet<>(List.of("db1")))
                        .objection(now))
                .isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> another_value_of_anything_that_decides_who_gets_a_secret_is_a_new_address() {
        Stream<String[]> direct = Stream.of(
                        "db1.acme.example:5432|db1.evil.example:5432",
                        ":5432/|:6432/",
                        "/postgres\"|/other\"",
                        "user: axiomdb|user: postgres",
                        "env:DB1|env:DB2",
                        "env:DB1|file:/etc/axiomdb/db1",
                        "\"env:DB1\"|\"env:DB1\", auth: md5",
                        "verify-full|required")
                .map(pair -> (DIRECT + "|" + pair).split("\\|"));
        Stream<String[]> machine = Stream.of(
                        "127.0.0.1:5432|127.0.0.1:5433",
                        "127.0.0.1:5432|10.0.0.1:5432",
                        "tls: required|tls: disable",
                        "address: db1.acme.example|address: db1.evil.example",
                        "port: 22\n|port: 23\n",
                        "user: axiomdb\n|user: root\n",
                        "axiomdb/id|axiomdb/other",
                        "host_keys: [\"" + KEY + "\"]\n|host_keys: [\"" + OTHER + "\"]\n",
                        "host_keys: [\"" + KEY + "\"]\n|host_keys: [\"" + KEY + "\", \"" + OTHER + "\"]\n",
                        "bastion.acme|bastion.evil",
                        "port: 22,|port: 23,",
                        "user: jump|user: other",
                        "axiomdb/jump|axiomdb/id",
                        "host_keys: [\"" + KEY + "\"] }|host_keys: [\"" + OTHER + "\"] }",
                        "  jump:|  # jump:")
                .map(pair -> (MACHINE + "|" + pair).split("\\|"));
        return Stream.concat(direct, machine)
                .map(change -> DynamicTest.dynamicTest(change[1].strip() + " -> " + change[2].strip(), () -> {
                    String changed = change[0].replace(change[1], change[2]);
                    assertThat(changed).isNotEqualTo(change[0]);
                    isNew(host(change[0]), host(changed));
                }));
    }

    @Test
    void what_was_applied_is_trusted_also_under_another_name_and_whatever_else_changed() {
        for (String fields : List.of(DIRECT, MACHINE)) {
            Trust trust = Trust.of(registry(host(fields), true), NOBODY);

            assertThat(trust.objection(host(fields))).isEmpty();
            assertThat(trust.objection(host(fields + "    public_endpoint: elsewhere.acme.example\n")))
                    .isEmpty();
            Desired renamed = Installation.desired("version: 1\norganization: acme\nhosts:\n  db2:\n" + fields);
            assertThat(trust.objection(Objects.requireNonNull(renamed.hosts().get("db2"))))
                    .isEmpty();
        }
    }

    @Test
    void what_was_only_begun_is_not_trusted_and_what_nobody_applied_neither() {
        Host host = host(DIRECT);

        assertThat(Trust.of(registry(host, false), NOBODY).objection(host)).isPresent();
        Registry nothing = new Registry("acme", false, List.of(), new TreeMap<>(), new TreeMap<>());
        assertThat(Trust.of(nothing, NOBODY).objection(host))
                .hasValueSatisfying(why -> assertThat(why.detail())
                        .contains("postgres.address db1.acme.example", "postgres.password env:DB1", "tls verify-full"));
        assertThat(Trust.of(nothing, NOBODY).objection(host("    postgres: embedded\n")))
                .isEmpty();
    }
}
