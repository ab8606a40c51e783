package io.axiomdb.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Origin;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Declarations;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.Kind;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.Observation;
import io.axiomdb.registry.Registry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Laws that hold for every configuration. */
class PlannerLawsTest {
    @Property(tries = 200, seed = "42")
    void what_is_as_declared_gives_an_empty_plan(@ForAll("configurations") Desired desired) {
        Plan plan = Planner.plan(World.input(desired, World.applied(desired), World.converged(desired)));
        assertThat(plan.changes()).allMatch(PlannerLawsTest::isExpired);
        assertThat(plan.heldBack()).isEmpty();
        assertThat(plan.blocked()).isEmpty();
    }

    @Property(tries = 200, seed = "42")
    void a_new_configuration_creates_everything_once(@ForAll("configurations") Desired desired) {
        Plan plan = Planner.plan(
                World.input(desired, World.nothingApplied(desired.organization()), World.emptyHosts(desired)));
        List<Change> stored = plan.changes().stream()
                .filter(change -> change.resource().kind().stored())
                .toList();
        SortedMap<ResourceKey, Fields> lasting = new TreeMap<>(Declarations.of(desired));
        lasting.entrySet().removeIf(e -> Expiry.hasExpired(e.getKey(), e.getValue(), null, World.NOW));
        assertThat(stored).allMatch(change -> change.action() == Action.CREATE);
        assertThat(stored).extracting(Change::resource).containsExactlyInAnyOrderElementsOf(lasting.keySet());
    }

    private static boolean isExpired(Change change) {
        return change.action() == Action.REMOVE && change.reason().startsWith("expired");
    }

    @Property(tries = 200, seed = "42")
    void where_things_stand_in_the_file_does_not_change_the_digest(
            @ForAll("configurations") Desired desired, @ForAll int line) {
        SortedMap<ResourceKey, Fields> moved = new TreeMap<>();
        Source elsewhere = new Source("other.yaml", Math.abs(line % 1000) + 1, 3, 1);
        Declarations.of(desired)
                .forEach((key, fields) ->
                        moved.put(key, new Fields(fields.values(), new Origin(elsewhere, new TreeMap<>()))));
        Desired other = Declarations.toDesired(desired.organization(), moved);
        assertThat(newPlan(other).digest()).isEqualTo(newPlan(desired).digest());
    }

    @Property(tries = 200, seed = "42")
    void a_configuration_survives_the_registry(@ForAll("configurations") Desired desired) {
        assertThat(Declarations.of(Planner.applied(World.applied(desired)))).isEqualTo(Declarations.of(desired));
    }

    @Property(tries = 100, seed = "42")
    void needs_point_at_changes_of_the_same_plan_and_never_in_circles(@ForAll("configurations") Desired desired) {
        assertNoCircle(newPlan(desired));
    }

    static void assertNoCircle(Plan plan) {
        List<ResourceKey> done = new ArrayList<>();
        List<Change> left = new ArrayList<>(plan.changes());
        var turns = plan.turns();
        while (!left.isEmpty()) {
            assertThat(left.removeIf(change -> done.containsAll(change.needs())
                            && done.containsAll(turns.getOrDefault(change.resource(), Collections.emptySortedSet()))
                            && done.add(change.resource())))
                    .as("some change can be made next")
                    .isTrue();
        }
    }

    @Property(tries = 200, seed = "42")
    void projects_that_are_only_called_otherwise_are_renamed_and_nothing_is_made_or_removed(
            @ForAll("configurations") Desired desired) {
        SortedMap<String, Project> projects = new TreeMap<>();
        desired.projects().values().forEach(project -> {
            Project renamed = renamed(project);
            projects.put(renamed.name(), renamed);
        });
        Desired renamed = desired.with(projects);
        Plan plan = Planner.plan(World.input(renamed, World.applied(desired), World.converged(desired)));
        assertThat(plan.blocked()).isEmpty();
        assertThat(plan.heldBack()).isEmpty();
        assertThat(plan.refusals()).isEmpty();
        assertThat(plan.access()).isEmpty();
        assertThat(plan.changes().stream()
                        .filter(change ->
                                !isExpired(change) && change.resource().kind() != Kind.HOST_ACCESS)
                        .map(change -> change.action() + " " + change.resource()))
                .containsExactlyElementsOf(projects.keySet().stream()
                        .map(name -> "RENAME project " + name)
                        .toList());
        assertNoCircle(plan);
    }

