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
import io.axiomdb.plan.Asked;
import io.axiomdb.plan.Plan;
import io.axiomdb.port.ControlPlane.AuditQuery;
import java.util.List;
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
        return Copying.with(Installation.desired("""
                version: 1
                organization: acme
                members:
                  olga@acme.example: owner
                  dan@acme.example: developer
                hosts:
                  db1: { postgres: { url: "postgresql://db1.acme.example:5432/postgres" } }
                projects:
                  shop:
                    host: db1
                    masking: %s
                    branches: { main: {}%s }
                """.formatted(masking, branches)), "mask.sql", "SELECT 1");
    }

    private static Request request(String actor, String reason, boolean reset) {
        Asked asked = Asked.NOTHING.withUnmasked(reason);
        return new Request(
                new Actor(actor, false, null, "test"),
                "manual",
                null,
                reset ? asked.withReset(BRANCH) : asked,
                Installation.HOSTS);
    }

    private ApplyReport apply(Desired desired, Request request) {
        return installation.apply(desired, request, () -> false);
    }

    private Plan plan(Desired desired, Request request) {
        return installation.engine.plan(desired, request).plan();
    }

    private static void refused(Plan plan) {
        assertThat(plan.changes()).noneMatch(change -> change.resource().equals(BRANCH));
        assertThat(plan.blocked())
                .filteredOn(blocked -> blocked.resource().equals(BRANCH))
                .flatExtracting(blocked -> blocked.why())
                .extracting(Diagnostic::code)
                .containsExactly(Code.MASK_MISSING);
    }

    private static void done(ApplyReport report) {
        assertThat(report.results()).extracting(ChangeResult::status).containsOnly(Status.DONE);
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

    /** However its lines look now: the data is what it was. */
    @Test
    void data_that_was_made_without_a_mask_is_not_brought_back() {
        done(apply(shop("require", FULL), request(OWNER, "incident 7", false)));
        done(apply(shop("require", ""), request(OWNER, "", false)));
        for (String lines : List.of(FULL, MASKED, ", pr-1: { from: main }")) {
            refused(plan(shop("require", lines), request(OWNER, "", false)));
        }
        done(apply(shop("require", FULL), request(OWNER, "incident 8", false)));
        assertThat(installation.controlPlane.audit("acme", new AuditQuery(10, null, "branch.undeleted", null)))
                .anySatisfy(row -> assertThat(row.entry().newValue()).containsEntry("unmasked", "incident 8"));
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
}
