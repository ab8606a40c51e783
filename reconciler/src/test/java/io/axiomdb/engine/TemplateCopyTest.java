package io.axiomdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.adapter.postgres.tools.ClientTools;
import io.axiomdb.apply.ChangeResult;
import io.axiomdb.apply.Progress;
import io.axiomdb.audit.AuditEntry.Phase;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.CopyWay;
import io.axiomdb.plan.Asked;
import io.axiomdb.plan.Plan;
import io.axiomdb.plan.Planner;
import io.axiomdb.plan.Step;
import io.axiomdb.port.ControlPlane.AuditQuery;
import io.axiomdb.testing.Patience;
import java.io.IOException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Copies by CREATE DATABASE ... TEMPLATE on the newest server. */
class TemplateCopyTest extends CopyContract {
    TemplateCopyTest() {
        super(18, ClientTools::none);
    }

    @Override
    boolean copiesFiles() {
        return true;
    }

    private Connection connected() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + installation.host.port() + "/" + PARENT,
                "stock_main_rw",
                installation.password("stock", "main", RoleKind.RW));
    }

    private Plan plan(Desired desired) {
        return installation.plan(desired).plan();
    }

    @Test
    void while_somebody_is_connected_the_copy_is_refused_and_nothing_is_made() throws SQLException {
        try (Connection session = connected()) {
            Plan plan = plan(copied(""));
            assertThat(plan.notices()).extracting(Diagnostic::code).contains(Code.COPY_WAITS);
            ApplyReport report = installation.apply(copied(""));
            assertThat(Objects.requireNonNull(report.results().getLast().why()).detail())
                    .contains("being accessed by other users", "taken back");
            assertThat(session.isValid(5)).isTrue();
            nothingIsLeft();
            assertThat(plan(copied("")).digest()).isEqualTo(plan.digest());
        }
    }

    @Test
    void sessions_that_may_be_ended_are_and_the_parent_stays_open() throws SQLException {
        Desired holding = copied(", hold_sessions: true");
        String digest = plan(holding).digest().hex();
        try (Connection session = connected()) {
            assertThat(plan(holding).digest().hex()).as("whoever is connected").isEqualTo(digest);
            done(installation.apply(holding));
            assertThat(session.isValid(5)).isFalse();
        }
        try (Connection again = connected()) {
            assertThat(again.isValid(5)).isTrue();
        }
        assertThat(rw("SELECT count(*) FROM people")).isEqualTo("1000");
    }

    @Test
    void nobody_is_disturbed_when_the_server_refuses_for_another_reason() throws SQLException {
        Desired holding = copied(", hold_sessions: true");
        String name = "axm_new_0000000000000000";
        try (Connection session = connected()) {
            installation.admin("postgres", "CREATE DATABASE " + name + " IS_TEMPLATE true");
            ApplyReport report = drawing(0)
                    .apply(
                            holding,
                            Installation.request(),
                            plan(holding).digest().hex(),
                            Progress.NONE,
                            () -> false);
            assertThat(report.results().getLast().status()).isEqualTo(ChangeResult.Status.FAILED);
            assertThat(session.isValid(5)).isTrue();
            assertThat(installation.ask("postgres", "SELECT count(*) FROM pg_database WHERE datname = '" + name + "'"))
                    .as("what is not ours stays")
                    .isEqualTo("1");
        } finally {
            installation.admin("postgres", "ALTER DATABASE " + name + " IS_TEMPLATE false");
            installation.admin("postgres", "DROP DATABASE " + name);
        }
    }

    /** The same installation, which draws what nobody could know. */
    private Engine drawing(int always) {
        Outside real = installation.outside;
        return new Engine(new Outside(
                real.controlPlane(),
                real.secrets(),
                real.leases(),
                real.reader(),
                real.writer(),
                real.files(),
                real.authority(),
                real.hasher(),
                new SecureRandom() {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public void nextBytes(byte[] bytes) {
                        Arrays.fill(bytes, (byte) always);
                    }
                },
                real.holder()));
    }

    @Test
    void an_apply_that_ends_before_any_step_is_finished_by_the_next() {
        Desired desired = Copying.with(copied(", transform: mask.sql"), "mask.sql", "UPDATE people SET name = 'm'");
        int steps = plan(desired).changes().getLast().steps().size();
        assertThat(steps).isGreaterThan(7);
        for (int stop = 0; stop <= steps; stop++) {
            installation.stopAfter(desired, stop + 1);
        }
        done(installation.apply(desired));
        assertThat(rw("SELECT DISTINCT name FROM people")).isEqualTo("m");
        assertThat(installation.ask(
                        "postgres", "SELECT string_agg(datname, ',') FROM pg_database WHERE datname ~ '^axm_new'"))
                .isEmpty();
        assertThat(installation.ask(
                        "postgres", "SELECT string_agg(rolname, ',') FROM pg_roles WHERE rolname ~ '^axm_run'"))
                .isEmpty();
    }

    @Test
    void a_login_that_an_interrupted_script_left_does_not_stand_in_the_way() {
        Desired desired = Copying.with(copied(", transform: mask.sql"), "mask.sql", "UPDATE people SET name = 'm'");
        String logins = "SELECT count(*) FROM pg_roles WHERE rolname ~ '^axm_run'";
        for (int stop = 0; installation.ask("postgres", logins).equals("0"); stop++) {
            assertThat(stop).isLessThan(20);
            installation.stopAfter(desired, stop + 1);
        }
        done(installation.apply(desired));
        assertThat(installation.ask("postgres", logins)).isEqualTo("0");
    }

    @Test
    void a_reset_that_is_stopped_keeps_nobody_out_and_leaves_nothing() {
        done(installation.apply(copied("")));
        Request reset = Copying.reset("stock", "pr-1");
        Plan plan = installation.engine.plan(copied(""), reset).plan();
        int steps = plan.changes().getLast().steps().size();
        for (int stop = 1; stop < steps - 1; stop++) {
            installation.stopAfter(copied(""), reset, stop + 1);
            assertThat(rw("SELECT count(*) FROM people"))
                    .as("stopped at %d", stop)
                    .isEqualTo("1000");
            assertThat(installation.ask(
                            "postgres", "SELECT count(*) FROM pg_database WHERE datname ~ '^axm_(new|del)'"))
                    .isEqualTo("0");
            assertThat(installation.plan(copied("")).plan().isEmpty()).isTrue();
        }
    }

    @Test
    void a_reset_that_is_stopped_leaves_closed_what_somebody_closed() {
        done(installation.apply(copied("")));
        installation.admin("postgres", "ALTER DATABASE \"sq_stock_main_br_pr-1\" ALLOW_CONNECTIONS false");
        Request reset = Copying.reset("stock", "pr-1");
        Plan plan = installation.engine.plan(copied(""), reset).plan();
        int steps = plan.changes().getLast().steps().size();
        ApplyReport report = installation.stopAfter(copied(""), reset, steps - 1);
        assertThat(Objects.requireNonNull(report.results().getLast().why()))
                .satisfies(why -> assertThat(why.detail()).contains("taken back"))
                .satisfies(why -> assertThat(why.help()).isEqualTo("run axm branch reset stock/pr-1 again"));
        assertThat(installation.ask(
                        "postgres", "SELECT datallowconn FROM pg_database WHERE datname = 'sq_stock_main_br_pr-1'"))
                .isEqualTo("f");
    }

    /** The intent is there and nothing else: as if the process had been killed before its first step. */
    @Test
    void a_reset_that_never_began_is_not_called_done() {
        done(installation.apply(copied("")));
        installation.died(
                "11111111-2222-3333-4444-555555555555",
                "branch.reset",
                ResourceKey.branch("stock", "pr-1"),
                new TreeMap<>(),
                new TreeMap<>());
        installation.apply(copied(""));
        assertThat(installation.controlPlane.audit("acme", new AuditQuery(100, null, "branch.reset", null)))
                .extracting(row -> row.entry().phase())
                .containsExactly(Phase.FOUND_NOT_DONE, Phase.INTENT);
    }

    /** As if the process had been killed after its last step, and the same command were run again. */
    @Test
    void a_reset_that_was_done_is_called_done_though_another_is_asked_for() {
        done(installation.apply(copied("")));
        done(Copying.reset(installation, copied(""), "stock", "pr-1"));
        installation.diedWhenDone("11111111-2222-3333-4444-555555555555", ResourceKey.branch("stock", "pr-1"), COPY);
        done(Copying.reset(installation, copied(""), "stock", "pr-1"));
        assertThat(installation.controlPlane.audit("acme", new AuditQuery(100, null, "branch.reset", null)))
                .extracting(row -> row.entry().phase())
                .containsExactly(Phase.DONE, Phase.INTENT, Phase.FOUND_DONE, Phase.INTENT, Phase.DONE, Phase.INTENT);
    }

    /** What a purge drops is what shows that the reset was done: it has to be told before. */
    @Test
    void a_reset_that_was_done_is_called_done_before_a_purge_drops_what_it_kept() {
        done(installation.apply(copied("")));
        done(Copying.reset(installation, copied(""), "stock", "pr-1"));
        ResourceKey branch = ResourceKey.branch("stock", "pr-1");
        installation.diedWhenDone("11111111-2222-3333-4444-555555555555", branch, COPY);
        Request plain = Installation.request();
        Request purge = new Request(plain.actor(), plain.trigger(), null, Asked.purge(new TreeSet<>(List.of(branch))));
        Desired applied = Planner.applied(installation.controlPlane.read("acme"));
        done(installation.apply(applied, purge, () -> false));
        assertThat(installation.ask("postgres", "SELECT count(*) FROM pg_database WHERE datname ~ '^axm_del'"))
                .isEqualTo("0");
        done(installation.apply(copied("")));
        assertThat(installation.controlPlane.audit("acme", new AuditQuery(100, null, "branch.reset", null)))
                .extracting(row -> row.entry().phase())
                .containsExactly(Phase.FOUND_DONE, Phase.INTENT, Phase.DONE, Phase.INTENT);
    }

    @Test
    void a_branch_taken_out_takes_its_unfinished_copy_along() {
        installation.stopAfter(copied(""), 4);
        assertThat(installation.ask("postgres", "SELECT count(*) FROM pg_database WHERE datname ~ '^axm_new'"))
                .isEqualTo("1");
        done(installation.apply(stock(" main: { schemas: [app] } ")));
        assertThat(installation.ask("postgres", "SELECT count(*) FROM pg_database WHERE datname ~ '^axm_new'"))
                .isEqualTo("0");
    }

    @Test
    void what_has_no_parent_is_protected_or_empty_is_not_reset() {
        installation.apply(
                stock(" main: { schemas: [app] }, e: { from: main }, p: { from: main, data: full, protected: true } "));
        for (String branch : List.of("main", "e", "p", "gone")) {
            Plan plan = installation
                    .engine
                    .plan(
                            stock(
                                    " main: { schemas: [app] }, e: { from: main }, p: { from: main, data: full, protected: true } "),
                            Copying.reset("stock", branch))
                    .plan();
            assertThat(plan.refusals()).extracting(Diagnostic::code).containsExactly(Code.CANNOT_RESET);
            assertThat(plan.changes()).isEmpty();
        }
    }

    @Test
    void the_parent_of_somebody_elses_making_is_not_copied() {
        installation.admin("postgres", "DROP DATABASE " + PARENT);
        installation.admin("postgres", "CREATE DATABASE " + PARENT + " OWNER stock_main_owner");
        installation.admin("postgres", "COMMENT ON DATABASE " + PARENT + " IS 'axm:acme/stock/main'");
        Plan plan = plan(copied(""));
        assertThat(plan.changes()).flatExtracting(c -> c.steps()).noneMatch(Step.Copy.class::isInstance);
        assertThat(plan.blocked())
                .flatExtracting(b -> b.why())
                .extracting(d -> d.code())
                .contains(Code.CANNOT_COPY, Code.OBJECT_REPLACED);
    }

    @Test
    void a_server_that_is_told_to_clone_files_does() throws IOException {
        told("ALTER SYSTEM SET file_copy_method = 'clone'", "clone");
        try {
            assertThat(copy(plan(copied(""))).way()).isEqualTo(new CopyWay.Template(false, true));
            assertThat(plan(copied("")).changes().getLast().fields())
                    .anyMatch(field -> field.after().contains("TEMPLATE, cloning files"));
            done(installation.apply(copied("")));
            assertThat(installation.host.cluster().lastWords(1_000_000))
                    .contains("CONNECTION LIMIT 0 STRATEGY FILE_COPY");
            assertThat(rw("SELECT count(*) FROM people")).isEqualTo("1000");
        } finally {
            told("ALTER SYSTEM RESET file_copy_method", "copy");
        }
    }

    private void told(String sql, String method) {
        installation.admin("postgres", sql);
        installation.admin("postgres", "SELECT pg_reload_conf()");
        long start = System.nanoTime();
        while (!installation.ask("postgres", "SHOW file_copy_method").equals(method)) {
            assertThat(Patience.isOver(start, Duration.ofSeconds(30))).isFalse();
        }
    }

    private static Step.Copy copy(Plan plan) {
        Step.Copy copy = plan.changes().stream()
                .flatMap(c -> c.steps().stream())
                .filter(Step.Copy.class::isInstance)
                .map(Step.Copy.class::cast)
                .findFirst()
                .orElseThrow();
        assertThat(copy.way()).isInstanceOf(CopyWay.Template.class);
        return copy;
    }
}