    private static Project renamed(Project project) {
        return new Project(
                "new-" + project.name(),
                project.host(),
                project.env(),
                project.prefix(),
                project.branches(),
                project.masks(),
                project.network(),
                project.rotation(),
                project.name(),
                project.origin());
    }

    @Property(tries = 50, seed = "42")
    void databases_that_did_not_answer_are_never_taken_for_converged(@ForAll("configurations") Desired desired) {
        Plan plan = Planner.plan(World.input(desired, World.applied(desired), World.unread(World.converged(desired))));
        assertThat(plan.changes()).allMatch(PlannerLawsTest::isExpired);
        assertThat(plan.blocked())
                .hasSize(desired.projects().values().stream()
                        .mapToInt(project -> project.branches().size())
                        .sum());
    }

    @Property(tries = 20, seed = "42")
    void an_organization_that_is_new_beside_others_is_told(@ForAll("configurations") Desired desired) {
        Registry empty = World.nothingApplied(desired.organization());
        Registry beside =
                new Registry(empty.organization(), false, List.of("acme-prod"), empty.applied(), empty.credentials());
        Plan plan = Planner.plan(World.input(desired, beside, World.emptyHosts(desired)));
        assertThat(plan.notices())
                .extracting(Diagnostic::code)
                .filteredOn(code -> code != Code.EXPIRED)
                .containsOnly(Code.NEW_ORGANIZATION);
        assertThat(plan.digest()).isEqualTo(newPlan(desired).digest());
    }

    @Property(tries = 100, seed = "42")
    void once_access_is_as_wanted_nothing_is_left_of_it(
            @ForAll("configurations") Desired before, @ForAll("configurations") Desired after) {
        Registry registry = World.applied(before);
        SortedMap<String, Observation> hosts = World.converged(before);
        Plan plan = Planner.plan(World.input(after, registry, hosts));
        Plan next = Planner.plan(World.input(after, World.after(registry, plan), World.after(hosts, plan)));
        assertThat(next.changes().stream().map(Change::resource))
                .noneMatch(key -> key.kind() == Kind.HOST_ACCESS || Placements.isNetwork(key));
    }

    @Property(tries = 100, seed = "42")
    void a_host_is_changed_at_most_once_and_never_when_it_was_not_seen(
            @ForAll("configurations") Desired before, @ForAll("configurations") Desired after) {
        Registry registry = World.applied(before);
        Plan seen = Planner.plan(World.input(after, registry, World.converged(before)));
        assertThat(seen.changes().stream().filter(c -> c.resource().kind() == Kind.HOST_ACCESS))
                .extracting(Change::host)
                .doesNotHaveDuplicates();
        Plan unseen = Planner.plan(World.input(after, registry, World.silent(World.converged(before))));
        assertThat(unseen.changes())
                .noneMatch(c ->
                        c.resource().kind() == Kind.HOST_ACCESS || Placements.isNetwork(c.resource()) && c.enforced());
    }

    @Property(tries = 100, seed = "42")
    void in_whatever_order_things_were_seen_the_plan_is_the_same(
            @ForAll("configurations") Desired before, @ForAll("configurations") Desired after, @ForAll Random random) {
        SortedMap<String, Observation> hosts = World.withSessions(World.converged(before));
        Plan plan = Planner.plan(World.input(after, World.applied(before), hosts));
        Plan shuffled = Planner.plan(World.input(after, World.applied(before), World.shuffled(hosts, random)));
        assertThat(shuffled).isEqualTo(plan);
        assertThat(PlanDump.of(shuffled)).isEqualTo(PlanDump.of(plan));
    }

    private static Plan newPlan(Desired desired) {
        return Planner.plan(
                World.input(desired, World.nothingApplied(desired.organization()), World.emptyHosts(desired)));
    }

