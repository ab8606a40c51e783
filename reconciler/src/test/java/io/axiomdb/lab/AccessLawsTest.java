package io.axiomdb.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.compile.AccessCompiler;
import io.axiomdb.core.Cidr;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.Desired;
import io.axiomdb.host.Access;
import io.axiomdb.host.Access.Entry;
import io.axiomdb.host.Access.Opening;
import io.axiomdb.lab.Policy.Project;
import io.axiomdb.lab.Policy.Rule;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** What a policy compiles to lets in exactly whom the specification's table lets in, says it once, and no word of it matters. */
class AccessLawsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final String HOST = """
            postgres: { url: "postgresql://127.0.0.1:5432/postgres", user: axiomdb, password: "env:ADMIN" }
            ssh:
              address: db1.acme.example
              key: "env:KEY"
              host_keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0u1p2b9q0oYv3m1j8m8c6i6v4h1m1vZ8d9b1w3K2xY"]
            ports: { direct: 5432, runtime: 6432 }
            """;

    @Property(tries = 500, seed = "42")
    void each_door_lets_in_whom_the_table_lets_in(@ForAll("policies") Policy policy) {
        Access access = compiled(policy);
        Desired desired = desired(policy);
        for (Instant at : moments()) {
            for (InetAddress address : Policies.telling(policy)) {
                for (String port : Oracle.PORTS) {
                    policy.projects()
                            .forEach(project -> project.allBranches().forEach(branch -> {
                                String database = database(desired, project.name(), branch);
                                assertThat(lets(access, port, database, address, at))
                                        .as("%s at %s to %s/%s %s", address, at, project.name(), branch, port)
                                        .isEqualTo(Oracle.allows(policy, at, project.name(), branch, port, address));
                            }));
                    assertThat(opened(access, port, address, at))
                            .as("the firewall for %s at %s, %s", address, at, port)
                            .isEqualTo(Oracle.opens(policy, at, port, address));
                }
            }
        }
    }

    @Property(tries = 300, seed = "42")
    void nothing_is_said_twice(@ForAll("policies") Policy policy) {
        Access access = compiled(policy);
        assertThat(access.entries()).allMatch(entry -> lasts(entry.until()));
        assertThat(access.openings()).allMatch(opening -> lasts(opening.until()));
        minimal(access.entries(), e -> e.port() + e.database(), Entry::cidr, Entry::until);
        minimal(access.openings(), o -> "" + o.port(), Opening::cidr, Opening::until);
    }

    @Property(tries = 300, seed = "42")
    void another_way_to_write_it_is_the_same_access(@ForAll("policies") Policy policy, @ForAll Random random) {
        Policy rewritten = new Policy(policy.projects().stream()
                .map(p -> rewritten(p, random))
                .toList()
                .reversed());
        assertThat(compiled(rewritten)).isEqualTo(compiled(policy));
    }

    @Property(tries = 200, seed = "42")
    void every_branch_is_closed_to_all_others_whether_or_not_anybody_may_enter(@ForAll("policies") Policy policy) {
        Access access = compiled(policy);
        Desired desired = desired(policy);
        SortedSet<String> databases = new TreeSet<>();
        policy.projects()
                .forEach(project -> project.allBranches().forEach(branch -> {
                    BranchNames names = names(desired, project.name(), branch);
                    databases.add(names.database());
                    assertThat(access.branches().get(names.database()))
                            .containsExactlyInAnyOrder(names.owner(), names.rw(), names.ro());
                }));
        assertThat(access.branches().keySet()).isEqualTo(databases);
    }

    @Property(tries = 200, seed = "42")
    void a_project_alone_is_as_it_is_beside_others(@ForAll("policies") Policy policy) {
        Access all = compiled(policy);
        for (Project project : policy.projects()) {
            Access alone = compiled(new Policy(List.of(project)));
            assertThat(all.entries().stream().filter(entry -> alone.branches().containsKey(entry.database())))
                    .containsExactlyElementsOf(alone.entries());
        }
    }

    @Provide
    Arbitrary<Policy> policies() {
        return Policies.around(NOW);
    }

    /** Names, order, halves instead of a whole, and rules that others cover: nothing of that is access. */
    private static Project rewritten(Project project, Random random) {
        List<Rule> rules = new ArrayList<>();
        for (Rule rule : project.rules()) {
            halves(rule.cidr(), random).forEach(cidr -> rules.add(named(rule, rules.size(), cidr, rule.ports())));
            if (rule.ports().equals("both") && random.nextBoolean()) {
                rules.add(named(rule, rules.size(), single(rule.cidr()), "runtime"));
            }
        }
        Collections.shuffle(rules, random);
        return project.withRules(Policies.distinct(rules));
    }

    private static String single(String cidr) {
        return cidr.substring(0, cidr.indexOf('/')) + (cidr.contains(":") ? "/128" : "/32");
    }

    private static Rule named(Rule rule, int number, String cidr, String ports) {
        return new Rule("other-" + number, cidr, ports, rule.branch(), rule.until());
    }

    private static List<String> halves(String cidr, Random random) {
        int prefix = Integer.parseInt(cidr.substring(cidr.indexOf('/') + 1));
        if (prefix >= (cidr.contains(":") ? 128 : 32) || random.nextBoolean()) {
            return List.of(cidr);
        }
        return Policies.halves(cidr);
    }

    private static boolean lets(Access access, String port, String database, InetAddress address, Instant at) {
        return access.entries().stream()
                .anyMatch(entry -> entry.port().word().equals(port)
                        && entry.database().equals(database)
                        && (entry.until() == null || at.isBefore(entry.until()))
                        && Oracle.covers(entry.cidr().toString(), address));
    }

    private static boolean opened(Access access, String port, InetAddress address, Instant at) {
        int number = port.equals(Oracle.RUNTIME) ? 6432 : 5432;
        return access.openings().stream()
                .anyMatch(opening -> opening.port() == number
                        && (opening.until() == null || at.isBefore(opening.until()))
                        && Oracle.covers(opening.cidr().toString(), address));
    }

    private static <T> void minimal(
            SortedSet<T> all, Function<T, String> door, Function<T, Cidr> cidr, Function<T, @Nullable Instant> until) {
        for (T one : all) {
            for (T other : all) {
                if (one == other || !door.apply(one).equals(door.apply(other))) {
                    continue;
                }
                Cidr a = cidr.apply(one);
                Cidr b = cidr.apply(other);
                assertThat(b.covers(a) && outlasts(until.apply(other), until.apply(one)))
                        .as("%s beside %s", one, other)
                        .isFalse();
                boolean siblings = a.prefix() == b.prefix()
                        && a.prefix() > 0
                        && a.widenedTo(a.prefix() - 1).equals(b.widenedTo(b.prefix() - 1));
                assertThat(siblings && Objects.equals(until.apply(one), until.apply(other)))
                        .as("halves: %s and %s", one, other)
                        .isFalse();
            }
        }
    }

    private static boolean outlasts(@Nullable Instant one, @Nullable Instant other) {
        return one == null || other != null && !one.isBefore(other);
    }

    private static boolean lasts(@Nullable Instant until) {
        return until == null || until.isAfter(NOW);
    }

    /** Now, and around each time at which a rule ends. */
    private static List<Instant> moments() {
        return Stream.concat(
                        Stream.of(NOW),
                        Stream.of(NOW.plus(Duration.ofHours(1)), NOW.plus(Duration.ofDays(30)))
                                .flatMap(end -> Stream.of(end.minusNanos(1), end)))
                .toList();
    }

    private static Access compiled(Policy policy) {
        return Objects.requireNonNull(
                        AccessCompiler.compile(desired(policy), NOW).get("db1"))
                .access();
    }

    private static Desired desired(Policy policy) {
        return Declaring.desired(policy.yaml(HOST), NOW);
    }

    private static String database(Desired desired, String project, String branch) {
        return names(desired, project, branch).database();
    }

    private static BranchNames names(Desired desired, String project, String branch) {
        io.axiomdb.desired.Project declared =
                Objects.requireNonNull(desired.projects().get(project));
        return BranchNames.of(
                declared, Objects.requireNonNull(declared.branches().get(branch)));
    }
}
