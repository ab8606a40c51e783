package io.axiomdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.axiomdb.adapter.postgres.PostgresReader;
import io.axiomdb.adapter.postgres.PostgresWriter;
import io.axiomdb.adapter.postgres.Target;
import io.axiomdb.adapter.postgres.tools.ClientTools;
import io.axiomdb.adapter.secrets.References;
import io.axiomdb.apply.Progress;
import io.axiomdb.audit.Actor;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Kind;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.plan.Asked;
import io.axiomdb.plan.Blocked;
import io.axiomdb.plan.Change;
import io.axiomdb.port.ControlPlane.AuditQuery;
import io.axiomdb.testing.adversary.Impostor;
import io.axiomdb.testing.adversary.Impostor.Ask;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Somebody's branch of the file names an address and a secret; the real adapters decide whether one gets to the other. */
class TrustedAddressesTest {
    private static final String WEAK = "weak-password";
    private static final String PROJECT = "trusted";

    private final Installation installation = Installation.of(18);
    private final Engine engine = engine();

    private Impostor impostor = Impostor.that(Ask.MD5);

    @BeforeEach
    void listen() {
        impostor.close();
        impostor = Impostor.that(Ask.MD5);
    }

    @AfterEach
    void clean() {
        impostor.close();
        installation.drop(PROJECT);
        installation.close();
    }

    private Engine engine() {
        References references = new References(
                Map.of("WEAK", WEAK, "ADMIN", installation.host.password().reveal()), Path.of("/"), Path.of("/"));
        Function<Host, Target> targets = Target.of(
                references,
                () -> {
                    throw new AssertionError("no host is embedded");
                },
                (_, _) -> {
                    throw new AssertionError("no host has ssh");
                });
        Outside known = installation.outside;
        return new Engine(new Outside(
                known.controlPlane(),
                known.secrets(),
                known.leases(),
                new PostgresReader(targets),
                new PostgresWriter(targets, ClientTools::none),
                known.files(),
                known.authority(),
                known.hasher(),
                known.random(),
                known.holder()));
    }

    private static Request request(String... trusted) {
        SortedSet<String> hosts = new TreeSet<>(List.of(trusted));
        return new Request(
                new Actor("dba@acme.example", false, null, "test"), "manual", null, Asked.of(Set.of(), 1), hosts);
    }

    private Desired desired(int port, String password, String auth) {
        return Installation.desired("""
                version: 1
                organization: acme
                hosts:
                  db1:
                    tls: disable
                    postgres: { url: "postgresql://127.0.0.1:%d/postgres", user: %s, password: "%s", auth: %s }
                  db2:
                    tls: disable
                    postgres: { url: "postgresql://127.0.0.1:%d/postgres", user: %s, password: "env:WEAK", auth: md5 }
                projects:
                  %s: { host: db1 }
                  lured: { host: db2 }
                """.formatted(
                port, installation.host.user(), password, auth, impostor.port(), installation.host.user(), PROJECT));
    }

    private Desired real() {
        return desired(installation.host.port(), "env:ADMIN", "scram");
    }

    private ApplyReport apply(Desired desired, Request request) {
        String digest = engine.plan(desired, request).plan().digest().hex();
        return engine.apply(desired, request, digest, Progress.NONE, () -> false);
    }

    @Test
    void a_host_that_nobody_trusts_is_shown_as_new_and_not_contacted_and_the_rest_goes_on() {
        Planned planned = engine.plan(real(), request("db1"));

        assertThat(impostor.visits()).isZero();
        assertThat(planned.complete()).isFalse();
        assertThat(planned.looks())
                .filteredOn(look -> look.unreachable() != null)
                .singleElement()
                .satisfies(look -> {
                    assertThat(look.host()).isEqualTo("db2");
                    assertThat(Objects.requireNonNull(look.unreachable()).code())
                            .isEqualTo(Code.NEW_ADDRESS);
                });
        assertThat(planned.plan().changes())
                .extracting(Change::resource)
                .contains(ResourceKey.host("db1"), ResourceKey.branch(PROJECT, "main"))
                .doesNotContain(ResourceKey.host("db2"), ResourceKey.project("lured"));
        assertThat(planned.plan().blocked())
                .extracting(Blocked::resource)
                .contains(ResourceKey.host("db2"), ResourceKey.project("lured"), ResourceKey.branch("lured", "main"));
    }

