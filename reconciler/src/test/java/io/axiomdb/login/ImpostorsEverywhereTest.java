package io.axiomdb.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.axiomdb.adapter.controlplane.ControlPlaneDatabase;
import io.axiomdb.adapter.controlplane.JdbcTarget;
import io.axiomdb.adapter.postgres.AdministratorLogin;
import io.axiomdb.adapter.postgres.PostgresReader;
import io.axiomdb.adapter.postgres.PostgresWriter;
import io.axiomdb.adapter.postgres.ServerChecks;
import io.axiomdb.adapter.postgres.Target;
import io.axiomdb.adapter.postgres.tools.ClientTools;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Secret;
import io.axiomdb.desired.Host;
import io.axiomdb.engine.Installation;
import io.axiomdb.host.Check;
import io.axiomdb.host.Observation;
import io.axiomdb.host.Probe;
import io.axiomdb.port.HostWriter.HostFailure;
import io.axiomdb.port.SecretsKey;
import io.axiomdb.registry.Lease;
import io.axiomdb.testing.adversary.Impostor;
import io.axiomdb.testing.adversary.Impostor.Ask;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever AxiomDB wants from a server, one that is not the server gets no password for it. */
class ImpostorsEverywhereTest {
    private static final String USER = "axiomdb";
    private static final String PASSWORD = "a password";
    private static final String DIRECT = "tls: disable";
    private static final String MACHINE =
            """
            ssh: { address: db1.acme.example, key: "file:/k", host_keys: ["%s"] }""".formatted("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0u1p2b9q0oYv3m1j8m8c6i6v4h1m1vZ8d9b1w3K2xY");

    /** Those who take their time are met in DoorTest. */
    private static final String SLOW = "SILENCE|DRIP|HUGE_MESSAGE";

    private static Host host(int port, String more) {
        return Objects.requireNonNull(
                Installation.desired("""
                version: 1
                organization: acme
                hosts:
                  db1:
                    postgres: { url: "postgresql://127.0.0.1:%d/postgres", user: %s, password: "env:DB1" }
                    %s
                """.formatted(port, USER, more)).hosts().get("db1"));
    }

    /** As the command line joins them; a tunnel is a port of our own that leads to whoever answers at its end. */
    private static Function<Host, Target> targets(Impostor impostor) {
        return Target.of(
                _ -> Secret.of(PASSWORD),
                () -> {
                    throw new AssertionError("not embedded");
                },
                (_, _) -> impostor.port());
    }

    private static void gotNothing(Impostor impostor, String from) {
        assertThat(impostor.visits()).as(from).isPositive();
        assertThat(impostor.learned(USER, PASSWORD)).as(from).isFalse();
        assertThat(impostor.wasBelieved()).as(from).isFalse();
    }

    @ParameterizedTest
    @EnumSource(value = Ask.class, mode = EnumSource.Mode.MATCH_NONE, names = SLOW)
    void a_look_a_doctor_a_proof_and_an_apply_tell_an_impostor_nothing_directly_or_through_a_tunnel(Ask ask) {
        for (String way : List.of(DIRECT, MACHINE)) {
            try (Impostor impostor = Impostor.that(ask)) {
                Host host = host(impostor.port(), way);
                PostgresReader reader = new PostgresReader(targets(impostor));

                assertThat(reader.look(host, new Probe(new TreeSet<>(), new TreeMap<>())))
                        .isInstanceOf(Observation.Unreachable.class);
                assertThatThrownBy(() -> reader.inventory(host)).isInstanceOf(AxiomException.class);
                assertThat(ServerChecks.of(host, targets(impostor)))
                        .anyMatch(check -> check.status() == Check.Status.BAD);
                assertThatThrownBy(
                                () -> AdministratorLogin.prove(targets(impostor).apply(host)))
                        .isInstanceOf(HostFailure.class);
                assertThatThrownBy(() -> new PostgresWriter(targets(impostor), ClientTools::none)
                                .open(host, new Lease("db1", 1, "me", "line")))
                        .isInstanceOf(AxiomException.class);
                gotNothing(impostor, way);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Ask.class,
            names = {"CLEARTEXT", "MD5", "NOTHING", "SCRAM_CUT_SHORT"})
    void a_plan_says_that_a_server_asks_as_an_impostor_would(Ask ask) {
        try (Impostor impostor = Impostor.that(ask)) {
            Host host = host(impostor.port(), DIRECT);

            assertThat(new PostgresReader(targets(impostor)).look(host, new Probe(new TreeSet<>(), new TreeMap<>())))
                    .isInstanceOfSatisfying(Observation.Unreachable.class, why -> {
                        assertThat(why.why().code()).isEqualTo(Code.HOST_IMPOSTOR);
                        assertThat(why.why().help()).contains("scram-sha-256");
                    });
        }
    }

    @ParameterizedTest
    @EnumSource(value = Ask.class, mode = EnumSource.Mode.MATCH_NONE, names = SLOW)
    void a_false_control_plane_gets_nothing(Ask ask) {
        SecretsKey key = new SecretsKey() {
            @Override
            public Sealer open(SortedSet<String> needed) {
                throw new AssertionError("nothing is unsealed");
            }

            @Override
            public Successor successor(SortedSet<String> lost) {
                throw new AssertionError("nothing is unsealed");
            }

            @Override
            public String place() {
                return "nowhere";
            }
        };
        try (Impostor impostor = Impostor.that(ask)) {
            JdbcTarget target = JdbcTarget.parse(
                    "postgresql://" + USER + "@127.0.0.1:" + impostor.port() + "/axm", Secret.of(PASSWORD));

            assertThatThrownBy(() -> ControlPlaneDatabase.open(target, key, ControlPlaneDatabase.LEASE))
                    .isInstanceOf(AxiomException.class)
                    .hasMessageNotContaining(PASSWORD);
            gotNothing(impostor, "control plane");
        }
    }
}
