package io.axiomdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.adapter.postgres.tools.ClientTools;
import io.axiomdb.apply.ChangeResult;
import io.axiomdb.apply.ChangeResult.Status;
import io.axiomdb.audit.Actor;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.plan.Asked;
import io.axiomdb.plan.Plan;
import io.axiomdb.port.ControlPlane.AuditQuery;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A project that says {@code masking: require}. */
class MaskedProjectsTest {
    private static final ResourceKey BRANCH = ResourceKey.branch("shop", "pr-1");
    private static final String FULL = ", pr-1: { from: main, data: full }";
    private static final String MASKED = ", pr-1: { from: main, data: full, transform: mask.sql }";
    private static final String OWNER = "olga@acme.example";
    private static final String DEVELOPER = "dan@acme.example";

    private final Installation installation = Installation.of(18, ClientTools::none);

    private static Desired shop(String masking, String branches) {
        return shop("shop", "", masking, branches);
    }

    private static Desired shop(String name, String line, String masking, String branches) {
        Desired desired = Installation.desired("""
                version: 1
                organization: acme
                members:
                  olga@acme.example: owner
                  dan@acme.example: developer
                hosts:
                  db1: { postgres: { url: "postgresql://db1.acme.example:5432/postgres" } }
                projects:
                  %s:
                    %s
                    host: db1
                    masking: %s
                    branches: { main: {}%s }
                """.formatted(name, line, masking, branches));
        // What is called otherwise is no longer known once it is put together from fields.
        return branches.contains("mask.sql") ? Copying.with(desired, "mask.sql", "SELECT 1") : desired;
    }

    private static Request request(String actor, String reason, boolean reset) {
        return request(actor, reason, reset ? Asked.NOTHING.withReset(BRANCH) : Asked.NOTHING);
    }

    private static Request request(String actor, String reason, Asked asked) {
        return new Request(
                new Actor(actor, false, null, "test"), "manual", null, asked.withUnmasked(reason), Installation.HOSTS);
    }

    private ApplyReport apply(Desired desired, Request request) {
        return installation.apply(desired, request, () -> false);
    }

    private Plan plan(Desired desired, Request request) {
        return installation.engine.plan(desired, request).plan();
    }

    private static void refused(Plan plan) {
        refused(plan, "shop");
    }

    private static void refused(Plan plan, String project) {
        ResourceKey branch = ResourceKey.branch(project, BRANCH.name());
        assertThat(plan.changes()).noneMatch(change -> change.resource().equals(branch));
        assertThat(plan.blocked())
                .filteredOn(blocked -> blocked.resource().equals(branch))
                .flatExtracting(blocked -> blocked.why())
                .extracting(Diagnostic::code)
                .containsExactly(Code.MASK_MISSING);
    }

    private static void done(ApplyReport report) {
        assertThat(report.results()).extracting(ChangeResult::why).containsOnlyNulls();
        assertThat(report.results()).extracting(ChangeResult::status).containsOnly(Status.DONE);
        assertThat(report.after().plan().blocked()).isEmpty();
        assertThat(report.after().plan().changes()).isEmpty();
        assertThat(report.converged()).isTrue();
    }

    @BeforeEach
    void there_is_a_project_that_asks_for_masks() {
        installation.drop("shop");
        done(apply(shop("require", ""), request(OWNER, "", false)));
    }

    @AfterEach
    void drop_what_was_made() {
        installation.drop("shop");
        installation.drop("store");
        installation.close();
    }

    @Test
    void a_branch_with_rows_and_no_mask_is_refused_and_nothing_is_made() {
        refused(plan(shop("require", FULL), request(OWNER, "", false)));
        refused(plan(shop("require", FULL), request(DEVELOPER, "", false)));
        apply(shop("require", FULL), request(OWNER, "", false));
        assertThat(installation.ask("postgres", "SELECT count(*) FROM pg_database WHERE datname ~ 'pr-1|axm_new'"))
                .isEqualTo("0");
        done(apply(shop("require", MASKED), request(DEVELOPER, "", false)));
    }

    @Test
    void only_an_owner_says_why_rows_may_come_unmasked_and_that_is_audited() {
        Plan byDeveloper = plan(shop("require", FULL), request(DEVELOPER, "incident 7", false));
        refused(byDeveloper);
        assertThat(byDeveloper.blocked().getFirst().why().getFirst().detail()).contains(DEVELOPER, "no owner");
        done(apply(shop("require", FULL), request(OWNER, "incident 7", false)));
        assertThat(installation.controlPlane.audit("acme", new AuditQuery(10, null, "branch.created", null)))
                .anySatisfy(row -> assertThat(row.entry().newValue()).containsEntry("unmasked", "incident 7"));
        assertThat(plan(shop("require", FULL), request(OWNER, "incident 7", false))
                        .digest())
                .isEqualTo(plan(shop("require", FULL), request(DEVELOPER, "", false))
                        .digest());
    }

