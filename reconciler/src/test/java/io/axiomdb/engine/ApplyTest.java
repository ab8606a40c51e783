package io.axiomdb.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.axiomdb.apply.ChangeResult;
import io.axiomdb.apply.ChangeResult.Status;
import io.axiomdb.apply.Progress;
import io.axiomdb.audit.AuditEntry;
import io.axiomdb.audit.AuditEntry.Phase;
import io.axiomdb.audit.AuditRow;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.plan.Asked;
import io.axiomdb.plan.Change;
import io.axiomdb.plan.HeldBack.Named;
import io.axiomdb.plan.HeldBack.Repair;
import io.axiomdb.plan.Plan;
import io.axiomdb.plan.Step;
import io.axiomdb.port.ControlPlane.AuditQuery;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What apply promises, on a real host and a real control plane. */
class ApplyTest {
    private static final AuditQuery ALL = new AuditQuery(1000, null, null, null);

    private final Installation installation = Installation.of(18);

    @AfterEach
    void drop_what_was_made() {
        installation.drop("shop");
        installation.close();
    }

    private String ask(String sql) {
        return installation.ask("postgres", sql);
    }

    private static Desired shop(String branches) {
        return Installation.project("shop", branches);
    }

    @Test
    void of_two_applies_at_once_one_wins_and_the_other_says_who_holds_the_lease() throws Exception {
        Desired desired = shop("");
        Request request = Installation.request();
        String digest =
                installation.engine.plan(desired, request).plan().digest().hex();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Progress waiting = new Progress() {
            @Override
            public void begun(Change change) {
                begun.countDown();
                await(goOn);
            }

            @Override
            public void ended(ChangeResult result) {}
        };
        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Future<ApplyReport> first =
                    threads.submit(() -> installation.engine.apply(desired, request, digest, waiting, () -> false));
            await(begun);
            assertThatThrownBy(() -> installation.engine.apply(desired, request, digest, Progress.NONE, () -> false))
                    .isInstanceOfSatisfying(AxiomException.class, e -> {
                        assertThat(e.code()).isEqualTo(Code.LEASE_HELD);
                        assertThat(e).hasMessageContaining("test");
                    });
            goOn.countDown();
            assertThat(first.get().converged()).isTrue();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a_plan_that_went_stale_between_review_and_apply_is_refused() {
        Desired desired = shop("");
        String reviewed = installation.plan(desired).plan().digest().hex();
        installation.apply(desired);
        installation.admin("postgres", "ALTER ROLE shop_main_rw SUPERUSER");
        assertThatThrownBy(() -> installation.engine.apply(
                        desired, Installation.request(), reviewed, Progress.NONE, () -> false))
                .isInstanceOfSatisfying(
                        AxiomException.class, e -> assertThat(e.code()).isEqualTo(Code.STALE_PLAN));
        assertThat(ask("SELECT rolsuper FROM pg_roles WHERE rolname = 'shop_main_rw'"))
                .isEqualTo("t");
    }

    @Test
    void foreign_databases_and_roles_block_their_branch_alone_and_are_never_touched() {
        installation.admin("postgres", "CREATE ROLE shop_main_rw NOLOGIN");
        installation.admin("postgres", "CREATE DATABASE \"sq_shop_main_br_dev\"");
        Desired desired = shop(" dev: {}, test: {} ");
        Plan plan = installation.plan(desired).plan();
        assertThat(plan.blocked()).extracting(b -> b.resource().path()).containsExactly("shop/dev", "shop/main");
        assertThat(plan.blocked()).allSatisfy(b -> assertThat(b.why()).allMatch(d -> d.code() == Code.FOREIGN_OBJECT));
        ApplyReport report = installation.apply(desired);
        assertThat(report.results()).allMatch(r -> r.status() == Status.DONE);
        assertThat(report.converged()).isFalse();
        assertThat(ask("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'shop_main_rw'"))
                .isEqualTo("f");
        assertThat(ask("SELECT count(*) FROM pg_database WHERE datname = 'sq_shop_main_br_test'"))
                .isEqualTo("1");
    }

    @Test
    void a_change_that_fails_takes_along_only_what_needs_it_and_the_next_run_converges() {
        Desired desired = shop(" bad: {}, child: { from: bad }, good: {} ");
        installation.apply(shop(""));
        Request request = Installation.request();
        String digest =
                installation.engine.plan(desired, request).plan().digest().hex();
        Progress saboteur = new Progress() {
            @Override
            public void begun(Change change) {
                if (change.resource().name().equals("bad")) {
                    installation.admin("postgres", "CREATE ROLE shop_main_br_bad_rw");
                }
            }

            @Override
            public void ended(ChangeResult result) {}
        };
        ApplyReport report = installation.engine.apply(desired, request, digest, saboteur, () -> false);
        assertThat(status(report, "bad")).isEqualTo(Status.FAILED);
        assertThat(status(report, "child")).isEqualTo(Status.SKIPPED);
        assertThat(status(report, "good")).isEqualTo(Status.DONE);
        assertThat(report.results())
                .filteredOn(r -> r.status() == Status.FAILED)
                .allSatisfy(r -> assertThat(Objects.requireNonNull(r.why()).detail())
                        .contains("already exists")
                        .contains("42710"));
        assertThat(installation.plan(desired).plan().blocked())
                .as("what somebody else made meanwhile is foreign")
                .extracting(b -> b.resource().name())
                .containsExactly("bad");
        installation.admin("postgres", "DROP ROLE shop_main_br_bad_rw");
        assertThat(installation.apply(desired).converged()).isTrue();
    }

    private static Status status(ApplyReport report, String branch) {
        return report.results().stream()
                .filter(r -> r.change().resource().name().equals(branch))
                .map(ChangeResult::status)
                .findFirst()
                .orElseThrow();
    }

    /** Stopped before each step in turn: whatever is there by then, the next run goes on from it. */
    @Test
    void an_apply_that_is_stopped_anywhere_converges_when_it_is_run_again() {
        Desired desired = shop("");
        for (int steps = 0; steps < 7; steps++) {
            ApplyReport stopped = installation.stopAfter(desired, steps);
            assertThat(stopped.converged())
                    .isEqualTo(stopped.results().stream().allMatch(r -> r.status() == Status.DONE));
        }
        assertThat(installation.plan(desired).plan().isEmpty()
                        || installation.apply(desired).converged())
                .isTrue();
        assertThat(installation.as("shop", "main", RoleKind.RW, "shop_main_rw", "sq_shop_main", "SELECT 1"))
                .isEqualTo("1");
        assertThat(installation.controlPlane.unfinished("acme")).isEmpty();
    }

    /** Nothing has its name before it is finished; until then it is gone, and has to be named again. */
    @Test
    void making_a_lost_database_anew_can_be_stopped_anywhere() {
        Desired desired = shop("");
        installation.apply(desired);
        Named repair = new Named(Repair.DATABASE, "shop/main");
        for (int steps = 1; steps < 6; steps++) {
            installation.admin("postgres", "DROP DATABASE sq_shop_main WITH (FORCE)");
            ApplyReport stopped = installation.stopAfter(desired, steps, repair);
            if (!stopped.converged()) {
                assertThatThrownBy(() -> installation.as(
                                "shop", "main", RoleKind.OWNER, "shop_main_owner", "sq_shop_main", "SELECT 1"))
                        .hasMessageContaining("does not exist");
            }
            assertThat(stopped.converged()
                            || installation.apply(desired, repair).converged())
                    .isTrue();
            assertThat(installation.ask("postgres", "SELECT count(*) FROM pg_database WHERE datname ~ '^axm_new_'"))
                    .isEqualTo("0");
            assertThat(installation.as("shop", "main", RoleKind.RW, "shop_main_rw", "sq_shop_main", "SELECT 1"))
                    .isEqualTo("1");
        }
    }

    @Test
    void a_repair_that_nothing_needs_is_told() {
        installation.apply(shop(""));
        Plan plan = installation
                .plan(shop(""), new Named(Repair.PASSWORD, "shop/mian"))
                .plan();
        assertThat(plan.notices())
                .singleElement()
                .satisfies(n -> assertThat(n.code()).isEqualTo(Code.REPAIR_UNUSED));
    }

    @Test
    void an_intent_without_an_outcome_gets_a_true_one_from_the_next_apply() {
        Desired desired = shop("");
        installation.apply(desired);
        AuditEntry intent = row("branch.created").entry();
        installation.died(
                "11111111-2222-3333-4444-555555555555",
                "drift.repaired",
                intent.target(),
                intent.oldValue(),
                intent.newValue());
        installation.apply(desired);
        assertThat(installation.controlPlane.unfinished("acme")).isEmpty();
        assertThat(rows("drift.repaired").map(r -> r.entry().phase()))
                .containsExactlyInAnyOrder(Phase.INTENT, Phase.FOUND_DONE);
    }

    @Test
    void every_mutation_leaves_an_intent_an_outcome_and_a_chain_that_holds() {
        installation.apply(shop(" dev: {} "));
        installation.apply(shop(""));
        assertThat(rows("branch.created").map(r -> r.entry().phase()))
                .containsExactlyInAnyOrder(Phase.INTENT, Phase.DONE, Phase.INTENT, Phase.DONE);
        assertThat(rows("branch.deleted").map(r -> r.entry().phase()))
                .containsExactlyInAnyOrder(Phase.INTENT, Phase.DONE);
        assertThat(rows("project.created")).hasSize(2);
        assertThat(installation.controlPlane.verifyAudit()).isEmpty();
    }

    @Test
    void no_password_and_no_verifier_is_anywhere_but_in_the_secret_store() {
        installation.apply(shop(""));
        String password = installation.password("shop", "main", RoleKind.RW);
        String verifier = ask("SELECT rolpassword FROM pg_authid WHERE rolname = 'shop_main_rw'");
        assertThat(verifier).startsWith("SCRAM-SHA-256$4096:");
        Stream<String> told = Stream.concat(
                installation.controlPlane.audit("acme", ALL).stream().map(AuditRow::toString),
                Stream.of(installation.plan(shop("")).toString(), installation.outside.toString()));
        assertThat(told).noneMatch(text -> text.contains(password) || text.contains(verifier.substring(30)));
    }

    @Test
    void rights_are_granted_before_any_are_taken_and_in_one_transaction() {
        installation.apply(shop(""));
        installation.admin("sq_shop_main", "GRANT CREATE ON SCHEMA public TO PUBLIC");
        installation.admin("postgres", "ALTER DATABASE sq_shop_main OWNER TO shop_main_rw");
        Change repair = installation.plan(shop("")).plan().changes().getFirst();
        assertThat(repair.steps())
                .hasSize(2)
                .allSatisfy(step -> assertThat(step)
                        .isInstanceOfSatisfying(
                                Step.Sql.class,
                                sql -> assertThat(sql.statements().stream()
                                                .map(s -> s.startsWith("REVOKE"))
                                                .toList())
                                        .isSorted()));
    }

    @Test
    void a_host_that_does_not_answer_keeps_no_other_from_being_changed() {
        Desired desired = Installation.desired("""
                version: 1
                organization: acme
                hosts:
                  dead: { postgres: { url: "postgresql://dead.acme.example:5432/postgres" } }
                  db1: { postgres: { url: "postgresql://db1.acme.example:5432/postgres" } }
                projects:
                  gone: { host: dead }
                  shop: { host: db1 }
                """);
        ApplyReport report = installation.apply(desired);
        assertThat(report.results()).allMatch(r -> r.status() == Status.DONE);
        assertThat(report.converged()).isFalse();
        Plan after = report.after().plan();
        assertThat(after.isEmpty()).isTrue();
        assertThat(after.blocked()).singleElement().satisfies(b -> {
            assertThat(b.resource().path()).isEqualTo("gone/main");
            assertThat(b.why()).allMatch(why -> why.code() == Code.HOST_UNREACHABLE);
        });
        assertThat(installation.as("shop", "main", RoleKind.RW, "shop_main_rw", "sq_shop_main", "SELECT 1"))
                .isEqualTo("1");
    }

    @Test
    void guards_refuse_more_removals_than_allowed_and_protected_branches() {
        installation.apply(shop(" a: {}, b: {}, c: { protected: true } "));
        Request one = Installation.request();
        assertThat(refusals(shop(" c: { protected: true } "), one)).containsExactly(Code.DESTROY_CAP);
        Request two = one.with(Asked.of(Set.of(), 2));
        assertThat(refusals(shop(" c: { protected: true } "), two)).isEmpty();
        assertThat(refusals(shop(" a: {}, b: {} "), two)).containsExactly(Code.PROTECTED);
    }

    private List<Code> refusals(Desired desired, Request request) {
        return installation.engine.plan(desired, request).plan().refusals().stream()
                .map(d -> d.code())
                .toList();
    }

    private AuditRow row(String event) {
        return rows(event).findFirst().orElseThrow();
    }

    private Stream<AuditRow> rows(String event) {
        return installation.controlPlane.audit("acme", ALL).stream()
                .filter(r -> r.entry().event().equals(event));
    }
}
