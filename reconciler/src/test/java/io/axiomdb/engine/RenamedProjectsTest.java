package io.axiomdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.audit.AuditEntry;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.plan.Action;
import io.axiomdb.plan.Asked;
import io.axiomdb.plan.Change;
import io.axiomdb.plan.Step;
import io.axiomdb.port.ControlPlane.AuditQuery;
import io.axiomdb.registry.Removed;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A project that is called otherwise keeps its branches, their data and their passwords, wherever the apply is stopped. */
class RenamedProjectsTest {
    private static final String POLICIES =
            "network: { mode: restricted, rules: { office: { label: Office, cidr: 203.0.113.0/24 } } }\n"
                    + "    rotation_policy: { enabled: true, interval_days: 30 }";
    private static final String MUTATION = "11111111-2222-3333-4444-555555555555";

    private final Installation installation = Installation.of(18);

    @BeforeEach
    void a_project_with_data() {
        installation.apply(Installation.project("olden", POLICIES, " pr: {} "));
        for (String branch : List.of("main", "pr")) {
            String base = branch.equals("main") ? "olden_main" : "olden_main_br_pr";
            installation.as(
                    "olden",
                    branch,
                    RoleKind.OWNER,
                    base + "_owner",
                    "sq_" + base,
                    "CREATE TABLE t AS SELECT '" + branch + "' a");
        }
    }

    @AfterEach
    void drop_what_was_made() {
        installation.drop("olden");
        installation.drop("newer");
        installation.close();
    }

    private static Desired renamed(String branches) {
        return Installation.project("newer", "renamed_from: olden\n    " + POLICIES, branches);
    }

    private String read(String base, String password) {
        return Installation.sql(installation.host, "sq_" + base, base + "_rw", password, "SELECT a FROM t");
    }

    private String named(String what) {
        return installation.ask(
                "postgres",
                "SELECT count(*) FROM (SELECT rolname FROM pg_roles UNION SELECT datname FROM pg_database) x (n)"
                        + " WHERE n LIKE '" + what + "'");
    }

    @Test
    void all_branches_keep_data_and_passwords_and_nothing_of_the_old_name_is_left() {
        String main = installation.password("olden", "main", RoleKind.RW);
        String pr = installation.password("olden", "pr", RoleKind.RW);
        List<String> ids = ids("olden");

        Desired renamed = renamed(" pr: {} ");
        assertThat(installation.plan(renamed).plan().changes())
                .extracting(Change::action)
                .containsExactly(Action.RENAME);
        assertThat(installation.apply(renamed).converged()).isTrue();

        assertThat(read("newer_main", main)).isEqualTo("main");
        assertThat(read("newer_main_br_pr", pr)).isEqualTo("pr");
        assertThat(installation.password("newer", "main", RoleKind.RW)).isEqualTo(main);
        assertThat(named("%olden%")).isEqualTo("0");
        assertThat(named("axm\\_del%")).isEqualTo("0");
        assertThat(installation.controlPlane.read("acme").removed()).isEmpty();
        assertThat(ids("newer")).isEqualTo(ids);
        assertThat(installation
                        .apply(Installation.project("newer", POLICIES, " pr: {} "))
                        .converged())
                .isTrue();
        assertThat(read("newer_main", main)).isEqualTo("main");
    }

    private List<String> ids(String project) {
        return installation.controlPlane.read("acme").applied().entrySet().stream()
                .filter(entry -> entry.getKey().project().equals(project))
                .map(entry -> entry.getKey().kind() + " " + entry.getValue().id())
                .toList();
    }

    @Test
    void what_else_changes_in_the_file_is_done_in_the_same_apply() {
        String main = installation.password("olden", "main", RoleKind.RW);
        Desired renamed = Installation.project(
                "newer",
                "renamed_from: olden\n    network: { mode: restricted, rules: { home: { label: Home, cidr: 198.51.100.7 } } }",
                " main: { connection_limits: { rw: 7 } }, more: { from: main } ");
        assertThat(installation.apply(renamed).converged()).isTrue();

        assertThat(read("newer_main", main)).isEqualTo("main");
        assertThat(installation.ask("postgres", "SELECT rolconnlimit FROM pg_roles WHERE rolname = 'newer_main_rw'"))
                .isEqualTo("7");
        assertThat(named("sq\\_newer\\_main\\_br\\_more")).isEqualTo("1");
        assertThat(installation.controlPlane.read("acme").removed())
                .extracting(Removed::resource)
                .containsExactly(ResourceKey.branch("newer", "pr"));
        assertThat(installation.controlPlane.read("acme").applied().keySet())
                .contains(ResourceKey.networkRule("newer", "home"))
                .noneMatch(key -> key.project().equals("olden"))
                .doesNotContain(ResourceKey.networkRule("newer", "office"), ResourceKey.rotationPolicy("newer"));
    }

    @Test
    void the_apply_can_be_stopped_before_any_step_and_the_same_file_finishes_it() {
        String main = installation.password("olden", "main", RoleKind.RW);
        Desired renamed = renamed(" pr: {} ");
        int steps =
                installation.plan(renamed).plan().changes().getFirst().steps().size();
        assertThat(steps).isEqualTo(4);
        for (int stop = 0; stop <= steps; stop++) {
            installation.stopAfter(renamed, stop);
            assertThat(installation.apply(renamed).converged())
                    .as("stopped at %d", stop)
                    .isTrue();
            assertThat(read("newer_main", main)).isEqualTo("main");
            Desired back = Installation.project("olden", "renamed_from: newer\n    " + POLICIES, " pr: {} ");
            assertThat(installation.apply(back).converged()).isTrue();
            assertThat(read("olden_main", main)).isEqualTo("main");
        }
    }

