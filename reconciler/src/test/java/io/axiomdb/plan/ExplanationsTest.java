package io.axiomdb.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.compile.AccessCompiler;
import io.axiomdb.compile.Placement;
import io.axiomdb.core.AddressSet;
import io.axiomdb.core.Cidr;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Origin;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Network;
import io.axiomdb.desired.Network.Mode;
import io.axiomdb.desired.Network.Rule;
import io.axiomdb.desired.Project;
import io.axiomdb.host.Access;
import io.axiomdb.host.Access.Port;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.host.AccessObservation.EndsPooled;
import io.axiomdb.host.AccessObservation.Facts;
import io.axiomdb.host.AccessObservation.Passage;
import io.axiomdb.host.AccessObservation.Passing;
import io.axiomdb.plan.Explanation.Fit;
import io.axiomdb.plan.Explanation.Is;
import io.axiomdb.plan.Explanation.Layer;
import io.axiomdb.plan.Explanation.Place;
import io.axiomdb.plan.Explanations.Question;
import io.axiomdb.testing.Passages;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ExplanationsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T06:00:00Z");
    private static final String SSH_KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0u1p2b9q0oYv3m1j8m8c6i6v4h1m1vZ8d9b1w3K2xY";
    private static final Host MANAGED = host(Map.of(
            "ssh.address", "db1.acme.example",
            "ssh.key", "env:KEY",
            "ssh.host_keys", SSH_KEY,
            "postgres.address", "127.0.0.1",
            "ports.runtime", "6432"));
    private static final Host UNFILTERED = host(Map.of(
            "ssh.address", "db1.acme.example",
            "ssh.key", "env:KEY",
            "ssh.host_keys", SSH_KEY,
            "postgres.address", "127.0.0.1",
            "firewall", "none",
            "ports.runtime", "6432"));
    private static final Host UNMANAGED = host(Map.of("postgres.address", "10.0.0.9", "ports.runtime", "6432"));
    private static final Cidr ADDRESS = cidr("10.0.0.5");

    @Test
    void an_address_that_gets_in_is_told_with_its_rule_and_every_layer() {
        Project shop = project(Mode.RESTRICTED, rule("office", "10.0.0.0/28", "both", null, null));
        Explanation e = explain(shop, MANAGED, Port.RUNTIME, seen(wanted(MANAGED, shop)));
        assertThat(e.answer()).isEqualTo(Is.LET_IN);
        assertThat(e.wanted()).isTrue();
        assertThat(e.number()).isEqualTo(6432);
        assertThat(e.rules())
                .singleElement()
                .satisfies(fit -> assertThat(fit.fit()).isEqualTo(Fit.LETS_IN));
        assertThat(e.layers())
                .containsExactly(new Layer(Place.FIREWALL, true, Is.LET_IN), new Layer(Place.POOLER, true, Is.LET_IN));
        assertThat(e.stoppedBy()).isEmpty();
    }

    @Test
    void what_is_declared_and_not_yet_there_is_denied_now_and_the_first_layer_is_named() {
        Project before = project(Mode.RESTRICTED);
        Project after = project(Mode.RESTRICTED, rule("office", "10.0.0.0/28", "both", null, null));
        Explanation e = explain(after, MANAGED, Port.DIRECT, seen(wanted(MANAGED, before)));
        assertThat(e.answer()).isEqualTo(Is.KEPT_OUT);
        assertThat(e.wanted()).isTrue();
        assertThat(e.stoppedBy()).contains(new Layer(Place.FIREWALL, true, Is.KEPT_OUT));
        Explanation back = explain(before, MANAGED, Port.DIRECT, seen(wanted(MANAGED, after)));
        assertThat(back.answer()).isEqualTo(Is.LET_IN);
        assertThat(back.wanted()).isFalse();
    }

    @Test
    void rules_that_hold_the_address_and_do_not_let_it_in_say_why() {
        Project shop = project(
                Mode.RESTRICTED,
                rule("a", "10.0.0.0/28", "direct", null, null),
                rule("b", "10.0.0.0/29", "both", "feature", null),
                rule("c", "10.0.0.5", "runtime", null, NOW),
                rule("d", "192.0.2.0/24", "both", null, null));
        Explanation e = explain(shop, MANAGED, Port.RUNTIME, seen(wanted(MANAGED, shop)));
        assertThat(e.wanted()).isFalse();
        assertThat(e.rules())
                .extracting(fit -> fit.rule().name() + " " + fit.fit())
                .containsExactly("a OTHER_PORT", "b OTHER_BRANCH", "c EXPIRED");
    }

    @Test
    void another_projects_open_mode_opens_the_port_and_not_this_branch() {
        Project shop = project("shop", Mode.RESTRICTED);
        Project site = project("site", Mode.PUBLIC_ALL);
        Access there = wanted(MANAGED, shop, site);
        Explanation e = Explanations.explain(
                new Question(ADDRESS, shop, main(shop), Port.RUNTIME, MANAGED), there, seen(there), NOW);
        assertThat(e.layers())
                .containsExactly(
                        new Layer(Place.FIREWALL, true, Is.LET_IN), new Layer(Place.POOLER, false, Is.KEPT_OUT));
        assertThat(e.stoppedBy())
                .hasValueSatisfying(layer -> assertThat(layer.place()).isEqualTo(Place.POOLER));
    }

    @Test
    void a_firewall_that_is_off_lets_in_whom_the_kernel_lets_in() {
        Project shop = project(Mode.RESTRICTED, rule("office", "10.0.0.0/28", "both", null, null));
        Diagnostic off = Diagnostic.of(Code.HOST_UNFIT, "ufw is not active (FIREWALL_INACTIVE)", "ufw enable");
        Explanation e = explain(
                shop,
                MANAGED,
                Port.RUNTIME,
                withPassages(
                        (AccessObservation.Seen) seen(wanted(MANAGED, shop)),
                        List.of(passage(Passing.LET_IN, "no rule", ALL)),
                        List.of(off)));
        assertThat(e.layers())
                .containsExactly(new Layer(Place.FIREWALL, true, Is.LET_IN), new Layer(Place.POOLER, true, Is.LET_IN));
        assertThat(e.answer()).isEqualTo(Is.LET_IN);
        assertThat(e.findings()).contains(off);
    }

    @Test
    void where_something_else_lets_others_in_nobody_is_said_to_be_kept_out() {
        Project shop = project(Mode.RESTRICTED, rule("office", "192.0.2.0/28", "both", null, null));
        Diagnostic open = Diagnostic.of(Code.HOST_UNFIT, "pgbouncer serves * (OPEN_TO_OTHERS)", "stop it");
        Access there = wanted(MANAGED, shop);
        for (Port port : Port.values()) {
            Explanation e = explain(shop, MANAGED, port, seen(there, List.of(), List.of(open)));
            assertThat(e.answer()).isEqualTo(Is.UNKNOWN);
            assertThat(e.findings()).contains(open);
            assertThat(explain(shop, MANAGED, port, seen(there, List.of(), List.of()))
                            .answer())
                    .isEqualTo(Is.KEPT_OUT);
        }
    }

    @Test
    void a_foreign_drop_is_final_whatever_our_own_openings_let_in() {
        Project shop = project(Mode.RESTRICTED, rule("office", "10.0.0.0/28", "both", null, null));
        for (Passing passing : List.of(Passing.KEPT_OUT, Passing.ELSEWHERE)) {
            Explanation e = explain(shop, MANAGED, Port.RUNTIME, seen(shop, passage(passing, DROP, ALL)));
            assertThat(e.answer()).isEqualTo(Is.KEPT_OUT);
            assertThat(e.stoppedBy()).contains(new Layer(Place.FIREWALL, true, Is.KEPT_OUT, DROP));
        }
    }

    @Test
    void a_foreign_accept_makes_the_firewall_let_in_and_says_by_which_rule() {
        Project shop = project(Mode.RESTRICTED);
        String accept = "nftables inet mine input handle 4: tcp dport 6432 accept";
        Explanation e = explain(shop, MANAGED, Port.RUNTIME, seen(shop, passage(Passing.LET_IN, accept, ALL)));
        assertThat(e.layers().getFirst()).isEqualTo(new Layer(Place.FIREWALL, false, Is.LET_IN, accept));
        assertThat(e.answer()).isEqualTo(Is.KEPT_OUT);
        assertThat(e.stoppedBy())
                .hasValueSatisfying(layer -> assertThat(layer.place()).isEqualTo(Place.POOLER));
    }

    @Test
    void a_rule_that_can_not_be_read_leaves_the_answer_open_only_for_whom_it_could_match() {
        Project shop = project(Mode.RESTRICTED, rule("office", "10.0.0.0/28", "both", null, null));
        String odd = "nftables ip filter INPUT handle 9: match string drop";
        AddressSet half = AddressSet.of(cidr("10.0.0.0/29"));
        AccessObservation seen =
                seen(shop, passage(Passing.UNKNOWN, odd, half), passage(Passing.LET_IN, "", ALL.minus(half)));
        assertThat(explain(shop, MANAGED, Port.RUNTIME, seen).answer()).isEqualTo(Is.UNKNOWN);
        assertThat(explain(shop, MANAGED, Port.RUNTIME, seen)
                        .layers()
                        .getFirst()
                        .by())
                .isEqualTo(odd);
        assertThat(Explanations.explain(
                                new Question(cidr("10.0.0.9"), shop, main(shop), Port.RUNTIME, MANAGED),
                                wanted(MANAGED, shop),
                                seen,
                                NOW)
                        .answer())
                .isEqualTo(Is.LET_IN);
    }

    @Test
    void a_kernel_that_does_not_say_what_it_filters_leaves_the_firewall_open() {
        Project shop = project(Mode.RESTRICTED, rule("office", "10.0.0.0/28", "both", null, null));
        AccessObservation.Seen seen = (AccessObservation.Seen) seen(wanted(MANAGED, shop));
        Explanation e = explain(shop, MANAGED, Port.RUNTIME, withPassages(seen, null, List.of()));
        assertThat(e.layers().getFirst()).isEqualTo(new Layer(Place.FIREWALL, true, Is.UNKNOWN));
        assertThat(e.answer()).isEqualTo(Is.UNKNOWN);
    }

    @Test
    void a_host_without_a_firewall_of_ours_has_others_rules_all_the_same() {
        Project shop = project(Mode.RESTRICTED, rule("office", "10.0.0.0/28", "both", null, null));
        AccessObservation.Seen open = (AccessObservation.Seen) seen(wanted(UNFILTERED, shop));
        Explanation none = explain(
                shop,
                UNFILTERED,
                Port.DIRECT,
                withPassages(open, List.of(direct(Passing.LET_IN, "no rule")), List.of()));
        assertThat(none.answer()).isEqualTo(Is.LET_IN);
        assertThat(none.layers()).extracting(Layer::place).containsExactly(Place.PG_HBA);
        Explanation dropped = explain(
                shop, UNFILTERED, Port.DIRECT, withPassages(open, List.of(direct(Passing.KEPT_OUT, DROP)), List.of()));
        assertThat(dropped.answer()).isEqualTo(Is.KEPT_OUT);
        assertThat(dropped.stoppedBy()).contains(new Layer(Place.FIREWALL, true, Is.KEPT_OUT, DROP));
    }

    private static final String DROP = "nftables ip filter INPUT handle 7: tcp dport 6432 drop";
    private static final AddressSet ALL = AddressSet.ALL;

    private static Passage passage(Passing passing, String rule, AddressSet from) {
        return new Passage(6432, passing, rule, from);
    }

    private static Passage direct(Passing passing, String rule) {
        return new Passage(5432, passing, rule, ALL);
    }

    private static AccessObservation seen(Project shop, Passage... passages) {
        return withPassages((AccessObservation.Seen) seen(wanted(MANAGED, shop)), List.of(passages), List.of());
    }

    private static AccessObservation withPassages(
            AccessObservation.Seen seen, @Nullable List<Passage> passages, List<Diagnostic> unfit) {
        return new AccessObservation.Seen(
                seen.facts(),
                seen.access(),
                seen.disorders(),
                seen.findings(),
                passages,
                unfit,
                seen.sessions(),
                seen.endsPooled(),
                seen.certificate(),
                seen.journal());
    }

    @Test
    void a_pooler_that_does_not_run_lets_nobody_in() {
        Project shop = project(Mode.RESTRICTED, rule("office", "10.0.0.0/28", "both", null, null));
        Access there = new Access(
                Access.NONE.branches(),
                Access.NONE.entries(),
                wanted(MANAGED, shop).openings());
        AccessObservation.Disorder down =
                new AccessObservation.Disorder("pooler", "SHOW CONFIG", "process = not running", "it must be running");
        Explanation e = explain(shop, MANAGED, Port.RUNTIME, seen(there, List.of(down), List.of()));
        assertThat(e.answer()).isEqualTo(Is.KEPT_OUT);
        assertThat(e.stoppedBy())
                .hasValueSatisfying(layer -> assertThat(layer.place()).isEqualTo(Place.POOLER));
    }

    @Test
    void what_was_not_seen_is_not_known() {
        Project shop = project(Mode.PUBLIC_ALL);
        Diagnostic why = Diagnostic.of(Code.HOST_UNREACHABLE, "db1", "wake it");
        Explanation e = explain(shop, MANAGED, Port.DIRECT, new AccessObservation.Unknown(why));
        assertThat(e.answer()).isEqualTo(Is.UNKNOWN);
        assertThat(e.unseen()).isEqualTo(why);
        assertThat(e.wanted()).isTrue();
    }

    @Test
    void a_branch_that_is_not_kept_yet_is_not_called_closed() {
        Project shop = project(Mode.RESTRICTED);
        Explanation e = explain(shop, UNFILTERED, Port.DIRECT, seen(UNFILTERED, Access.NONE));
        assertThat(e.answer()).isEqualTo(Is.UNKNOWN);
        assertThat(e.layers()).containsExactly(new Layer(Place.PG_HBA, false, Is.UNKNOWN));
        assertThat(explain(shop, MANAGED, Port.DIRECT, seen(Access.NONE)).answer())
                .as("the firewall alone keeps it out")
                .isEqualTo(Is.KEPT_OUT);
    }

    @Test
    void where_nobody_carries_it_out_the_file_answers() {
        Project shop = project(Mode.PUBLIC_RUNTIME);
        AccessObservation nothing = new AccessObservation.Unmanaged();
        assertThat(explain(shop, UNMANAGED, Port.RUNTIME, nothing).answer()).isEqualTo(Is.LET_IN);
        Explanation direct = explain(shop, UNMANAGED, Port.DIRECT, nothing);
        assertThat(direct.answer()).isEqualTo(Is.KEPT_OUT);
        assertThat(direct.managed()).isFalse();
    }

    @Test
    void the_end_is_that_of_the_rule_that_lasts_longest() {
        Rule one = rule("a", "10.0.0.0/28", "both", null, NOW.plusSeconds(60));
        Rule two = rule("b", "10.0.0.5", "both", null, NOW.plusSeconds(90));
        Rule always = rule("c", "10.0.0.4/31", "both", null, null);
        assertThat(explain(project(Mode.RESTRICTED, one, two)).until()).contains(NOW.plusSeconds(90));
        assertThat(explain(project(Mode.RESTRICTED, one, always)).until()).isEmpty();
        assertThat(explain(project(Mode.PUBLIC_RUNTIME, one)).until()).isEmpty();
    }

    /** The rules as this answer reads them, and the layers as the compiler makes them, are two ways to one truth. */
    @Property(seed = "42", tries = 300)
    void the_rules_and_the_layers_agree(
            @ForAll Mode mode, @ForAll("rules") List<Rule> rules, @ForAll Port port, @ForAll boolean filtered) {
        Project shop = project(mode, rules.toArray(Rule[]::new));
        Host host = filtered ? MANAGED : UNFILTERED;
        Explanation e = explain(shop, host, port, seen(host, wanted(host, shop)));
        assertThat(e.wanted()).isEqualTo(e.layers().stream().allMatch(Layer::wanted));
        assertThat(e.now()).isEqualTo(e.wanted() ? Is.LET_IN : Is.KEPT_OUT);
        boolean reached = RuleReach.of(
                        shop, rule("x", "10.0.0.5", "both", "main", null), host, seen(host, wanted(host, shop)), NOW)
                .stream()
                .anyMatch(reach -> reach.port() == port && !reach.reached().isEmpty());
        assertThat(reached).isEqualTo(e.wanted());
    }

    @Provide
    Arbitrary<List<Rule>> rules() {
        Arbitrary<Rule> rule = Combinators.combine(
                        Arbitraries.of("10.0.0.0/28", "10.0.0.4/31", "10.0.0.5/32", "10.0.0.6/32", "::/0"),
                        Arbitraries.of("runtime", "direct", "both"),
                        Arbitraries.of("main", "feature").injectNull(0.5),
                        Arbitraries.of(NOW.minusSeconds(1), NOW, NOW.plusSeconds(1))
                                .injectNull(0.5))
                .as((range, ports, branch, until) -> rule(range + ports + branch + until, range, ports, branch, until));
        return rule.list().ofMaxSize(5);
    }

    private static Explanation explain(Project project) {
        return explain(project, MANAGED, Port.RUNTIME, seen(wanted(MANAGED, project)));
    }

    private static Explanation explain(Project project, Host host, Port port, AccessObservation seen) {
        return Explanations.explain(
                new Question(ADDRESS, project, main(project), port, host), wanted(host, project), seen, NOW);
    }

    private static Branch main(Project project) {
        return Objects.requireNonNull(project.branches().get("main"));
    }

    private static Access wanted(Host host, Project... projects) {
        TreeMap<String, Project> all = new TreeMap<>();
        List.of(projects).forEach(project -> all.put(project.name(), project));
        Desired desired =
                new Desired("acme", new TreeMap<>(), new TreeMap<>(Map.of(host.name(), host)), all, Origin.UNKNOWN);
        return AccessCompiler.compile(host, Placement.all(desired), NOW, _ -> true)
                .access();
    }

    private static AccessObservation seen(Host host, Access access) {
        AccessObservation.Seen seen = (AccessObservation.Seen) seen(access);
        return host.firewall() == Host.Firewall.UFW ? seen : withPassages(seen, Passages.open(5432, 6432), List.of());
    }

    static AccessObservation seen(Access access) {
        return seen(access, List.of(), List.of());
    }

    private static AccessObservation seen(
            Access access, List<AccessObservation.Disorder> disorders, List<Diagnostic> unfit) {
        return new AccessObservation.Seen(
                new Facts("0.1.0", NOW, "10.77.0.1", 150018, "1.18.0", "7431", false),
                access,
                disorders,
                List.of(),
                Passages.of(access, 5432, 6432),
                unfit,
                List.of(),
                EndsPooled.DATABASE,
                null,
                List.of());
    }

    private static Project project(Mode mode, Rule... rules) {
        return project("shop", mode, rules);
    }

    private static Project project(String name, Mode mode, Rule... rules) {
        TreeMap<String, Rule> all = new TreeMap<>();
        List.of(rules).forEach(rule -> all.put(rule.name(), rule));
        TreeMap<String, Branch> branches = new TreeMap<>();
        List.of("main", "feature").forEach(branch -> branches.put(branch, Branch.of(branch, fields(Map.of()))));
        return Project.of(
                name, fields(Map.of("host", "db1")), branches, new Network(mode, null, all, Origin.UNKNOWN), null);
    }

    private static Rule rule(
            String name, String range, String ports, @Nullable String branch, @Nullable Instant until) {
        return new Rule(name, name, range, Network.Ports.of(ports), branch, until, Origin.UNKNOWN);
    }

    private static Host host(Map<String, String> fields) {
        return Host.of("db1", fields(fields));
    }

    private static Fields fields(Map<String, String> values) {
        return new Fields(new TreeMap<>(values), Origin.UNKNOWN);
    }

    private static Cidr cidr(String text) {
        return ((Cidr.Read.Range) Cidr.read(text)).cidr();
    }
}
