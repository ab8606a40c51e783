package io.axiomdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.audit.Actor;
import io.axiomdb.audit.AuditEntry.Phase;
import io.axiomdb.core.Secret;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.plan.Change;
import io.axiomdb.port.ControlPlane.AuditQuery;
import io.axiomdb.port.SecretStore.StoredSecret;
import io.axiomdb.registry.CredentialKey;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What interrupted applies, hand edits and edits of the file leave behind, and that apply comes back from it. */
class LeftoversTest {
    private static final ResourceKey MAIN = ResourceKey.branch("left", "main");
    private static final Actor ACTOR = new Actor("dba@acme.example", false, null, "test");

    private final Installation installation = Installation.of(18);

    @AfterEach
    void drop_what_was_made() {
        installation.drop("left");
        installation.close();
    }

    private String ask(String sql) {
        return ask("postgres", sql);
    }

    private String ask(String database, String sql) {
        return installation.ask(database, sql);
    }

    private static Desired left(String branches) {
        return Installation.project("left", branches);
    }

    /** The project and all else is there; the branch is begun and has its roles and passwords, and nothing more. */
    private Desired begun() {
        Desired desired = left(" dev: {} ");
        installation.apply(left(""));
        installation.stopAfter(desired, 2);
        assertThat(ask("SELECT count(*) FROM pg_roles WHERE rolname ~ '^left_main_br_dev_'"))
                .isEqualTo("3");
        return desired;
    }

    @Test
    void a_branch_that_was_begun_stays_ours_when_the_next_apply_is_stopped_before_its_first_step() {
        Desired desired = begun();
        installation.stopAfter(desired, 0);
        assertThat(installation.plan(desired).plan().blocked()).isEmpty();
        assertThat(installation.apply(desired).converged()).isTrue();
    }

    @Test
    void what_was_only_begun_is_no_drift() {
        begun();
        assertThat(installation
                        .engine
                        .drift("acme", Installation.request())
                        .plan()
                        .changes())
                .isEmpty();
    }

    @Test
    void parameters_whose_names_the_server_writes_in_capitals_converge() {
        String settings = " main: { settings: { timezone: UTC, datestyle: \"ISO, DMY\", intervalstyle: iso_8601 } } ";
        assertThat(installation.apply(left(settings)).converged()).isTrue();
        assertThat(installation.apply(left("")).converged()).isTrue();
        assertThat(ask("SELECT count(*) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase"
                        + " WHERE d.datname = 'sq_left_main'"))
                .isEqualTo("0");
    }

    @Test
    void removing_a_branch_ends_access_of_all_its_roles_whatever_their_comments_say() {
        installation.apply(left(" dev: {} "));
        installation.admin("postgres", "COMMENT ON ROLE left_main_br_dev_ro IS NULL");
        assertThat(installation.apply(left("")).converged()).isTrue();
        assertThat(ask("SELECT count(*) FROM pg_roles WHERE rolcanlogin AND rolname ~ 'dev_(owner|rw|ro)$'"))
                .isEqualTo("0");
        assertThat(ask("SELECT count(*) FROM pg_database WHERE datname = 'sq_left_main_br_dev'"))
                .isEqualTo("0");
    }

    @Test
    void a_removed_branch_leaves_no_password_that_a_new_one_of_its_name_would_get() {
        installation.apply(left(" dev: {} "));
        CredentialKey key = new CredentialKey("left", "dev", RoleKind.RW);
        Secret password = Secret.of("a password that a crashed apply had set");
        Secret verifier = installation.outside.hasher().verifier(password);
        installation.controlPlane.secrets().putPending("acme", List.of(new StoredSecret(key, password, verifier)));
        installation.admin("postgres", "ALTER ROLE left_main_br_dev_rw PASSWORD '" + verifier.reveal() + "'");
        installation.apply(left(""));
        assertThat(installation.controlPlane.read("acme").credentials()).doesNotContainKey(key);
    }

    @Test
    void an_interrupted_repair_that_is_now_held_back_was_not_done() {
        installation.apply(left(""));
        installation.admin("postgres", "ALTER ROLE left_main_rw PASSWORD NULL");
        installation.died(
                "11111111-2222-3333-4444-555555555555", "drift.repaired", MAIN, new TreeMap<>(), new TreeMap<>());
        installation.apply(left(""));
        assertThat(installation.controlPlane.audit("acme", new AuditQuery(100, null, "drift.repaired", null)))
                .extracting(row -> row.entry().phase())
                .containsExactly(Phase.FOUND_NOT_DONE, Phase.INTENT);
    }

    @Test
    void an_interrupted_repair_was_done_though_an_update_of_the_same_branch_is_left() {
        installation.apply(left(""));
        installation.died(
                "11111111-2222-3333-4444-555555555555",
                "drift.repaired",
                MAIN,
                new TreeMap<>(Map.of("role left_main_ro SUPERUSER", "yes")),
                new TreeMap<>(Map.of("role left_main_ro SUPERUSER", "no")));
        assertThat(installation
                        .apply(left(" main: { connection_limits: { rw: 7 } } "))
                        .converged())
                .isTrue();
        assertThat(installation.controlPlane.audit("acme", new AuditQuery(100, null, "drift.repaired", null)))
                .extracting(row -> row.entry().phase())
                .containsExactly(Phase.FOUND_DONE, Phase.INTENT);
    }

    @Test
    void a_schema_that_the_file_no_longer_names_keeps_no_rights_of_the_branch_roles() {
        installation.apply(left(" main: { schemas: [app] } "));
        assertThat(installation.apply(left("")).converged()).isTrue();
        assertThat(ask("sq_left_main", "SELECT has_schema_privilege('left_main_rw', 'app', 'USAGE')"))
                .isEqualTo("f");
        assertThat(installation.apply(left(" main: { schemas: [app] } ")).converged())
                .isTrue();
    }

    @Test
    void rights_on_columns_that_took_the_place_of_the_tables_stay_while_those_are_held_back() {
        installation.apply(left(""));
        installation.admin(
                "sq_left_main",
                "SET ROLE left_main_owner; CREATE TABLE public.t (a int, b int); REVOKE SELECT ON public.t FROM"
                        + " left_main_ro; GRANT SELECT (a) ON public.t TO left_main_ro");
        assertThat(installation.plan(left("")).plan().heldBack()).hasSize(1);
        assertThat(installation.apply(left("")).results()).isEmpty();
        assertThat(ask("sq_left_main", "SELECT has_column_privilege('left_main_ro', 'public.t', 'a', 'SELECT')"))
                .isEqualTo("t");
    }

    @Test
    void a_password_that_ended_before_all_times_is_found() {
        installation.apply(left(""));
        installation.admin("postgres", "ALTER ROLE left_main_rw VALID UNTIL '-infinity'");
        assertThat(installation.plan(left("")).plan().changes())
                .extracting(Change::resource)
                .containsExactly(MAIN);
        assertThat(installation.apply(left("")).converged()).isTrue();
    }
}
