package io.axiomdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.axiomdb.apply.Progress;
import io.axiomdb.audit.Actor;
import io.axiomdb.audit.AuditEntry.Phase;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.plan.Action;
import io.axiomdb.plan.Asked;
import io.axiomdb.plan.Blocked;
import io.axiomdb.plan.Change;
import io.axiomdb.plan.Plan;
import io.axiomdb.plan.Planner;
import io.axiomdb.plan.Step;
import io.axiomdb.port.ControlPlane.AuditQuery;
import io.axiomdb.testing.Servers.Server;
import io.axiomdb.testing.adversary.Tenant;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens to the data of a branch that was removed: it comes back with the lines, or it is dropped after its time. */
class RemovedBranchesTest {
    private static final ResourceKey DEV = ResourceKey.branch("gone", "dev");
    private static final String DATABASE = "sq_gone_main_br_dev";
    private static final Duration WEEK = Duration.ofDays(7).plusHours(1);
    private static final Actor ACTOR = new Actor("dba@acme.example", false, null, "test");

    private final Installation installation = Installation.of(18);

    @AfterEach
    void drop_what_was_made() {
        String left = ask("SELECT string_agg(quote_literal(gid), ';') FROM pg_prepared_xacts WHERE database = '"
                + DATABASE + "'");
        for (String gid : left.isEmpty() ? new String[0] : left.split(";")) {
            installation.admin(DATABASE, "ROLLBACK PREPARED " + gid);
        }
        installation.admin("postgres", "DROP DATABASE IF EXISTS gone_own");
        installation.drop("gone");
        installation.close();
    }

    private static Desired with(String branches) {
        return Installation.project("gone", branches);
    }

    private static Desired dev() {
        return with(" dev: {} ");
    }

    private String ask(String sql) {
        return installation.ask("postgres", sql);
    }

    private String kept() {
        return ask("SELECT string_agg(datname, ';') FROM pg_database WHERE datname LIKE 'axm\\_del%'");
    }

    private String keptRoles() {
        return ask("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'axm\\_del%'");
    }

    private void made() {
        installation.apply(dev());
        installation.as(
                "gone", "dev", RoleKind.OWNER, "gone_main_br_dev_owner", DATABASE, "CREATE TABLE t AS SELECT 7 a");
    }

    private String removed() {
        made();
        String password = installation.password("gone", "dev", RoleKind.RW);
        assertThat(installation.apply(with("")).converged()).isTrue();
        return password;
    }

    private Optional<ApplyReport> due(Duration later) {
        return due(later, later);
    }

    private Optional<ApplyReport> due(Duration later, Duration onHosts) {
        return Later.engine(installation, later, onHosts)
                .runDue("acme", Request.due(ACTOR), planned -> {}, Progress.NONE, () -> false);
    }

    private Planned purge() {
        return installation.engine.plan(applied(), purging());
    }

    private Desired applied() {
        return Planner.applied(installation.controlPlane.read("acme"));
    }

    private static Request purging() {
        return new Request(ACTOR, "manual", null, Asked.purge(new TreeSet<>(List.of(DEV))));
    }

    private String loggedIn(String password) {
        return Installation.sql(installation.host, DATABASE, "gone_main_br_dev_rw", password, "SELECT a FROM t");
    }

    @Test
    void putting_the_lines_back_brings_the_data_back_and_the_urls_work_again() {
        String password = removed();
        assertThatThrownBy(() -> loggedIn(password)).isInstanceOf(Installation.SqlRefused.class);

        Plan plan = installation.plan(dev()).plan();
        assertThat(plan.changes()).singleElement().satisfies(change -> {
            assertThat(change.action()).isEqualTo(Action.UNDELETE);
            assertThat(change.reason()).startsWith("brings back the data of 2");
            assertThat(change.steps()).noneMatch(Step.SetPasswords.class::isInstance);
        });
        assertThat(installation.apply(dev()).converged()).isTrue();
        assertThat(loggedIn(password)).isEqualTo("7");
        assertThat(installation.password("gone", "dev", RoleKind.RW)).isEqualTo(password);
        assertThat(kept()).isEmpty();
        assertThat(installation.controlPlane.read("acme").removed()).isEmpty();
    }

