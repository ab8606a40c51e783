package io.axiomdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.axiomdb.apply.ChangeResult;
import io.axiomdb.apply.Progress;
import io.axiomdb.audit.AuditEntry;
import io.axiomdb.audit.AuditEntry.Phase;
import io.axiomdb.audit.AuditRow;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Mark;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.engine.Installation.Twins;
import io.axiomdb.host.KeptMark;
import io.axiomdb.host.Observation;
import io.axiomdb.host.Probe;
import io.axiomdb.plan.Plan;
import io.axiomdb.port.ControlPlane.AuditQuery;
import io.axiomdb.port.HostWriter;
import io.axiomdb.registry.Lease;
import io.axiomdb.testing.Servers;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A registry that is older than the hosts, or another one, closes and destroys nothing on its word. */
@ParameterizedClass
@ValueSource(ints = {14, 15, 18})
class OlderControlPlaneTest {
    private static final String LIMIT = "SELECT rolconnlimit FROM pg_roles WHERE rolname = 'aged_main_rw'";

    private static final ResourceKey MAIN = ResourceKey.branch("aged", "main");

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
        return desired(lines, "main: { connection_limits: { rw: %d } }".formatted(limit));
    }

    private static Desired desired(String lines, String branches) {
        return Installation.desired("""
                version: 1
                organization: acme
                hosts:
                  db1: { postgres: { url: "postgresql://db1.acme.example:5432/postgres" } }
                %s
                projects:
                  aged: { host: db1, branches: { %s } }
                """.formatted(lines, branches));
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
                ? seen.serverMarks("acme").stream().map(KeptMark::mark).toList()
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
            Planned nothing = restored.engine.plan(desired(10), Installation.request());
            assertThat(new ApplyReport(List.of(), nothing, Duration.ZERO).converged())
                    .as("also with nothing to do")
                    .isFalse();
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
                    .extracting(AuditRow::entry)
                    .allSatisfy(entry -> assertThat(entry.detail()).isEqualTo("the disk was lost"))
                    .extracting(AuditEntry::phase)
                    .containsExactly(Phase.DONE, Phase.INTENT);
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

    /** Whose hosts another control plane changes after they were looked at, and before they are opened. */
    private static Installation overtaken(Installation by, Runnable meanwhile) {
        return overtaken(by, meanwhile, () -> {});
    }

    /** The same, and something is done once a host is open. */
    private static Installation overtaken(Installation by, Runnable meanwhile, Runnable afterwards) {
        HostWriter writer = by.outside.writer();
        return by.writing(new HostWriter() {
            private boolean opened;

            @Override
            public Session open(Host host, Lease lease) {
                boolean first = !opened;
                opened = true;
                if (first) {
                    meanwhile.run();
                }
                Session session = writer.open(host, lease);
                if (first) {
                    return session;
                }
                afterwards.run();
                return session;
            }

            @Override
            public SortedSet<Integer> tools() {
                return writer.tools();
            }
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void one_that_is_overtaken_after_its_look_changes_nothing(int applies) {
        try (Twins twins = installation.backup()) {
            Installation original = twins.original();
            Installation restored = overtaken(twins.restored(), () -> {
                for (int limit = 20; limit < 20 + applies; limit++) {
                    original.apply(desired(limit));
                }
            });
            AxiomException refused = catchThrowableOfType(AxiomException.class, () -> restored.apply(desired(12)));
            assertThat(refused.code()).isEqualTo(Code.CONTROL_PLANE_OLD);
            assertThat(refused.diagnostics().getFirst().detail())
                    .startsWith("host db1 was changed for organization acme by another control plane");
            assertThat(installation.ask("postgres", LIMIT)).isEqualTo(Integer.toString(19 + applies));
            assertThat(kept()).containsExactly(mark(original, applies + 1));
            assertThat(refused(original, desired(13), Installation.request())).isEmpty();
        }
    }

    @Test
    void one_that_only_the_files_of_a_host_show_as_overtaken_changes_nothing_either() {
        installation.apply(onMachine(10));
        Mark mark = mark(installation, 9);
        Installation late = overtaken(installation, () -> installation.files.keep("db1", "acme", mark));
        AxiomException refused = catchThrowableOfType(AxiomException.class, () -> late.apply(onMachine(11)));
        assertThat(refused.code()).isEqualTo(Code.CONTROL_PLANE_OLD);
        assertThat(installation.ask("postgres", LIMIT)).isEqualTo("10");
    }

    private Mark mark(Installation of, int apply) {
        Mark mark = of.controlPlane.mark("acme");
        return new Mark(mark.controlPlane(), apply, mark.anchor());
    }

    @Test
    void one_that_was_to_go_on_and_was_overtaken_leaves_in_the_trail_that_it_failed() {
        try (Twins twins = installation.backup()) {
            Installation original = twins.original();
            original.apply(desired(11));
            Installation restored = overtaken(twins.restored(), () -> original.apply(desired(13)));
            catchThrowableOfType(AxiomException.class, () -> restored.apply(desired(12), restored(), () -> false));
            assertThat(restored.controlPlane.audit("acme", new AuditQuery(10, null, "control_plane.restored", null)))
                    .extracting(row -> row.entry().phase())
                    .containsExactly(Phase.FAILED, Phase.INTENT);
            assertThat(restored.controlPlane.unfinished("acme")).isEmpty();
        }
    }

    private static void goingOnDies(Installation of, String mutation) {
        of.died(mutation, "control_plane.restored", ResourceKey.organization("acme"), new TreeMap<>(), new TreeMap<>());
    }

    @Test
    void a_going_on_that_was_cut_short_gets_its_outcome_from_what_hosts_know() {
        try (Twins twins = installation.backup()) {
            Installation restored = twins.restored();
            twins.original().apply(desired(11));
            goingOnDies(restored, "cut-short");
            restored.apply(desired(12), restored(), () -> false);
            goingOnDies(restored, "at-its-end");
            restored.apply(desired(13));
            assertThat(restored.controlPlane.audit("acme", new AuditQuery(10, null, "control_plane.restored", null)))
                    .extracting(row -> row.entry().phase())
                    .containsExactly(
                            Phase.FOUND_DONE,
                            Phase.INTENT,
                            Phase.DONE,
                            Phase.INTENT,
                            Phase.FOUND_NOT_DONE,
                            Phase.INTENT);
        }
    }

    @Test
    void with_nothing_to_change_it_goes_on_all_the_same_and_says_so_once() {
        try (Twins twins = installation.backup()) {
            Installation original = twins.original();
            Installation restored = twins.restored();
            original.apply(desired(11));
            original.apply(desired(10));
            Plan plan = restored.engine.plan(desired(10), restored()).plan();
            assertThat(plan.changes()).isEmpty();
            assertThat(plan.isEmpty()).isFalse();
            assertThat(plan.forgets().get("db1")).startsWith("apply 3 of control plane ");
            assertThat(restored.apply(desired(10), restored(), () -> false).converged())
                    .isTrue();
            assertThat(kept()).extracting(Mark::apply).containsExactly(4L);
            assertThat(refused(restored, desired(10), Installation.request())).isEmpty();
            assertThat(refused(original, desired(10), Installation.request())).containsExactly(Code.CONTROL_PLANE_OLD);
            restored.apply(desired(10), restored(), () -> false);
            assertThat(restored.controlPlane.audit("acme", new AuditQuery(10, null, "control_plane.restored", null)))
                    .as("an intent and its outcome")
                    .hasSize(2);
        }
    }

    private static Request taking(ResourceKey... keys) {
        return Installation.request().adopting(new TreeSet<>(List.of(keys)));
    }

    @Test
    void adopting_what_is_its_own_or_nowhere_lifts_nothing() {
        try (Installation other = Installation.ofNextTo(installation)) {
            other.apply(desired(10), taking(MAIN), () -> false);
            for (ResourceKey key : List.of(MAIN, ResourceKey.branch("nix", "da"), ResourceKey.host("db2"))) {
                assertThat(refused(installation, desired(11), taking(key)))
                        .as(key.toString())
                        .containsExactly(Code.OTHER_CONTROL_PLANE);
            }
        }
    }

    @Test
    void a_plan_that_takes_over_removes_and_changes_nothing_else_and_the_next_one_does() {
        Desired both = desired("", "main: { connection_limits: { rw: 10 } }, dev: {}");
        installation.apply(both);
        try (Installation other = Installation.ofNextTo(installation)) {
            other.apply(both, taking(MAIN), () -> false);
            Request host = taking(ResourceKey.host("db1"));
            Plan plan = installation.engine.plan(desired(11), host).plan();
            assertThat(plan.refusals()).isEmpty();
            assertThat(plan.changes()).isEmpty();
            assertThat(plan.forgets()).containsOnlyKeys("db1");
            assertThat(plan.notices()).extracting(Diagnostic::code).contains(Code.WAITS_FOR_TAKEOVER);
            assertThat(installation.apply(desired(11), host, () -> false).converged())
                    .isFalse();
            assertThat(installation.ask("postgres", LIMIT)).isEqualTo("10");
            assertThat(
                            installation.ask(
                                    "postgres",
                                    "SELECT string_agg(rolname, ',') FROM pg_roles WHERE rolname ~ '^aged.*_rw$' AND rolcanlogin"))
                    .contains("dev");
            assertThat(refused(other, both, Installation.request())).containsExactly(Code.OTHER_CONTROL_PLANE);
            assertThat(installation.apply(desired(11)).converged()).isTrue();
            assertThat(installation.ask("postgres", LIMIT)).isEqualTo("11");
        }
    }

    @Test
    void what_a_taken_over_host_retains_comes_back_by_its_lines() {
        Desired both = desired("", "main: { connection_limits: { rw: 10 } }, dev: {}");
        installation.apply(both);
        installation.as(
                "aged",
                "dev",
                RoleKind.OWNER,
                "aged_main_br_dev_owner",
                "sq_aged_main_br_dev",
                "CREATE TABLE t AS SELECT 7 a");
        installation.apply(desired(10));
        String beside =
                "INSERT INTO axiomdb.retained (system, organization, project, branch, id, name, database, rows, origin)"
                        + " SELECT system, 'beside', project, branch, gen_random_uuid(), name, 1, rows, origin FROM axiomdb.retained"
                        + " WHERE organization = 'acme' AND project = 'aged'";
        installation.admin("axiomdb_lock", beside);
        installation.admin("axiomdb_lock", beside.replace("'beside'", "'acme'").replace(" 1, rows", " 2, rows"));
        ResourceKey dev = ResourceKey.branch("aged", "dev");
        try (Installation other = Installation.ofNextTo(installation)) {
            Plan plan = other.engine.plan(desired(10), taking(MAIN)).plan();
            assertThat(plan.notices()).extracting(Diagnostic::code).contains(Code.NOT_TAKEN_OVER, Code.RETAINED_FOUND);
            assertThat(other.controlPlane.read("acme").removed()).isEmpty();

            assertThat(other.apply(desired(10), taking(MAIN), () -> false).converged())
                    .isTrue();

            assertThat(other.controlPlane.read("acme").removed())
                    .as("of this organization, and there by its number")
                    .singleElement()
                    .satisfies(removed -> assertThat(removed.resource()).isEqualTo(dev));
            assertThat(other.controlPlane.audit("acme", new AuditQuery(10, null, "branch.retained.found", null)))
                    .singleElement()
                    .satisfies(row -> assertThat(row.entry().target()).isEqualTo(dev));
            assertThat(other.apply(both).converged()).isTrue();
            assertThat(installation.ask("sq_aged_main_br_dev", "SELECT a FROM t"))
                    .isEqualTo("7");
            assertThat(other.controlPlane.verifyAudit()).isEmpty();
        } finally {
            installation.admin("axiomdb_lock", "DELETE FROM axiomdb.retained WHERE database IN (1, 2)");
        }
    }

    @Test
    void nobody_but_an_owner_takes_a_host_over() {
        String members = "members: { boss@acme.example: owner, dba@acme.example: developer }";
        installation.apply(desired(11, members));
        try (Installation other = Installation.ofNextTo(installation)) {
            assertThat(other.apply(desired(11), taking(MAIN), () -> false).converged())
                    .isTrue();
            assertThat(refused(installation, desired(11, members), taking(ResourceKey.host("db1"))))
                    .containsExactly(Code.OTHER_CONTROL_PLANE, Code.RESTORED_NEEDS_OWNER);
        }
    }

    @Test
    void a_number_that_no_control_plane_reaches_ends_none() {
        installation.apply(onMachine(10));
        Mark mark = installation.controlPlane.mark("acme");
        for (long number : new long[] {Long.MAX_VALUE, Long.MAX_VALUE - 1, (1L << 53) + 1}) {
            installation.files.keep("db1", "acme", new Mark(mark.controlPlane(), number, mark.anchor()));
            assertThat(installation.plan(onMachine(10)).plan().refusals())
                    .singleElement()
                    .satisfies(why -> {
                        assertThat(why.code()).isEqualTo(Code.CONTROL_PLANE_OLD);
                        assertThat(why.detail()).endsWith("it was written there by hand");
                    });
            assertThat(installation
                            .apply(onMachine(10), restored(), () -> false)
                            .converged())
                    .isTrue();
            assertThat(installation.controlPlane.mark("acme").apply()).isLessThan(10);
            assertThat(refused(installation, onMachine(10), Installation.request()))
                    .isEmpty();
        }
        assertThatThrownBy(() -> installation.admin(
                        "axiomdb_lock",
                        "UPDATE axiomdb.mark SET apply = 9223372036854775807 WHERE organization = 'acme'"))
                .hasMessageContaining("mark_apply_check");
    }

    @Test
    void a_host_that_has_seen_later_epochs_takes_its_marks_and_changes_when_it_goes_on() {
        SortedSet<String> open = new TreeSet<>();
        installation.apply(open("10.1.0.0/16"));
        try (Twins twins = installation.backup()) {
            Installation original = twins.original();
            Installation restored = twins.restored();
            for (int net = 2; net < 9; net++) {
                assertThat(original.apply(open("10.%d.0.0/16".formatted(net))).converged())
                        .isTrue();
            }
            assertThat(restored.apply(open("10.9.0.0/16"), restored(), () -> false)
                            .converged())
                    .isTrue();
            assertThat(restored.apply(open("10.10.0.0/16")).converged())
                    .as("and from then on")
                    .isTrue();
            restored.files.access("db1", "acme").entries().forEach(entry -> open.add(entry.cidr() + ""));
            assertThat(open).contains("10.10.0.0/16").doesNotContain("10.8.0.0/16", "10.9.0.0/16");
        }
    }

    @Test
    void one_that_takes_a_host_back_has_epochs_that_the_host_has_not_seen() {
        installation.apply(open("10.1.0.0/16"));
        try (Twins twins = installation.backup();
                Installation other = Installation.ofNextTo(installation)) {
            for (int net = 2; net < 9; net++) {
                twins.original().apply(open("10.%d.0.0/16".formatted(net)));
            }
            Mark mark = other.controlPlane.mark("acme");
            installation.admin(
                    "axiomdb_lock",
                    "UPDATE axiomdb.mark SET control_plane = '" + mark.controlPlane()
                            + "' WHERE organization = 'acme'");
            installation.files.keep("db1", "acme", mark);
            Desired last = open("10.8.0.0/16");
            twins.restored().apply(last, taking(ResourceKey.host("db1")), () -> false);
            assertThat(twins.restored().apply(open("10.9.0.0/16")).converged()).isTrue();
        }
    }

    private static Desired open(String cidr) {
        return Installation.onMachine(
                "aged: { host: db1, network: { mode: restricted, rules: { office: { label: Office, cidr: %s } } }, branches: { main: {} } }"
                        .formatted(cidr));
    }

    @Test
    void one_that_is_refused_ends_nobody_who_is_at_work_for_the_one_that_went_on() {
        installation.died("cut-short", "branch.changed", MAIN, new TreeMap<>(), new TreeMap<>());
        try (Twins twins = installation.backup()) {
            Installation restored = twins.restored();
            // The one that went on is still at work when the other one is begun, again and again.
            Installation original = overtaken(twins.original(), () -> {}, () -> {
                for (int tries = 0; tries < 4; tries++) {
                    AxiomException refused = catchThrowableOfType(
                            AxiomException.class,
                            () -> restored.engine.apply(
                                    desired(12), Installation.request(), digest(restored), Progress.NONE, () -> false));
                    assertThat(refused.code()).isEqualTo(Code.CONTROL_PLANE_OLD);
                }
            });
            original.apply(desired(13));
            assertThat(original.apply(desired(11)).converged()).isTrue();
            assertThat(installation.ask("postgres", LIMIT)).isEqualTo("11");
        }
    }

    private static String digest(Installation of) {
        return of.engine
                .plan(desired(12), Installation.request())
                .plan()
                .digest()
                .hex();
    }

    @Test
    void one_host_on_which_no_mark_can_be_left_keeps_its_own_changes_only() {
        installation.apply(two(10));
        try {
            installation.files.fill("beside", "No space left on device");
            ApplyReport report = installation.apply(two(11));
            assertThat(report.converged()).isFalse();
            assertThat(installation.ask("postgres", LIMIT)).isEqualTo("11");
            assertThat(besides(LIMIT_BESIDE)).isEqualTo("10");
            assertThat(report.results())
                    .filteredOn(result -> result.status() == ChangeResult.Status.FAILED)
                    .singleElement()
                    .satisfies(result -> {
                        assertThat(result.change().host()).isEqualTo("beside");
                        Diagnostic why = Objects.requireNonNull(result.why());
                        assertThat(why.code()).isEqualTo(Code.HOST_UNMARKED);
                        assertThat(why.detail()).isEqualTo("host beside: No space left on device");
                        assertThat(why.help()).isEqualTo("make room there");
                    });
            installation.files.fill("beside", "");
            assertThat(installation.apply(two(11)).converged()).isTrue();
            assertThat(besides(LIMIT_BESIDE)).isEqualTo("11");
        } finally {
            dropBeside();
        }
    }

    @Test
    void a_host_that_the_plan_does_not_change_gets_no_mark_and_a_notice() {
        installation.apply(two(10));
        try {
            installation.files.fill("beside", "No space left on device");
            ApplyReport report = installation.apply(two(11, 10));
            assertThat(report.converged()).isTrue();
            assertThat(installation.ask("postgres", LIMIT)).isEqualTo("11");
            assertThat(report.notices()).singleElement().satisfies(why -> {
                assertThat(why.code()).isEqualTo(Code.NO_ANCHOR);
                assertThat(why.detail()).isEqualTo("host beside: No space left on device");
            });
            AxiomException alone = catchThrowableOfType(AxiomException.class, () -> installation.apply(two(11, 12)));
            assertThat(alone.code()).as("nothing else is to be done").isEqualTo(Code.HOST_UNMARKED);
        } finally {
            dropBeside();
        }
    }

    @Test
    void a_host_where_a_commit_waits_for_a_standby_that_is_gone_holds_no_other_up() {
        installation.apply(two(10));
        try {
            besides("ALTER SYSTEM SET synchronous_standby_names = 'gone'");
            besides("SELECT pg_reload_conf(), pg_sleep(0.5)");
            long start = System.nanoTime();
            ApplyReport report = installation.apply(two(11, 10));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(60));
            assertThat(installation.ask("postgres", LIMIT)).isEqualTo("11");
            assertThat(report.notices()).singleElement().satisfies(why -> {
                assertThat(why.code()).isEqualTo(Code.NO_ANCHOR);
                assertThat(why.detail()).contains("within 10 s");
            });
        } finally {
            besides("ALTER SYSTEM RESET synchronous_standby_names");
            besides("SELECT pg_reload_conf(), pg_sleep(0.5)");
            dropBeside();
        }
    }

    private static final String LIMIT_BESIDE = LIMIT.replace("aged_main", "aging_main");

    private String besides(String sql) {
        return besides("postgres", sql);
    }

    private String besides(String database, String sql) {
        Servers.Server server = installation.beside();
        return Installation.sql(
                server, database, server.user(), server.password().reveal(), sql);
    }

    private void dropBeside() {
        besides("DROP DATABASE IF EXISTS sq_aging_main");
        besides("DROP ROLE IF EXISTS aging_main_owner, aging_main_rw, aging_main_ro");
        besides("axiomdb_lock", "DELETE FROM axiomdb.mark WHERE organization = 'acme'");
    }

    private static Desired two(int limit) {
        return two(limit, limit);
    }

    /** On two hosts, of which the second has files that AxiomDB keeps. */
    private static Desired two(int limit, int beside) {
        return Installation.desired("""
                version: 1
                organization: acme
                hosts:
                  db1: { postgres: { url: "postgresql://db1.acme.example:5432/postgres" } }
                  beside:
                    postgres: { url: "postgresql://127.0.0.1:5432/postgres", user: axm_admin }
                    ssh:
                      address: db2.acme.example
                      key: "file:key"
                      host_keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0u1p2b9q0oYv3m1j8m8c6i6v4h1m1vZ8d9b1w3K2xY"]
                projects:
                  aged: { host: db1, branches: { main: { connection_limits: { rw: %d } } } }
                  aging: { host: beside, branches: { main: { connection_limits: { rw: %d } } } }
                """.formatted(limit, beside));
    }

    private static Desired onMachine(int limit) {
        return Installation.onMachine(
                "aged: { host: db1, branches: { main: { connection_limits: { rw: %d } } } }".formatted(limit));
    }
}
