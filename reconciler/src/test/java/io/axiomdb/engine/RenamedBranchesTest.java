package io.axiomdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.apply.Progress;
import io.axiomdb.audit.AuditEntry;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.plan.Action;
import io.axiomdb.plan.Blocked;
import io.axiomdb.plan.Change;
import io.axiomdb.plan.Step;
import io.axiomdb.port.ControlPlane.AuditQuery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A branch that is called otherwise keeps its data and its passwords, wherever the apply is stopped. */
class RenamedBranchesTest {
    private final Installation installation = Installation.of(18);

    @BeforeEach
    void a_branch_with_data() {
        installation.apply(branches(" old: {} "));
        installation.as(
                "named",
                "old",
                RoleKind.OWNER,
                "named_main_br_old_owner",
                "sq_named_main_br_old",
                "CREATE TABLE t AS SELECT 7 a");
    }

    @AfterEach
    void drop_what_was_made() {
        installation.drop("named");
        installation.close();
    }

    private static Desired branches(String branches) {
        return Installation.project("named", branches);
    }

    private String read(String password) {
        return Installation.sql(
                installation.host, "sq_named_main_br_new", "named_main_br_new_rw", password, "SELECT a FROM t");
    }

    private void madeAndNotRecorded(Desired renamed) {
        Change rename = installation.plan(renamed).plan().changes().getFirst();
        installation.died(
                "11111111-2222-3333-4444-555555555555",
                "branch.renamed",
                rename.resource(),
                new TreeMap<>(Map.of("name", "old")),
                new TreeMap<>(Map.of("name", "new")));
        rename.steps().forEach(step -> {
            if (step instanceof Step.Sql sql) {
                String database = sql.database().isEmpty() ? "axiomdb_lock" : sql.database();
                sql.statements().forEach(statement -> installation.admin(database, statement));
            }
        });
    }

    @Test
    void data_and_passwords_stay_and_nothing_of_the_old_name_is_left() {
        String password = installation.password("named", "old", RoleKind.RW);
        Desired renamed = branches(" new: { renamed_from: old } ");
        assertThat(installation.plan(renamed).plan().changes())
                .extracting(Change::action)
                .containsExactly(Action.RENAME);
        assertThat(installation.apply(renamed).converged()).isTrue();
        assertThat(read(password)).isEqualTo("7");
        assertThat(installation.password("named", "new", RoleKind.RW)).isEqualTo(password);
        assertThat(installation.ask(
                        "postgres",
                        "SELECT count(*) FROM (SELECT rolname FROM pg_roles UNION SELECT datname FROM pg_database) x (n)"
                                + " WHERE n LIKE '%named%old%' OR n LIKE 'axm\\_del%'"))
                .isEqualTo("0");
        assertThat(installation.controlPlane.read("acme").removed()).isEmpty();
        assertThat(installation.apply(branches(" new: {} ")).converged()).isTrue();
    }

    @Test
    void the_apply_can_be_stopped_before_any_step_and_the_same_file_finishes_it() {
        String password = installation.password("named", "old", RoleKind.RW);
        Desired renamed = branches(" new: { renamed_from: old } ");
        int steps =
                installation.plan(renamed).plan().changes().getFirst().steps().size();
        assertThat(steps).isGreaterThan(3);
        for (int stop = 0; stop <= steps; stop++) {
            installation.stopAfter(renamed, stop);
            assertThat(installation.ask(
                            "postgres",
                            "SELECT datallowconn AND (SELECT count(*) = 3 FROM pg_roles WHERE rolname ~ '^named_main_br_'"
                                    + " AND rolcanlogin) FROM pg_database WHERE datname ~ '^sq_named_main_br_'"))
                    .as("stopped at %d", stop)
                    .isEqualTo("t");
            assertThat(installation.apply(renamed).converged())
                    .as("stopped at %d", stop)
                    .isTrue();
            assertThat(read(password)).isEqualTo("7");
            assertThat(installation
                            .apply(branches(" old: { renamed_from: new } "))
                            .converged())
                    .isTrue();
        }
    }

    @Test
    void a_rename_that_was_made_and_not_recorded_is_found_done() {
        String password = installation.password("named", "old", RoleKind.RW);
        Desired renamed = branches(" new: { renamed_from: old } ");
        madeAndNotRecorded(renamed);
        assertThat(installation.apply(renamed).converged()).isTrue();
        assertThat(read(password)).isEqualTo("7");
        assertThat(installation.controlPlane.audit(
                        "acme", new AuditQuery(100, null, null, "11111111-2222-3333-4444-555555555555")))
                .extracting(row -> row.entry().phase())
                .containsExactly(AuditEntry.Phase.FOUND_DONE, AuditEntry.Phase.INTENT);
    }