    @Test
    void a_branch_can_go_and_come_back_again_and_again() {
        String password = removed();
        for (int i = 0; i < 2; i++) {
            assertThat(installation.apply(dev()).converged()).isTrue();
            assertThat(installation.apply(with("")).converged()).isTrue();
        }
        assertThat(installation.apply(dev()).converged()).isTrue();
        assertThat(loggedIn(password)).isEqualTo("7");
    }

    @Test
    void a_password_that_was_changed_while_it_was_kept_is_made_anew() {
        String password = removed();
        installation.admin(
                "postgres",
                "ALTER ROLE \"" + kept() + "_rw\" PASSWORD 'somebody else knows this one, and so it is not kept'");
        assertThat(installation.apply(dev()).converged()).isTrue();
        assertThatThrownBy(() -> loggedIn(password)).isInstanceOf(Installation.SqlRefused.class);
        assertThat(loggedIn(installation.password("gone", "dev", RoleKind.RW))).isEqualTo("7");
    }

    @Test
    void coming_back_can_be_stopped_before_any_step_and_converges_with_the_old_passwords() {
        String password = removed();
        int steps = installation.plan(dev()).plan().changes().getFirst().steps().size();
        for (int stop = 0; stop <= steps; stop++) {
            installation.stopAfter(dev(), stop);
            assertThat(installation.apply(dev()).converged())
                    .as("stopped at %d", stop)
                    .isTrue();
            assertThat(loggedIn(password)).isEqualTo("7");
            assertThat(installation.apply(with("")).converged()).isTrue();
        }
    }

    @Test
    void going_away_can_be_stopped_before_any_step_and_the_lines_bring_it_back() {
        made();
        String password = installation.password("gone", "dev", RoleKind.RW);
        for (int stop = 0; stop < 4; stop++) {
            installation.stopAfter(with(""), stop);
            assertThat(installation.apply(dev()).converged())
                    .as("stopped at %d", stop)
                    .isTrue();
            assertThat(loggedIn(password)).isEqualTo("7");
        }
    }

    @Test
    void retained_data_that_was_given_to_another_role_neither_comes_back_nor_is_dropped() {
        removed();
        String real = kept();
        installation.admin(
                "postgres",
                "CREATE ROLE gone_foreign_owner; ALTER DATABASE \"" + real + "\" OWNER TO gone_foreign_owner");
        Plan plan = installation.plan(dev()).plan();
        assertThat(plan.changes()).noneMatch(change -> change.resource().equals(DEV));
        assertThat(codes(plan)).containsExactly(Code.KEPT_CHANGED);
        assertThat(codes(purge().plan())).containsOnly(Code.KEPT_CHANGED);
        installation.admin("postgres", "ALTER DATABASE \"" + real + "\" OWNER TO CURRENT_USER");
        assertThat(installation.apply(dev()).converged()).isTrue();
    }

