package io.axiomdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.axiomdb.apply.Progress;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Mark;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.engine.Installation.Twins;
import io.axiomdb.host.KeptMark;
import io.axiomdb.host.Observation;
import io.axiomdb.host.Probe;
import io.axiomdb.port.ControlPlane.AuditQuery;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** A registry that is older than the hosts, or another one, closes and destroys nothing on its word. */
@ParameterizedClass
@ValueSource(ints = {14, 15, 18})
class OlderControlPlaneTest {
    private static final String LIMIT = "SELECT rolconnlimit FROM pg_roles WHERE rolname = 'aged_main_rw'";

    private final Installation installation;

    OlderControlPlaneTest(int version) {
        installation = Installation.of(version);
    }

    @BeforeEach
    void apply() {
        assertThat(installation.apply(desired(10)).converged()).isTrue();
    }

    @AfterEach
    void drop() {
        installation.drop("aged");
        installation.close();
    }

    private static Desired desired(int limit) {
        return desired(limit, "");
    }

    private static Desired desired(int limit, String lines) {
        return Installation.desired("""
                version: 1
                organization: acme
                hosts:
                  db1: { postgres: { url: "postgresql://db1.acme.example:5432/postgres" } }
                %s
                projects:
                  aged: { host: db1, branches: { main: { connection_limits: { rw: %d } } } }
                """.formatted(lines, limit));
    }

    private static Request restored() {
        Request request = Installation.request();
        return request.with(request.asked().withRestored("the disk was lost"));
    }

    private static List<Code> refused(Installation by, Desired desired, Request request) {
        return by.engine.plan(desired, request).plan().refusals().stream()
                .map(Diagnostic::code)
                .toList();
    }

    private List<Mark> kept() {
        return installation
                                .outside
                                .reader()
                                .look(Objects.requireNonNull(desired(1).hosts().get("db1")), Probe.NOTHING)
                        instanceof Observation.Seen seen
                ? seen.marks("acme").stream().map(KeptMark::mark).toList()
                : List.of();
    }

    @Test
    void one_that_was_restored_from_a_backup_changes_nothing_and_says_what_its_hosts_know() {
        try (Twins twins = installation.backup()) {
            Installation original = twins.original();
            Installation restored = twins.restored();
            assertThat(refused(restored, desired(11), Installation.request()))
                    .as("still the same")
                    .isEmpty();
            original.apply(desired(11));

            Planned planned = restored.engine.plan(desired(12), Installation.request());
            assertThat(planned.plan().refusals()).singleElement().satisfies(why -> {
                assertThat(why.code()).isEqualTo(Code.CONTROL_PLANE_OLD);
                assertThat(why.detail())
                        .startsWith("host db1 knows apply 2 of organization acme, of 20")
                        .endsWith("this control plane has had 1");
                assertThat(why.help()).contains("--control-plane-restored");
            });
            AxiomException refused = catchThrowableOfType(AxiomException.class, () -> restored.apply(desired(12)));
            assertThat(refused.code()).isEqualTo(Code.CONTROL_PLANE_OLD);
            assertThat(installation.ask("postgres", LIMIT)).isEqualTo("11");
            AxiomException due = catchThrowableOfType(
                    AxiomException.class,
                    () -> restored.engine.runDue(
                            "acme",
                            Request.due(Installation.request().actor()).trusting(Installation.HOSTS),
                            _ -> {},
                            Progress.NONE,
                            () -> false));
            assertThat(due.code()).as("also where nothing has come due").isEqualTo(Code.CONTROL_PLANE_OLD);
        }
    }

    @Test
    void an_owner_lets_it_go_on_above_what_the_hosts_know_and_the_other_is_the_older_one_then() {
        try (Twins twins = installation.backup()) {
            Installation original = twins.original();
            Installation restored = twins.restored();
            original.apply(desired(11));
            assertThat(restored.apply(desired(12), restored(), () -> false).converged())
                    .isTrue();
            assertThat(installation.ask("postgres", LIMIT)).isEqualTo("12");
            assertThat(kept())
                    .singleElement()
                    .satisfies(mark -> assertThat(mark.apply()).isEqualTo(3));
            assertThat(restored.controlPlane.audit("acme", new AuditQuery(10, null, "control_plane.restored", null)))
                    .singleElement()
                    .satisfies(row -> assertThat(row.entry().detail()).isEqualTo("the disk was lost"));
            assertThat(refused(restored, desired(13), Installation.request())).isEmpty();
            assertThat(refused(original, desired(13), Installation.request())).containsExactly(Code.CONTROL_PLANE_OLD);
        }
    }

