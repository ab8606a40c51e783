package io.axiomdb.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.apply.ChangeResult.Status;
import io.axiomdb.audit.Actor;
import io.axiomdb.audit.AuditEntry;
import io.axiomdb.audit.AuditEntry.Phase;
import io.axiomdb.audit.EventNames;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Network.Rule;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.Access;
import io.axiomdb.plan.Action;
import io.axiomdb.plan.Change;
import io.axiomdb.plan.Plan;
import io.axiomdb.port.ControlPlane;
import io.axiomdb.port.ControlPlane.AuditQuery;
import io.axiomdb.port.ControlPlane.Effect;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What apply promises about access, on a real server and a real control plane; the files of the host are in memory. */
class AccessApplyTest {
    private static final String OFFICE = "office: { label: Office, cidr: 203.0.113.0/24 }";
    private static final String CI = "ci: { label: CI, cidr: 198.51.100.7/32, ports: direct }";
    private static final ResourceKey HOST = ResourceKey.hostAccess("db1");

    private final Installation installation = Installation.of(18);

    @AfterEach
    void drop_what_was_made() {
        installation.drop("shop");
        installation.close();
    }

    private static Desired shop(String... rules) {
        return Installation.onMachine(
                "shop: { host: db1, network: { mode: restricted, rules: { " + String.join(", ", rules) + " } } }");
    }

    @Test
    void rules_are_carried_out_recorded_as_such_and_leave_nothing_to_do() {
        ApplyReport report = installation.apply(shop(OFFICE));
        assertThat(report.results()).allSatisfy(r -> assertThat(r.why()).isNull());
        assertThat(report.converged()).isTrue();
        assertThat(report.propagation()).containsOnlyKeys("db1");
        assertThat(access().lines())
                .containsExactly(
                        "branch sq_shop_main of shop_main_owner, shop_main_ro, shop_main_rw",
                        "direct sq_shop_main from 203.0.113.0/24",
                        "port 5432 from 203.0.113.0/24");
        assertThat(phases("network.rule.created")).containsExactlyInAnyOrder(Phase.INTENT, Phase.DONE);
        assertThat(phases(EventNames.ACCESS_CHANGED)).containsExactlyInAnyOrder(Phase.INTENT, Phase.DONE);
        assertThat(installation.controlPlane.read("acme").applied().get(ResourceKey.networkRule("shop", "office")))
                .satisfies(applied ->
                        assertThat(Objects.requireNonNull(applied).enforced()).isTrue());
    }

    @Test
    void an_apply_that_changes_access_alone_works_in_both_directions() {
        installation.apply(shop(OFFICE));
        assertThat(installation.apply(shop(OFFICE, CI)).converged()).isTrue();
        assertThat(access().entries()).hasSize(2);
        assertThat(installation.apply(shop(CI)).converged()).isTrue();
        assertThat(access().entries()).hasSize(1);
        assertThat(installation.files.changes()).as("one change each").isEqualTo(3);
        assertThat(installation.apply(shop(CI)).results()).isEmpty();
        assertThat(installation.files.changes()).isEqualTo(3);
    }

    /** As when the registry is older than the host: what it does not know it does not close. */
    @Test
    void a_branch_that_the_registry_does_not_know_keeps_its_access() {
        String network = "network: { mode: restricted, rules: { office: { label: Office, cidr: 203.0.113.0/24 } } }";
        Desired both = Installation.onMachine("shop: { host: db1, " + network + ", branches: { dev: {} } }");
        assertThat(installation.apply(both).converged()).isTrue();
        List<String> before = access().lines();
        assertThat(before).anyMatch(line -> line.contains("sq_shop_main_br_dev"));
        installation.control("DELETE FROM axiomdb.project_branches WHERE name = 'dev'");

        Plan plan = installation.plan(shop(OFFICE)).plan();
        assertThat(plan.isEmpty()).isTrue();
        assertThat(plan.notices()).anySatisfy(notice -> {
            assertThat(notice.code()).isEqualTo(Code.UNREGISTERED_BRANCH);
            assertThat(notice.detail()).contains("sq_shop_main_br_dev of branch shop/dev of organization acme");
            assertThat(notice.help()).contains("axm adopt shop/dev");
        });
        assertThat(installation.apply(shop(OFFICE, CI)).converged()).isTrue();
        assertThat(access().lines()).containsAll(before);
    }

    @Test
    void a_rule_that_the_host_did_not_take_is_not_created() {
        installation.apply(shop(OFFICE));
        installation.files.refuse("DISK: no space left");
        ApplyReport report = installation.apply(shop(OFFICE, CI));
        assertThat(report.results())
                .extracting(r -> r.change().resource().toString() + " " + r.status())
                .containsExactly("access to host db1 FAILED", "network rule shop/ci SKIPPED");
        assertThat(report.propagation()).isEmpty();
        assertThat(installation.controlPlane.read("acme").applied())
                .doesNotContainKey(ResourceKey.networkRule("shop", "ci"));
        installation.files.refuse("");
        assertThat(installation.apply(shop(OFFICE, CI)).converged()).isTrue();
    }