    /** Names that were predictable and comments that a tenant writes once kept others from getting their data back. */
    @Test
    void what_a_tenant_calls_and_comments_like_retained_data_is_foreign_and_in_nobodys_way() {
        removed();
        String real = kept();
        String comment =
                ask("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '" + real + "'");
        String forged = "axm_del_0123456789abcdef0123456789abcdef";
        installation.admin("postgres", "CREATE ROLE gone_foreign_owner LOGIN CREATEDB PASSWORD 'x1'");
        for (String sql : List.of(
                "CREATE DATABASE gone_own",
                "COMMENT ON DATABASE gone_own IS '" + comment + "'",
                "ALTER DATABASE gone_own RENAME TO " + forged)) {
            Installation.sql(installation.host, "postgres", "gone_foreign_owner", "x1", sql);
        }
        try {
            Plan plan = installation.plan(dev()).plan();
            assertThat(plan.changes()).singleElement().satisfies(change -> {
                assertThat(change.action()).isEqualTo(Action.UNDELETE);
                assertThat(change.fields()).anyMatch(field -> field.before().equals(real));
            });
            assertThat(plan.notices())
                    .anySatisfy(notice -> assertThat(notice.detail()).contains(forged));
            assertThat(plan.notices())
                    .noneSatisfy(notice -> assertThat(notice.help()).contains("OWNER TO"));
            assertThat(purge().plan().changes())
                    .singleElement()
                    .satisfies(change -> assertThat(change.fields().toString())
                            .contains(real)
                            .doesNotContain(forged));
            assertThat(due(WEEK).orElseThrow().converged()).isTrue();
            assertThat(kept()).isEqualTo(forged);
        } finally {
            installation.admin("postgres", "DROP DATABASE " + forged);
            installation.admin("postgres", "DROP ROLE gone_foreign_owner");
        }
    }

    @Test
    void access_ends_whatever_is_inside_and_the_rest_follows_once_that_is_settled() {
        made();
        String password = installation.password("gone", "dev", RoleKind.RW);
        installation.as(
                "gone",
                "dev",
                RoleKind.OWNER,
                "gone_main_br_dev_owner",
                DATABASE,
                "BEGIN; INSERT INTO t VALUES (8); PREPARE TRANSACTION 'left ''here'");
        Plan plan = installation.plan(with("")).plan();
        assertThat(plan.notices()).anySatisfy(notice -> {
            assertThat(notice.code()).isEqualTo(Code.DATABASE_HELD);
            assertThat(notice.help()).contains("ROLLBACK PREPARED 'left ''here'");
        });

        ApplyReport report = installation.apply(with(""));

        assertThat(report.converged()).isFalse();
        assertThatThrownBy(() -> loggedIn(password)).isInstanceOf(Installation.SqlRefused.class);
        assertThat(ask(
                        "SELECT concat_ws('|', rolsuper, datconnlimit, datallowconn) FROM pg_database d JOIN pg_roles r ON r.oid = datdba"
                                + " WHERE datname = '" + DATABASE + "'"))
                .isEqualTo("t|0|t");
        assertThat(installation.apply(with("")).converged()).as("still there").isFalse();
        assertThat(installation
                        .engine
                        .drift("acme", Installation.request())
                        .plan()
                        .notices())
                .as("of which axm status is made")
                .anySatisfy(notice -> {
                    assertThat(notice.code()).isEqualTo(Code.DATABASE_HELD);
                    assertThat(notice.help()).contains("ROLLBACK PREPARED 'left ''here'");
                });
        assertThat(installation.plan(with("")).plan().notices())
                .anySatisfy(notice -> assertThat(notice.code()).isEqualTo(Code.DATABASE_HELD));

        installation.admin(DATABASE, "ROLLBACK PREPARED 'left ''here'");
        assertThat(installation.apply(with("")).converged()).isTrue();
        assertThat(kept()).isNotEmpty();
        assertThat(installation.apply(dev()).converged()).isTrue();
        assertThat(loggedIn(password)).isEqualTo("7");
    }

    @Test
    void a_transaction_that_was_left_open_holds_no_end_of_access_up() throws SQLException {
        made();
        for (String statement : List.of(
                "ALTER ROLE gone_main_br_dev_ro PASSWORD 'kept by me'",
                "ALTER DATABASE " + DATABASE + " CONNECTION LIMIT 50",
                "ALTER DATABASE " + DATABASE + " IS_TEMPLATE true")) {
            assertThat(installation.apply(dev()).converged()).isTrue();
            String password = installation.password("gone", "dev", RoleKind.RW);
            RoleKind kind = statement.contains("ROLE") ? RoleKind.RO : RoleKind.OWNER;
            try (Connection left = login(kind);
                    Statement open = left.createStatement()) {
                left.setAutoCommit(false);
                open.execute(statement);
                assertThat(installation.apply(with("")).converged())
                        .as(statement)
                        .isTrue();
            }
            assertThatThrownBy(() -> loggedIn(password)).isInstanceOf(Installation.SqlRefused.class);
        }
    }