    @Test
    void nobody_but_an_owner_does() {
        String members = "members: { boss@acme.example: owner, dba@acme.example: developer }";
        Desired owned = desired(11, members);
        installation.apply(owned);
        try (Twins twins = installation.backup()) {
            Installation original = twins.original();
            Installation restored = twins.restored();
            original.apply(desired(12, members));
            assertThat(refused(restored, owned, restored()))
                    .contains(Code.CONTROL_PLANE_OLD, Code.RESTORED_NEEDS_OWNER);
        }
    }

    @Test
    void one_whose_trail_was_written_anew_is_told_from_one_that_is_only_behind() {
        installation.control("""
                ALTER TABLE axiomdb.audit_events DISABLE TRIGGER ALL; ALTER TABLE axiomdb.audit_head DISABLE TRIGGER ALL;
                TRUNCATE axiomdb.audit_events, axiomdb.unfinished_mutations;
                UPDATE axiomdb.audit_head SET sequence = 0, hash = repeat('0', 64);
                """);
        assertThat(installation.plan(desired(11)).plan().refusals())
                .extracting(Diagnostic::detail)
                .singleElement()
                .asString()
                .endsWith("of this control plane's audit trail is another one, or gone");
    }

    @Test
    void one_whose_rows_only_say_the_right_hash_is_found_by_making_it_anew() {
        Mark mark = kept().getFirst();
        installation.control("""
                ALTER TABLE axiomdb.audit_events DISABLE TRIGGER ALL;
                UPDATE axiomdb.audit_events SET actor = 'eve@acme.example';
                """);
        assertThat(installation.controlPlane.strangers(List.of(mark.anchor()))).containsExactly(mark.anchor());
        assertThat(refused(installation, desired(11), Installation.request())).containsExactly(Code.CONTROL_PLANE_OLD);
    }

    @Test
    void an_empty_one_closes_nothing_until_branches_are_adopted() {
        Mark before = kept().getFirst();
        try (Installation other = Installation.ofNextTo(installation)) {
            for (Desired any : List.of(desired(11), Installation.project("aged", ""))) {
                assertThat(refused(other, any, Installation.request())).containsExactly(Code.OTHER_CONTROL_PLANE);
            }
            assertThat(other.plan(desired(11)).plan().refusals().getFirst().detail())
                    .contains(before.controlPlane());
            Request adopting =
                    Installation.request().adopting(new TreeSet<>(List.of(ResourceKey.branch("aged", "main"))));
            assertThat(other.apply(desired(10), adopting, () -> false).converged())
                    .isTrue();
            assertThat(kept())
                    .extracting(Mark::controlPlane)
                    .containsExactly(other.controlPlane.mark("acme").controlPlane());
            assertThat(refused(installation, desired(11), Installation.request()))
                    .containsExactly(Code.OTHER_CONTROL_PLANE);
        }
    }

    @Test
    void the_number_is_on_the_host_before_the_first_effect_and_nothing_to_do_writes_nothing() {
        List<Mark> before = kept();
        installation.apply(desired(10));
        assertThat(kept()).isEqualTo(before);
        installation.stopAfter(desired(11), 0);
        assertThat(installation.ask("postgres", LIMIT)).isEqualTo("10");
        assertThat(kept())
                .singleElement()
                .satisfies(mark -> assertThat(mark.apply()).isEqualTo(2));
    }

    @Test
    void another_organization_may_belong_to_another_control_plane() {
        Desired beside = Installation.desired("""
                version: 1
                organization: beside
                hosts:
                  db1: { postgres: { url: "postgresql://db1.acme.example:5432/postgres" } }
                projects:
                  aged-beside: { host: db1, branches: { main: {} } }
                """);
        try (Installation other = Installation.ofNextTo(installation)) {
            assertThat(other.apply(beside).converged()).isTrue();
            assertThat(refused(installation, desired(11), Installation.request()))
                    .isEmpty();
        } finally {
            installation.drop("aged-beside");
            installation.drop("aged_beside");
            installation.admin("axiomdb_lock", "DELETE FROM axiomdb.mark WHERE organization = 'beside'");
        }
    }
}