    @Test
    void what_could_not_be_seen_is_neither_planned_nor_called_done() {
        installation.apply(shop(OFFICE));
        begin("11111111-2222-3333-4444-555555555555");
        installation.files.silence("db1", "no answer in 10 s");
        ApplyReport report = installation.apply(shop(CI));
        assertThat(report.results()).isEmpty();
        assertThat(report.converged()).isFalse();
        assertThat(report.after().plan().blocked())
                .extracting(b -> b.resource().toString())
                .containsExactly("access to host db1", "network rule shop/ci", "network rule shop/office");
        assertThat(installation.controlPlane.unfinished("acme")).hasSize(1);
        installation.files.silence("db1", "");
        installation.apply(shop(OFFICE));
        assertThat(installation.controlPlane.unfinished("acme")).isEmpty();
        assertThat(phases(EventNames.ACCESS_CHANGED)).contains(Phase.FOUND_DONE);
    }

    private void begin(String id) {
        installation.died(id, EventNames.ACCESS_CHANGED, HOST, new TreeMap<>(), new TreeMap<>());
    }

    @Test
    void an_intent_whose_host_was_not_changed_is_found_not_done() {
        installation.apply(shop(OFFICE));
        begin("11111111-2222-3333-4444-666666666666");
        installation.apply(shop(OFFICE, CI));
        assertThat(phases(EventNames.ACCESS_CHANGED)).contains(Phase.FOUND_NOT_DONE);
    }

    @Test
    void access_that_was_edited_by_hand_is_drift_and_put_back() {
        installation.apply(shop(OFFICE));
        Access before = access();
        installation.files.edit("db1", "acme", Access.NONE);
        Plan drift = installation.engine.drift("acme", Installation.request()).plan();
        assertThat(drift.changes()).singleElement().satisfies(change -> {
            assertThat(change.resource()).isEqualTo(HOST);
            assertThat(change.action()).isEqualTo(Action.REPAIR);
        });
        assertThat(installation.apply(shop(OFFICE)).converged()).isTrue();
        assertThat(access()).isEqualTo(before);
    }

    @Test
    void a_rule_whose_time_has_passed_is_removed_with_its_reason_and_stays_away() {
        Desired desired = shop(OFFICE, "old: { label: Old, cidr: 192.0.2.0/24, expires_at: \"2026-01-02T00:00:00Z\" }");
        installation.apply(desired);
        assertThat(installation.plan(desired).plan().notices())
                .extracting(Diagnostic::code)
                .containsExactly(Code.EXPIRED);
        Rule old = Objects.requireNonNull(Objects.requireNonNull(
                        Objects.requireNonNull(desired.projects().get("shop")).network())
                .rules()
                .get("old"));
        store(ResourceKey.networkRule("shop", "old"), old);
        assertThat(installation
                        .engine
                        .drift("acme", Installation.request())
                        .plan()
                        .changes())
                .as("it is no drift that time has passed")
                .isEmpty();
        ApplyReport report = installation.apply(desired);
        assertThat(report.results()).extracting(r -> r.change().id()).containsExactly("network rule shop/old remove");
        assertThat(report.results()).extracting(r -> r.status()).containsExactly(Status.DONE);
        assertThat(report.converged()).isTrue();
        assertThat(installation.controlPlane.audit("acme", new AuditQuery(100, null, "network.rule.deleted", null)))
                .allSatisfy(row -> assertThat(row.entry().detail()).isEqualTo("expired"))
                .hasSize(2);
    }

    /** As if it had been applied while it lasted. */
    private void store(ResourceKey key, Rule rule) {
        AuditEntry entry = new AuditEntry(
                "11111111-2222-3333-4444-777777777777",
                Phase.INTENT,
                "network.rule.created",
                new Actor("dba@acme.example", false, null, "test"),
                null,
                key,
                "",
                new TreeMap<>(),
                new TreeMap<>(),
                "manual",
                "");
        installation.controlPlane.begin(
                "acme", List.of(new ControlPlane.Intent(entry, new ControlPlane.Claim.Make(rule.fields()))));
        installation.controlPlane.finish(
                "acme",
                List.of(new ControlPlane.Outcome(
                        entry.as(Phase.DONE, ""), new Effect.Store(key, rule.fields(), true), List.of())));
    }

    @Test
    void changes_of_access_are_told_by_addresses() {
        installation.apply(shop(OFFICE));
        Plan plan = installation.plan(shop(OFFICE, CI)).plan();
        assertThat(plan.changes()).extracting(Change::resource).contains(HOST);
        assertThat(plan.access()).singleElement().satisfies(difference -> {
            assertThat(difference.branch()).isEqualTo(ResourceKey.branch("shop", "main"));
            assertThat(difference.gained().shortest()).hasToString("[198.51.100.7/32]");
            assertThat(difference.lost().isEmpty()).isTrue();
        });
    }

    private Access access() {
        return installation.files.access("db1", "acme");
    }

    private Stream<Phase> phases(String event) {
        return installation.controlPlane.audit("acme", new AuditQuery(100, null, event, null)).stream()
                .map(row -> row.entry().phase());
    }
}