    @Test
    void the_reason_is_part_of_what_is_reviewed() {
        assertThat(plan(shop("require", FULL), request(OWNER, "a", false)).digest())
                .isNotEqualTo(
                        plan(shop("require", FULL), request(OWNER, "b", false)).digest());
    }

    @Test
    void a_reset_without_a_mask_is_refused_too() {
        done(apply(shop("require", MASKED), request(OWNER, "", false)));
        done(apply(shop("require", FULL), request(OWNER, "", false)));
        refused(plan(shop("require", FULL), request(OWNER, "", true)));
        refused(plan(shop("require", FULL), request(DEVELOPER, "incident 7", true)));
        done(apply(shop("require", FULL), request(OWNER, "incident 7", true)));
        assertThat(installation.controlPlane.audit("acme", new AuditQuery(10, null, "branch.reset", null)))
                .anySatisfy(row -> assertThat(row.entry().newValue()).containsEntry("unmasked", "incident 7"));
    }

    private static final String EMPTY = ", pr-1: { from: main }";
    private static final String ALONE = ", pr-1: {}";

    private void removed() {
        done(apply(shop("require", ""), request(DEVELOPER, "", false)));
    }

    /** However its lines look now: the data is what it was. */
    private void comesBackByAnOwnerAlone(String reason) {
        for (String lines : List.of(FULL, MASKED, EMPTY, ALONE)) {
            refused(plan(shop("require", lines), request(OWNER, "", false)));
            refused(plan(shop("require", lines), request(DEVELOPER, reason, false)));
        }
        assertThat(apply(shop("require", MASKED), request(OWNER, reason, false)).results())
                .extracting(ChangeResult::status)
                .containsOnly(Status.DONE);
        assertThat(apply(shop("require", MASKED), request(DEVELOPER, "", false)).converged())
                .isTrue();
        assertThat(installation.controlPlane.audit("acme", new AuditQuery(10, null, "branch.undeleted", null)))
                .anySatisfy(row -> assertThat(row.entry().newValue()).containsEntry("unmasked", reason));
    }

    @Test
    void data_that_was_made_without_a_mask_is_not_brought_back() {
        done(apply(shop("require", FULL), request(OWNER, "incident 7", false)));
        removed();
        comesBackByAnOwnerAlone("incident 8");
        removed();
        comesBackByAnOwnerAlone("incident 9");
    }

    /** Its script was stored and never ran. */
    @Test
    void lines_that_were_applied_later_mask_nothing() {
        done(apply(shop("optional", ""), request(OWNER, "", false)));
        done(apply(shop("optional", FULL), request(DEVELOPER, "", false)));
        done(apply(shop("require", FULL), request(DEVELOPER, "", false)));
        for (String lines : List.of(MASKED, EMPTY, ALONE)) {
            done(apply(shop("require", lines), request(DEVELOPER, "", false)));
        }
        removed();
        comesBackByAnOwnerAlone("incident 8");
    }

    /** Its owner drops the masked one. */
    @Test
    void what_a_reset_retains_is_what_it_was_before() {
        done(apply(shop("require", FULL), request(OWNER, "incident 7", false)));
        done(apply(shop("require", MASKED), request(DEVELOPER, "", true)));
        installation.as(
                "shop",
                "pr-1",
                RoleKind.OWNER,
                "shop_main_br_pr-1_owner",
                "postgres",
                "DROP DATABASE \"sq_shop_main_br_pr-1\"");
        removed();
        comesBackByAnOwnerAlone("incident 8");
    }

    @Test
    void what_was_masked_comes_back_whatever_is_declared_and_so_does_what_is_none_of_a_parents() {
        done(apply(shop("require", MASKED), request(DEVELOPER, "", false)));
        for (String lines : List.of(EMPTY, MASKED, ALONE)) {
            removed();
            done(apply(shop("require", lines), request(DEVELOPER, "", false)));
            assertThat(installation.controlPlane.audit("acme", new AuditQuery(1, null, "branch.undeleted", null)))
                    .isNotEmpty();
        }
        done(apply(shop("require", EMPTY + ", pr-2: { from: main }"), request(DEVELOPER, "", false)));
        done(apply(shop("require", EMPTY), request(DEVELOPER, "", false)));
        done(apply(shop("require", EMPTY + ", pr-2: { from: main, data: full }"), request(DEVELOPER, "", false)));
    }