    private Connection login(RoleKind kind) throws SQLException {
        Server server = installation.host;
        return DriverManager.getConnection(
                "jdbc:postgresql://" + Server.ADDRESS + ":" + server.port() + "/postgres",
                "gone_main_br_dev_" + kind.word(),
                installation.password("gone", "dev", kind));
    }

    @Test
    void a_prepared_transaction_elsewhere_that_keeps_access_from_ending_is_named() {
        made();
        String owner = "gone_main_br_dev_owner";
        installation.as(
                "gone",
                "dev",
                RoleKind.OWNER,
                owner,
                "postgres",
                "BEGIN; ALTER DATABASE " + DATABASE + " CONNECTION LIMIT 50; PREPARE TRANSACTION 'elsewhere'");
        try {
            assertThat(installation.apply(with("")).results())
                    .filteredOn(result -> result.why() != null)
                    .extracting(result -> Objects.requireNonNull(result.why()).detail())
                    .anySatisfy(why -> assertThat(why)
                            .contains(
                                    "prepared transaction 'elsewhere' of \"" + owner + "\" in database \"postgres\""));
        } finally {
            installation.admin("postgres", "ROLLBACK PREPARED 'elsewhere'");
        }
        assertThat(installation.apply(with("")).converged()).isTrue();
    }

    @Test
    void what_is_retained_is_no_template_that_others_may_copy() {
        made();
        installation.as(
                "gone",
                "dev",
                RoleKind.OWNER,
                "gone_main_br_dev_owner",
                "postgres",
                "ALTER DATABASE " + DATABASE + " IS_TEMPLATE true");
        assertThat(installation.apply(with("")).converged()).isTrue();
        String retained = ask("SELECT datname FROM pg_database WHERE datname ~ '^axm_del_'");
        try (Tenant tenant = new Tenant(installation.host, "copies", "CREATEDB")) {
            assertThatThrownBy(() -> tenant.run("postgres", "CREATE DATABASE stolen TEMPLATE \"" + retained + "\""))
                    .isInstanceOf(Installation.SqlRefused.class);
        }
        installation.admin("postgres", "ALTER DATABASE \"" + retained + "\" IS_TEMPLATE true");
        assertThat(due(WEEK.plusDays(1)).orElseThrow().converged())
                .as("it is dropped all the same")
                .isTrue();
    }

    @Test
    void a_database_that_its_owner_exchanged_meanwhile_is_not_taken_for_the_branchs() {
        made();
        Plan plan = installation.plan(with("")).plan();
        String removal = plan.changes().stream()
                .flatMap(change -> change.steps().stream())
                .filter(step -> step.title().equals("end access"))
                .map(step -> String.join(";\n", ((Step.Sql) step).statements()))
                .findFirst()
                .orElseThrow();
        installation.admin("postgres", "ALTER DATABASE " + DATABASE + " RENAME TO gone_mine");
        installation.admin("postgres", "CREATE DATABASE " + DATABASE);
        try {
            assertThatThrownBy(() -> installation.admin("axiomdb_lock", removal))
                    .hasMessageContaining("is another one by now");
        } finally {
            installation.admin("postgres", "DROP DATABASE " + DATABASE);
            installation.admin("postgres", "ALTER DATABASE gone_mine RENAME TO " + DATABASE);
        }
    }