    @Test
    void a_rename_that_is_given_up_halfway_leaves_the_old_project_whole() {
        String main = installation.password("olden", "main", RoleKind.RW);
        Desired renamed = renamed(" pr: {} ");
        ApplyReport report = installation.stopAfter(renamed, 3);
        assertThat(Objects.requireNonNull(report.results().getFirst().why()).detail())
                .contains("3 of 4 steps were made", "who could log in before can again");
        assertThat(read("olden_main", main)).isEqualTo("main");

        assertThat(installation
                        .apply(Installation.project("olden", POLICIES, " pr: {} "))
                        .converged())
                .isTrue();
        assertThat(read("olden_main", main)).isEqualTo("main");
    }

    /** The name is taken when everything is closed already: all of the project would stay closed until the next apply. */
    @Test
    void a_rename_that_the_server_refuses_lets_everybody_in_again() {
        String main = installation.password("olden", "main", RoleKind.RW);
        String pr = installation.password("olden", "pr", RoleKind.RW);
        Desired renamed = renamed(" pr: {} ");
        ApplyReport report = installation.apply(renamed, Installation.request(), this::takeTheName);
        assertThat(Objects.requireNonNull(report.results().getFirst().why()).detail())
                .contains("step 4 of 4", "\"newer_main_br_pr_ro\" already exists", "who could log in before can again");
        assertThat(read("olden_main", main)).isEqualTo("main");
        assertThat(read("olden_main_br_pr", pr)).isEqualTo("pr");

        installation.admin("postgres", "DROP ROLE newer_main_br_pr_ro");
        assertThat(installation.apply(renamed).converged()).isTrue();
        assertThat(read("newer_main", main)).isEqualTo("main");
    }

    /** Once nobody can log in any more. Never stops the apply. */
    private boolean takeTheName() {
        String free = "NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'newer_main_br_pr_ro')";
        if (installation
                .ask(
                        "postgres",
                        "SELECT NOT rolcanlogin AND " + free + " FROM pg_roles WHERE rolname = 'olden_main_rw'")
                .equals("t")) {
            installation.admin("postgres", "CREATE ROLE newer_main_br_pr_ro");
        }
        return false;
    }

    @Test
    void a_rename_that_was_made_and_not_recorded_is_found_done() {
        String main = installation.password("olden", "main", RoleKind.RW);
        Desired renamed = renamed(" pr: {} ");
        Change rename = installation.plan(renamed).plan().changes().getFirst();
        installation.died(
                MUTATION,
                "project.renamed",
                rename.resource(),
                new TreeMap<>(Map.of("name", "olden")),
                new TreeMap<>(Map.of("name", "newer")));
        rename.steps().forEach(step -> {
            if (step instanceof Step.Sql sql) {
                installation.admin(
                        "axiomdb_lock", "SET search_path = pg_catalog;\n" + String.join(";\n", sql.statements()));
            }
        });

        assertThat(installation.apply(renamed).converged()).isTrue();
        assertThat(read("newer_main", main)).isEqualTo("main");
        assertThat(phases()).containsExactly(AuditEntry.Phase.FOUND_DONE, AuditEntry.Phase.INTENT);
    }

    @Test
    void a_rename_that_was_begun_and_not_made_is_found_not_done() {
        Desired renamed = renamed(" pr: {} ");
        installation.died(
                MUTATION,
                "project.renamed",
                ResourceKey.project("newer"),
                new TreeMap<>(Map.of("name", "olden")),
                new TreeMap<>(Map.of("name", "newer")));

        assertThat(installation.apply(renamed).converged()).isTrue();
        assertThat(phases()).containsExactly(AuditEntry.Phase.FOUND_NOT_DONE, AuditEntry.Phase.INTENT);
    }

    private List<AuditEntry.Phase> phases() {
        return installation.controlPlane.audit("acme", new AuditQuery(100, null, null, MUTATION)).stream()
                .map(row -> row.entry().phase())
                .toList();
    }

    @Test
    void what_was_deleted_before_comes_back_under_the_old_name() {
        String pr = installation.password("olden", "pr", RoleKind.RW);
        installation.apply(Installation.project("olden", POLICIES, ""));
        assertThat(installation.apply(renamed("")).converged()).isTrue();
        assertThat(installation.controlPlane.read("acme").removed())
                .extracting(Removed::resource)
                .containsExactly(ResourceKey.branch("olden", "pr"));

        Desired both = Installation.desired("""
                version: 1
                organization: acme
                hosts:
                  db1: { postgres: { url: "postgresql://db1.acme.example:5432/postgres" } }
                projects:
                  newer: { host: db1 }
                  olden: { host: db1, branches: { pr: {} } }
                """);
        assertThat(installation.apply(both).converged()).isTrue();
        assertThat(read("olden_main_br_pr", pr)).isEqualTo("pr");
    }

    @Test
    void what_a_reset_left_behind_stays_the_branchs_own() {
        String copied = " main: {}, pr: {}, copy: { from: main, data: full, hold_sessions: true } ";
        installation.apply(Installation.project("olden", POLICIES, copied));
        Copying.reset(installation, Installation.project("olden", POLICIES, copied), "olden", "copy");
        assertThat(named("axm\\_del%")).isEqualTo("1");

        assertThat(installation.apply(renamed(copied)).converged()).isTrue();

        ResourceKey copy = ResourceKey.branch("newer", "copy");
        Request purge =
                new Request(Installation.request().actor(), "manual", null, Asked.purge(new TreeSet<>(List.of(copy))));
        installation.apply(renamed(copied), purge, () -> false);
        assertThat(named("axm\\_del%")).isEqualTo("0");
    }
}