    @Provide
    Arbitrary<Desired> configurations() {
        Arbitrary<String> names = Arbitraries.of("shop", "square-experience", "a", "billing-2");
        return names.list()
                .uniqueElements()
                .ofMinSize(1)
                .ofMaxSize(3)
                .flatMap(projects -> Combinators.combine(
                                projects.stream().map(this::project).toList())
                        .as(parts -> {
                            SortedMap<ResourceKey, Fields> all = new TreeMap<>();
                            all.put(ResourceKey.organization("acme"), fields(Map.of()));
                            all.put(ResourceKey.member("dba@acme.example"), fields(Map.of("role", "owner")));
                            all.put(ResourceKey.host("db1"), fields(host("db1")));
                            SortedMap<String, String> withLogin = host("db2");
                            withLogin.putAll(Map.of(
                                    "ssh.address", "db2.acme.example",
                                    "ssh.port", "22",
                                    "ssh.user", "axiomdb",
                                    "ssh.key", "file:key",
                                    "firewall", "ufw",
                                    "ports.runtime", "6432"));
                            all.put(ResourceKey.host("db2"), fields(withLogin));
                            parts.forEach(all::putAll);
                            return Declarations.toDesired("acme", all);
                        }));
    }

    private static SortedMap<String, String> host(String name) {
        return new TreeMap<>(Map.of(
                "postgres.address", name + ".acme.example",
                "postgres.port", "5432",
                "postgres.database", "postgres",
                "postgres.user", "postgres",
                "tls", "required"));
    }

    private Arbitrary<SortedMap<ResourceKey, Fields>> project(String name) {
        Arbitrary<List<String>> branches = Arbitraries.of("feature/auth", "preview/pr-42", "Über", "x")
                .list()
                .uniqueElements()
                .ofMaxSize(3);
        return Combinators.combine(
                        Arbitraries.of("db1", "db2"),
                        branches,
                        Arbitraries.of("", "app", "app,audit"),
                        Arbitraries.integers().between(0, 50),
                        Arbitraries.of("", "30s", "it's"),
                        networks(name))
                .as((host, names, schemas, limit, setting, network) -> {
                    SortedMap<ResourceKey, Fields> all = new TreeMap<>();
                    all.put(ResourceKey.project(name), fields(Map.of("host", host, "env", "main", "prefix", "sq")));
                    all.putAll(network);
                    List<String> withMain = new ArrayList<>(names);
                    withMain.add("main");
                    Collections.sort(withMain);
                    withMain.forEach(branch ->
                            all.put(ResourceKey.branch(name, branch), branch(branch, schemas, limit, setting)));
                    return all;
                });
    }

    private static Arbitrary<SortedMap<ResourceKey, Fields>> networks(String project) {
        Arbitrary<Map<String, String>> rules = Combinators.combine(
                        Arbitraries.of("10.0.0.0/24", "10.0.0.0/25", "10.0.0.128/25", "192.0.2.7/32", "2001:db8::/64"),
                        Arbitraries.of("runtime", "direct", "both"),
                        Arbitraries.of("", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "2027-01-01T00:00:00Z"))
                .as((cidr, ports, end) -> {
                    Map<String, String> rule =
                            new TreeMap<>(Map.of("label", "x", "cidr", cidr, "ports", ports, "scope", "project"));
                    if (!end.isEmpty()) {
                        rule.put("expires_at", end);
                    }
                    return rule;
                });
        return Combinators.combine(
                        Arbitraries.of("", "restricted", "public_runtime", "public_all"),
                        rules.list().ofMaxSize(4))
                .as((mode, all) -> {
                    SortedMap<ResourceKey, Fields> network = new TreeMap<>();
                    if (!mode.isEmpty()) {
                        network.put(ResourceKey.networkPolicy(project), fields(Map.of("mode", mode)));
                        for (int i = 0; i < all.size(); i++) {
                            network.put(ResourceKey.networkRule(project, "r" + i), fields(all.get(i)));
                        }
                    }
                    return network;
                });
    }

    private static Fields branch(String name, String schemas, int limit, String setting) {
        SortedMap<String, String> values = new TreeMap<>();
        values.put("data", "empty");
        values.put("protected", Boolean.toString(name.equals("main")));
        if (!schemas.isEmpty()) {
            values.put("schemas", schemas);
        }
        if (limit > 0) {
            values.put("connection_limits.rw", Integer.toString(limit));
        }
        if (!setting.isEmpty()) {
            values.put("settings.application_name", setting);
        }
        return new Fields(values, Origin.UNKNOWN);
    }

    private static Fields fields(Map<String, String> values) {
        return new Fields(new TreeMap<>(values), Origin.UNKNOWN);
    }
}