    @Test
    void a_removal_that_waits_is_taken_back_by_the_lines_with_the_limit_that_the_database_had() {
        made();
        String password = installation.password("gone", "dev", RoleKind.RW);
        installation.admin("postgres", "ALTER DATABASE " + DATABASE + " CONNECTION LIMIT 17");
        installation.as(
                "gone",
                "dev",
                RoleKind.OWNER,
                "gone_main_br_dev_owner",
                DATABASE,
                "BEGIN; INSERT INTO t VALUES (8); PREPARE TRANSACTION 'waits'");
        try {
            assertThat(installation.apply(with("")).converged()).isFalse();
            assertThat(installation.apply(dev()).converged()).isTrue();
            assertThat(loggedIn(password)).isEqualTo("7");
            assertThat(ask("SELECT datconnlimit FROM pg_database WHERE datname = '" + DATABASE + "'"))
                    .isEqualTo("17");
        } finally {
            installation.admin(DATABASE, "ROLLBACK PREPARED 'waits'");
        }
        assertThat(installation.apply(with("")).converged()).isTrue();
        assertThat(installation.apply(dev()).converged()).isTrue();
        assertThat(ask("SELECT datconnlimit FROM pg_database WHERE datname = '" + DATABASE + "'"))
                .isEqualTo("17");
    }

    private static List<Code> codes(Plan plan) {
        return plan.blocked().stream()
                .map(Blocked::why)
                .flatMap(List::stream)
                .map(d -> d.code())
                .toList();
    }

    @Test
    void kept_data_is_dropped_when_its_time_has_passed_and_not_before() {
        removed();
        assertThat(due(Duration.ofDays(6))).isEmpty();
        assertThat(kept()).isNotEmpty();
        assertThat(due(WEEK).orElseThrow().converged()).isTrue();
        assertThat(kept()).isEmpty();
        assertThat(keptRoles()).isEqualTo("0");
        assertThat(installation.controlPlane.read("acme").removed()).isEmpty();
        assertThat(installation.controlPlane.audit("acme", new AuditQuery(100, null, "branch.purged", null)))
                .extracting(row -> row.entry().phase())
                .containsExactly(Phase.DONE, Phase.INTENT);
        assertThat(due(WEEK)).isEmpty();
    }

    @Test
    void kept_data_is_dropped_by_the_time_only_where_host_and_control_plane_agree_about_it() {
        removed();
        assertThat(due(WEEK, Duration.ZERO)).isEmpty();
        assertThat(due(Duration.ZERO, WEEK)).isEmpty();
        Planned off = Later.engine(installation, WEEK, WEEK.plusSeconds(60)).plan(applied(), Request.due(ACTOR));
        assertThat(off.plan().changes()).isEmpty();
        assertThat(codes(off.plan())).containsExactly(Code.CLOCK_SKEW);
        assertThat(kept()).isNotEmpty();
        assertThat(Later.engine(installation, WEEK, Duration.ZERO)
                        .plan(applied(), purging())
                        .plan()
                        .changes())
                .isNotEmpty();
    }

    @Test
    void how_long_it_is_kept_is_what_was_applied() {
        Desired month = Installation.desired("""
                version: 1
                organization: acme
                keep_removed_days: 30
                hosts:
                  db1: { postgres: { url: "postgresql://db1.acme.example:5432/postgres" } }
                projects:
                  gone: { host: db1 }
                """);
        made();
        assertThat(installation.apply(month).converged()).isTrue();
        assertThat(due(WEEK)).isEmpty();
        assertThat(due(Duration.ofDays(31))).isPresent();
        assertThat(kept()).isEmpty();
    }

    @Test
    void apply_drops_nothing_however_long_it_was_kept() {
        removed();
        Engine later = Later.engine(installation, Duration.ofDays(400));
        assertThat(later.plan(with(""), Installation.request()).plan().isEmpty())
                .isTrue();
    }