    @Test
    void of_what_was_taken_over_with_a_parent_nobody_knows() {
        installation.admin("postgres", "CREATE DATABASE \"sq_shop_main_br_pr-1\"");
        Request adopt = request(DEVELOPER, "", Asked.NOTHING.adopting(new TreeSet<>(List.of(BRANCH))));
        done(apply(shop("require", EMPTY), adopt));
        done(apply(shop("require", ALONE), request(DEVELOPER, "", false)));
        removed();
        comesBackByAnOwnerAlone("incident 8");
    }

    /** Access has ended; it is the administrator's until something inside is settled. */
    @Test
    void a_removal_that_waits_is_not_taken_back_without_an_owner() {
        done(apply(shop("require", FULL), request(OWNER, "incident 7", false)));
        String database = "sq_shop_main_br_pr-1";
        installation.admin(database, "BEGIN; CREATE TABLE t (); PREPARE TRANSACTION 'waits'");
        try {
            assertThat(apply(shop("require", ""), request(DEVELOPER, "", false)).converged())
                    .isFalse();
            refused(plan(shop("require", MASKED), request(DEVELOPER, "", false)));
            String renamed = ", pr-2: { from: main, data: full, renamed_from: pr-1 }";
            assertThat(plan(shop("require", renamed), request(DEVELOPER, "", false))
                            .changes())
                    .isEmpty();
            done(apply(shop("require", FULL), request(OWNER, "incident 8", false)));
        } finally {
            installation.admin(database, "ROLLBACK PREPARED 'waits'");
        }
        assertThat(installation.controlPlane.audit("acme", new AuditQuery(10, null, "drift.repaired", null)))
                .anySatisfy(row -> assertThat(row.entry().newValue()).containsEntry("unmasked", "incident 8"));
        removed();
        comesBackByAnOwnerAlone("incident 9");
    }

    @Test
    void the_edit_that_breaks_the_rule_can_not_drop_it_and_only_an_owner_drops_it() {
        Desired both = shop("optional", FULL);
        assertThat(plan(both, request(DEVELOPER, "", false)).refusals())
                .extracting(Diagnostic::code)
                .containsExactly(Code.MASK_RULE_NEEDS_OWNER);
        refused(plan(both, request(DEVELOPER, "", false)));
        refused(plan(both, request(OWNER, "", false)));
        done(apply(shop("optional", ""), request(OWNER, "", false)));
        done(apply(both, request(DEVELOPER, "", false)));
    }

    /** Put back without the rule, it would be a project that never had it. */
    @Test
    void only_an_owner_takes_the_project_out() {
        Desired without = Installation.desired("""
                version: 1
                organization: acme
                members:
                  olga@acme.example: owner
                  dan@acme.example: developer
                hosts:
                  db1: { postgres: { url: "postgresql://db1.acme.example:5432/postgres" } }
                """);
        assertThat(plan(without, request(DEVELOPER, "", false)).refusals())
                .extracting(Diagnostic::code)
                .contains(Code.MASK_RULE_NEEDS_OWNER);
        assertThat(plan(without, request(OWNER, "", false)).refusals())
                .extracting(Diagnostic::code)
                .doesNotContain(Code.MASK_RULE_NEEDS_OWNER);
    }

    @Test
    void a_project_that_is_renamed_keeps_the_rule() {
        done(apply(renamed("require", ""), request(DEVELOPER, "", false)));
        refused(plan(renamed("require", FULL), request(DEVELOPER, "", false)), "store");
        assertThat(plan(renamed("optional", ""), request(DEVELOPER, "", false)).refusals())
                .extracting(Diagnostic::code)
                .containsExactly(Code.MASK_RULE_NEEDS_OWNER);
    }

    @Test
    void a_new_name_does_not_lose_the_rule_either() {
        Plan plan = plan(renamed("optional", FULL), request(DEVELOPER, "", false));
        assertThat(plan.changes())
                .noneMatch(change -> change.resource().project().equals("store"));
        assertThat(apply(renamed("optional", FULL), request(DEVELOPER, "", false))
                        .converged())
                .isFalse();
        refused(plan(shop("require", FULL), request(DEVELOPER, "", false)));
    }

    private static Desired renamed(String masking, String branches) {
        return shop("store", "renamed_from: shop", masking, branches);
    }
}