    private String refusal(Desired renamed, BooleanSupplier meanwhile) {
        ApplyReport report = installation.apply(renamed, Installation.request(), meanwhile);
        return Objects.requireNonNull(report.results().getFirst().why()).detail();
    }

    /** Does it once when the question's answer is yes. Never stops the apply. */
    private BooleanSupplier once(String question, String statement) {
        AtomicBoolean done = new AtomicBoolean();
        return () -> {
            if (!done.get() && installation.ask("postgres", question).equals("t")) {
                installation.admin("postgres", statement);
                done.set(true);
            }
            return false;
        };
    }

    @Test
    void a_rename_that_the_server_refuses_lets_everybody_in_again() {
        String password = installation.password("named", "old", RoleKind.RW);
        Desired renamed = branches(" new: { renamed_from: old } ");
        installation.admin("postgres", "ALTER ROLE named_main_br_old_owner NOLOGIN");
        assertThat(refusal(
                        renamed,
                        once(
                                "SELECT NOT rolcanlogin FROM pg_roles WHERE rolname = 'named_main_br_old_rw'",
                                "CREATE ROLE named_main_br_new_ro")))
                .contains("\"named_main_br_new_ro\" already exists", "who could log in before can again");
        assertThat(Installation.sql(
                        installation.host, "sq_named_main_br_old", "named_main_br_old_rw", password, "SELECT a FROM t"))
                .isEqualTo("7");
        assertThat(installation.ask(
                        "postgres", "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'named_main_br_new_ro'"))
                .as("another's role")
                .isEqualTo("f");
        assertThat(installation.ask(
                        "postgres", "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'named_main_br_old_owner'"))
                .as("closed before")
                .isEqualTo("f");

        installation.admin("postgres", "DROP ROLE named_main_br_new_ro");
        assertThat(installation.apply(renamed).converged()).isTrue();
        assertThat(read(password)).isEqualTo("7");
    }

    @Test
    void what_the_server_refuses_after_the_rename_keeps_nobody_out() {
        String password = installation.password("named", "old", RoleKind.RW);
        Desired renamed = branches(" new: { renamed_from: old } ");
        assertThat(refusal(
                        renamed,
                        once(
                                "SELECT count(*) = 1 FROM pg_roles WHERE rolname = 'named_main_br_new_ro'",
                                "ALTER ROLE named_main_br_new_ro RENAME TO named_elsewhere")))
                .contains("\"named_main_br_new_ro\" does not exist", "who could log in before can again");
        assertThat(read(password)).isEqualTo("7");

        installation.admin("postgres", "ALTER ROLE named_elsewhere RENAME TO named_main_br_new_ro");
        assertThat(installation.apply(renamed).converged()).isTrue();
    }

    @Test
    void a_password_that_a_new_name_clears_is_told_before() {
        installation.admin(
                "postgres", "ALTER ROLE named_main_br_old_ro PASSWORD 'md5" + "0123456789abcdef".repeat(2) + "'");
        assertThat(cleared(branches(""))).contains("named_main_br_old_ro").doesNotContain("_rw");
        Desired renamed = branches(" new: { renamed_from: old } ");
        assertThat(cleared(renamed)).contains("named_main_br_old_ro").doesNotContain("_rw");
        installation.apply(renamed);
        assertThat(installation.ask(
                        "postgres", "SELECT rolpassword IS NULL FROM pg_authid WHERE rolname = 'named_main_br_new_ro'"))
                .isEqualTo("t");
    }

    private String cleared(Desired desired) {
        return installation.plan(desired).plan().notices().stream()
                .filter(notice -> notice.code() == Code.PASSWORD_CLEARED)
                .map(Diagnostic::detail)
                .collect(Collectors.joining());
    }

    @Test
    void what_is_due_waits_while_nobody_knows_which_name_a_branch_has() {
        String until = "{ expires_at: \"2099-01-01T00:00:00Z\"";
        installation.apply(branches(" old: " + until + " } "));
        Desired renamed = branches(" new: " + until + ", renamed_from: old } ");
        madeAndNotRecorded(renamed);

        List<Blocked> waiting = new ArrayList<>();
        assertThat(Later.engine(installation, Duration.ofDays(365 * 100))
                        .runDue(
                                "acme",
                                Request.due(Installation.request().actor()),
                                planned -> waiting.addAll(planned.plan().blocked()),
                                Progress.NONE,
                                () -> false))
                .as("its date has passed, and by its old name it can't be found")
                .isEmpty();
        ResourceKey old = ResourceKey.branch("named", "old");
        assertThat(waiting).extracting(Blocked::resource).contains(old);
        assertThat(installation.controlPlane.read("acme").applied()).containsKey(old);

        assertThat(installation.apply(renamed).converged()).isTrue();
        assertThat(installation.controlPlane.read("acme").applied())
                .containsKey(ResourceKey.branch("named", "new"))
                .doesNotContainKey(old);
    }
}