    @Test
    void somebody_can_have_it_dropped_earlier_by_naming_it() {
        removed();
        Plan plan = purge().plan();
        assertThat(plan.changes()).singleElement().satisfies(change -> {
            assertThat(change.action()).isEqualTo(Action.PURGE);
            assertThat(change.reason()).contains("lost for good");
        });
        ApplyReport report =
                installation.engine.apply(applied(), purging(), plan.digest().hex(), Progress.NONE, () -> false);
        assertThat(report.converged()).isTrue();
        assertThat(kept()).isEmpty();
        assertThat(installation.plan(dev()).plan().changes())
                .extracting(Change::action)
                .containsExactly(Action.CREATE);
    }

    @Test
    void dropping_can_be_stopped_before_any_step_and_is_finished_by_the_next_run() {
        for (int stop = 0; stop < 4; stop++) {
            removed();
            int[] left = {stop};
            Plan plan = purge().plan();
            installation.engine.apply(applied(), purging(), plan.digest().hex(), Progress.NONE, () -> left[0]-- <= 0);
            assertThat(due(WEEK).map(ApplyReport::converged).orElse(true)).isTrue();
            assertThat(kept() + keptRoles()).as("stopped at %d", stop).isEqualTo("0");
            assertThat(installation.controlPlane.read("acme").removed()).isEmpty();
            assertThat(installation.controlPlane.unfinished("acme")).isEmpty();
        }
    }

    @Test
    void what_was_dropped_by_hand_is_forgotten_when_its_time_has_passed() {
        removed();
        String database = kept();
        installation.admin("postgres", "DROP DATABASE \"" + database + "\"");
        assertThat(due(WEEK)).isPresent();
        assertThat(keptRoles()).isEqualTo("0");
        assertThat(installation.controlPlane.read("acme").removed()).isEmpty();
    }

    @Test
    void what_ties_a_role_elsewhere_keeps_the_role_and_never_the_data() {
        made();
        installation.as(
                "gone", "dev", RoleKind.OWNER, "gone_main_br_dev_owner", "postgres", "CREATE DATABASE gone_own");
        installation.apply(with(""));
        try (Tenant tenant = new Tenant(installation.host, "ties", "CREATEDB")) {
            String retained = ask("SELECT rolname FROM pg_roles WHERE rolname ~ '^axm_del_.*_ro$'");
            tenant.run("postgres", "CREATE DATABASE ties_own");
            tenant.run("ties_own", "CREATE TABLE t (); GRANT SELECT ON t TO \"" + retained + "\"");
            ApplyReport report = due(WEEK).orElseThrow();
            assertThat(report.results())
                    .allSatisfy(result -> assertThat(result.why()).isNull());
            assertThat(kept()).isEmpty();
            assertThat(keptRoles()).isEqualTo("3");
            assertThat(codes(purge().plan())).containsOnly(Code.KEPT_CHANGED);
            assertThat(purge().plan().blocked().getFirst().why())
                    .extracting(Diagnostic::detail)
                    .anyMatch(why -> why.contains("database gone_own"))
                    .anyMatch(why -> why.contains("database ties_own"));
        }
        installation.admin("postgres", "DROP DATABASE gone_own");
        assertThat(due(WEEK)).isPresent();
        assertThat(keptRoles()).isEqualTo("0");
        assertThat(installation.controlPlane.read("acme").removed()).isEmpty();
    }

    @Test
    void what_was_reopened_or_marked_otherwise_is_not_dropped() {
        removed();
        String database = kept();
        for (List<String> way : List.of(
                List.of(
                        "ALTER DATABASE \"%s\" ALLOW_CONNECTIONS true",
                        "ALTER DATABASE \"%s\" ALLOW_CONNECTIONS false"),
                List.of("ALTER ROLE \"%s_rw\" LOGIN", "ALTER ROLE \"%s_rw\" NOLOGIN"),
                List.of("ALTER DATABASE \"%s\" RENAME TO gone_own", "ALTER DATABASE gone_own RENAME TO \"%s\""))) {
            installation.admin("postgres", way.getFirst().formatted(database));
            assertThat(due(WEEK)).as(way.getFirst()).isEmpty();
            installation.admin("postgres", way.getLast().formatted(database));
        }
        assertThat(kept()).isEqualTo(database);
        assertThat(due(WEEK)).isPresent();
    }