    @Test
    void apply_makes_trust_lasting_for_exactly_what_was_named() {
        assertThat(apply(real(), request("db1")).results())
                .allSatisfy(r -> assertThat(r.why()).isNull());
        assertThat(impostor.visits()).isZero();

        // From now on without a word; and the other host is as new as before.
        assertThat(engine.plan(real(), request()).plan().changes()).isEmpty();
        assertThat(apply(real(), request()).results()).isEmpty();
        assertThat(engine.drift("acme", request()).complete()).isTrue();
        assertThat(impostor.visits()).isZero();
        assertThat(installation.controlPlane.audit("acme", new AuditQuery(100, null, null, null)))
                .anySatisfy(row -> {
                    assertThat(row.entry().target()).isEqualTo(ResourceKey.host("db1"));
                    assertThat(row.entry().newValue())
                            .containsEntry("postgres.password", "env:ADMIN")
                            .containsEntry("postgres.port", String.valueOf(installation.host.port()));
                });
    }

    @Test
    void a_text_that_sends_a_trusted_hosts_secret_elsewhere_is_not_followed() {
        apply(real(), request("db1"));

        for (Desired evil : List.of(
                desired(impostor.port(), "env:ADMIN", "scram"),
                desired(impostor.port(), "env:ADMIN", "md5"),
                desired(installation.host.port(), "env:WEAK", "scram"),
                desired(installation.host.port(), "env:ADMIN", "md5"))) {
            Planned planned = engine.plan(evil, request());
            assertThat(planned.looks())
                    .filteredOn(look -> look.host().equals("db1"))
                    .singleElement()
                    .satisfies(look -> assertThat(look.unreachable()).isNotNull());
            assertThat(planned.plan().changes()).noneMatch(c -> c.resource().kind() == Kind.HOST);
            ApplyReport report = apply(evil, request());
            assertThat(report.results()).isEmpty();
        }
        assertThat(impostor.visits()).isZero();
        // What was applied is still what is trusted.
        assertThat(engine.plan(real(), request()).plan().changes()).isEmpty();
    }

    @Test
    void trust_for_one_run_is_forgotten_and_a_host_that_never_let_us_in_is_not_remembered() {
        Planned planned = engine.plan(real(), request("db1", "db2"));
        assertThat(impostor.visits()).isPositive();
        assertThat(planned.plan().notices()).anyMatch(why -> why.code() == Code.MD5_LOGIN);
        int visits = impostor.visits();

        assertThat(engine.plan(real(), request()).plan().blocked()).isNotEmpty();
        assertThat(impostor.visits()).isEqualTo(visits);
    }

    @Test
    void network_questions_go_to_trusted_hosts_only() {
        NetworkLook look = engine.network(real(), real().hosts().values());

        assertThat(look.seen().values())
                .allSatisfy(seen -> assertThat(seen).isInstanceOf(AccessObservation.Unknown.class));
        assertThat(impostor.visits()).isZero();
    }

    @Test
    void a_plan_that_was_made_with_trust_is_not_applied_without() {
        String digest = engine.plan(real(), request("db1")).plan().digest().hex();

        assertThatThrownBy(() -> engine.apply(real(), request(), digest, Progress.NONE, () -> false))
                .isInstanceOfSatisfying(
                        AxiomException.class, e -> assertThat(e.code()).isEqualTo(Code.STALE_PLAN));
    }
}