    @Test
    void what_changes_between_the_plan_and_the_drop_is_not_dropped() {
        removed();
        String database = kept();
        Plan plan = purge().plan();
        Progress reopening = new Progress() {
            @Override
            public void begun(Change change) {
                installation.admin("postgres", "ALTER DATABASE \"" + database + "\" ALLOW_CONNECTIONS true");
            }

            @Override
            public void ended(io.axiomdb.apply.ChangeResult result) {}
        };
        ApplyReport report =
                installation.engine.apply(applied(), purging(), plan.digest().hex(), reopening, () -> false);
        assertThat(report.results())
                .singleElement()
                .satisfies(result -> assertThat(
                                Objects.requireNonNull(result.why()).detail())
                        .contains("allows connections again"));
        assertThat(kept()).isEqualTo(database);
    }

    private static String tomorrow() {
        return Instant.now()
                .plus(Duration.ofDays(1))
                .truncatedTo(ChronoUnit.SECONDS)
                .toString();
    }

    @Test
    void a_branch_ends_by_its_date_and_a_later_date_brings_it_back() {
        String end = tomorrow();
        Desired dated = with(" dev: { expires_at: %s }, other: { expires_at: %s } ".formatted(end, end));
        installation.apply(dated);
        String password = installation.password("gone", "dev", RoleKind.RW);
        assertThat(due(Duration.ofHours(23))).isEmpty();
        ApplyReport report = due(Duration.ofDays(2)).orElseThrow();
        assertThat(report.converged()).isTrue();
        assertThat(report.results()).hasSize(2).allSatisfy(r -> {
            assertThat(r.change().action()).isEqualTo(Action.REMOVE);
            assertThat(r.change().reason()).startsWith("expired at " + end + "; its data is kept");
        });
        assertThat(ask("SELECT count(*) FROM pg_database WHERE datname = '" + DATABASE + "'"))
                .isEqualTo("0");
        Engine later = Later.engine(installation, Duration.ofDays(2));
        Plan same = later.plan(dated, Installation.request()).plan();
        assertThat(same.isEmpty()).isTrue();
        assertThat(same.notices())
                .anySatisfy(notice -> assertThat(notice.detail()).contains("its data is kept until"));

        Desired longer = with(" dev: { expires_at: 2199-12-24T00:00:00Z } ");
        Plan plan = later.plan(longer, Installation.request()).plan();
        assertThat(plan.changes()).extracting(Change::action).contains(Action.UNDELETE);
        later.apply(longer, Installation.request(), plan.digest().hex(), Progress.NONE, () -> false);
        assertThat(Installation.sql(installation.host, DATABASE, "gone_main_br_dev_rw", password, "SELECT 1"))
                .isEqualTo("1");
    }

    @Test
    void a_protected_branch_does_not_end_by_its_date_and_says_so_every_time() {
        Desired dated = with(" dev: { protected: true, expires_at: %s } ".formatted(tomorrow()));
        installation.apply(dated);
        assertThat(due(Duration.ofDays(2))).isEmpty();
        Plan plan = Later.engine(installation, Duration.ofDays(2))
                .plan(dated, Installation.request())
                .plan();
        assertThat(plan.isEmpty()).isTrue();
        assertThat(plan.notices())
                .anySatisfy(notice -> assertThat(notice.detail()).contains("is protected, so it stays"));
    }

    @Test
    void an_expired_branch_is_no_drift() {
        installation.apply(with(" dev: { expires_at: %s } ".formatted(tomorrow())));
        assertThat(Later.engine(installation, Duration.ofDays(2))
                        .drift("acme", Installation.request())
                        .plan()
                        .isEmpty())
                .isTrue();
    }
}
