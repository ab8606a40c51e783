package io.axiomdb.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.apply.ChangeResult.Status;
import io.axiomdb.apply.Progress;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.engine.ApplyReport;
import io.axiomdb.lab.Attempts.Attempt;
import io.axiomdb.lab.Ground.Door;
import io.axiomdb.lab.Policy.Project;
import io.axiomdb.lab.Policy.Rule;
import io.axiomdb.testing.TimeLimit;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * A project and a branch of another one get new names on a host where a line of somebody else's would let any role in: whom
 * rules name comes in by the new names with the old passwords, and nobody else by either name, wherever the apply has come to.
 */
@LabTest
@TimeLimit(400)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RenameOnAHostTest {
    private static final Policy BEFORE = policy("olden", "a");
    private static final Policy AFTER = policy("newer", "b");

    /** In the office, at home, and where the other project's client is: each passes the firewall for some other branch. */
    private static final List<InetAddress> ADDRESSES = List.of(
            InetAddress.ofLiteral("203.0.113.7"),
            InetAddress.ofLiteral("192.0.2.7"),
            InetAddress.ofLiteral("198.51.100.7"),
            InetAddress.ofLiteral("198.51.0.9"));

    /** Who knocked before the database had that name has made the pooler wait: its server_login_retry, and some more. */
    private static final Duration POOLER_TRIES_AGAIN = Duration.ofSeconds(25);

    private static final int MORE_THAN_ALL_STEPS = 30;

    private static Site site;
    private static Foreign foreign;
    private static Map<String, String> bytes;

    /** Of each role of each branch, by the branch's old name. */
    private static final Map<String, String> PASSWORDS = new TreeMap<>();

    @BeforeAll
    static void prepare(Lab lab) {
        site = Site.on(lab);
        foreign = Foreign.plant(lab, site.host);
        bytes = foreign.bytes();
        site.converge(BEFORE);
        for (Door door : site.doors(BEFORE)) {
            for (RoleKind kind : RoleKind.values()) {
                PASSWORDS.put(branch(door) + " " + kind, site.password(door, kind));
            }
        }
        assertThat(Attempts.wrong(knocks(BEFORE))).isEmpty();
    }

    @AfterAll
    static void end() {
        site.close();
    }

    @Test
    @Order(1)
    void whom_rules_name_comes_in_by_the_new_names_at_once() {
        Desired renamed = renamed("newer", "olden", "b", "a");
        assertThat(apply(renamed, () -> false).converged()).isTrue();
        assertThat(Attempts.wrong(knocks(AFTER))).isEmpty();
        isCalled(AFTER, renamed, "olden");
    }

    @Test
    @Order(2)
    void wherever_it_is_stopped_nobody_else_gets_in_by_either_name() {
        Desired back = renamed("olden", "newer", "a", "b");
        boolean converged = false;
        int stop = 0;
        for (; !converged; stop++) {
            assertThat(stop).isLessThan(MORE_THAN_ALL_STEPS);
            int[] left = {stop};
            ApplyReport report = apply(back, () -> left[0]-- <= 0);
            assertThat(report.results()).noneMatch(result -> result.status() == Status.FAILED);
            converged = report.converged();
            assertThat(tooMany()).as("stopped at %d", stop).isEmpty();
            assertThat(strangers().stream().filter(Attempts::getsIn))
                    .as("stopped at %d", stop)
                    .isEmpty();
        }
        assertThat(stop).as("moments that were looked at").isGreaterThan(5);
        isCalled(BEFORE, back, "newer");
    }

    @Test
    @Order(3)
    void while_it_goes_on_nobody_else_gets_in_by_either_name() {
        Desired renamed = renamed("newer", "olden", "b", "a");
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<List<Attempt>> in = CompletableFuture.supplyAsync(() -> {
            List<Attempt> gotIn = new ArrayList<>();
            while (!done.get()) {
                strangers().parallelStream().filter(Attempts::getsIn).forEachOrdered(gotIn::add);
            }
            return gotIn;
        });
        try {
            assertThat(apply(renamed, () -> false).converged()).isTrue();
        } finally {
            done.set(true);
        }
        assertThat(in.join()).isEmpty();
        isCalled(AFTER, renamed, "olden");
    }

    private static ApplyReport apply(Desired desired, BooleanSupplier stopped) {
        String digest =
                site.engine.plan(desired, Site.request()).plan().digest().hex();
        return site.engine.apply(desired, Site.request(), digest, Progress.NONE, stopped);
    }

    /** Who is to come in does, with the passwords from before; nobody else; and nothing of ours has the old name. */
    private static void isCalled(Policy policy, Desired renamed, String former) {
        Map<Attempt, Boolean> knocks = knocks(policy);
        List<Attempt> named = knocks.keySet().stream()
                .filter(attempt -> Objects.equals(knocks.get(attempt), true))
                .toList();
        Eventually.within(
                POOLER_TRIES_AGAIN, "clients get in", () -> named.stream().allMatch(Attempts::getsIn));
        assertThat(Attempts.wrong(knocks)).isEmpty();
        assertThat(site.engine.plan(renamed, Site.request()).plan().changes()).isEmpty();
        site.converge(policy);
        assertThat(site.lab
                        .exec(site.host, "grep", "-rl", former, "/etc/postgresql", "/etc/axm/pgbouncer")
                        .out())
                .isEmpty();
        assertThat(foreign.bytes()).isEqualTo(bytes);
    }

    /** Everybody before every door, with the passwords from before the renames, and what the specification says of it. */
    private static Map<Attempt, Boolean> knocks(Policy policy) {
        Map<Attempt, Boolean> expected = new LinkedHashMap<>();
        int turn = 0;
        for (Door door : site.doors(policy)) {
            for (InetAddress address : ADDRESSES) {
                RoleKind kind = RoleKind.values()[turn++ % RoleKind.values().length];
                expected.put(attempt(address, door, kind), allows(door, address));
            }
        }
        return expected;
    }

    /** Before doors of both names, all whom no rule lets in there but whom the firewall lets as far as the port. */
    private static List<Attempt> strangers() {
        List<Attempt> strangers = new ArrayList<>();
        for (Door door : bothNames()) {
            ADDRESSES.stream()
                    .filter(address -> !allows(door, address) && opens(door.port(), address))
                    .forEach(address -> strangers.add(attempt(address, door, RoleKind.OWNER)));
        }
        assertThat(strangers).hasSizeGreaterThan(bothNames().size());
        return strangers;
    }

    private static boolean opens(String port, InetAddress address) {
        return Oracle.opens(BEFORE, Instant.now(), port, address) || Foreign.opens(site.number(port), address);
    }

    /** By the files: each role that is there, at the database of each other, from everywhere; the firewall does not help. */
    private static List<String> tooMany() {
        Set<String> there = site.inventory().roles().keySet();
        Layers layers = site.layers();
        List<String> wrong = new ArrayList<>();
        int asked = 0;
        for (Door door : bothNames()) {
            for (String role : rolesOf(bothNames())) {
                if (there.contains(role)) {
                    asked++;
                    boolean own = rolesOf(bothNames().stream()
                                    .filter(other -> branch(other).equals(branch(door)))
                                    .toList())
                            .contains(role);
                    ADDRESSES.stream()
                            .filter(address ->
                                    layers.admits(door.port(), door.names().database(), role, address))
                            .filter(address -> !own || !allows(door, address))
                            .forEach(address -> wrong.add(role + " from " + address + " to " + door));
                }
            }
        }
        assertThat(asked).isPositive();
        return wrong;
    }

    private static Set<String> rolesOf(List<Door> doors) {
        return doors.stream()
                .flatMap(door -> Arrays.stream(RoleKind.values()).map(door.names()::role))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<Door> bothNames() {
        List<Door> doors = new ArrayList<>(site.doors(BEFORE));
        doors.addAll(site.doors(AFTER));
        return doors;
    }

    private static Attempt attempt(InetAddress from, Door door, RoleKind kind) {
        return new Attempt(
                site.sources.namespace(from),
                from.getHostAddress(),
                site.host.ipv4(),
                site.number(door.port()),
                door.names().database(),
                door.names().role(kind),
                Objects.requireNonNull(PASSWORDS.get(branch(door) + " " + kind)));
    }

    private static boolean allows(Door door, InetAddress address) {
        return Oracle.allows(BEFORE, Instant.now(), formerProject(door), formerBranch(door), door.port(), address);
    }

    private static String branch(Door door) {
        return formerProject(door) + "/" + formerBranch(door);
    }

    private static String formerProject(Door door) {
        return door.project().equals("newer") ? "olden" : door.project();
    }

    private static String formerBranch(Door door) {
        return door.branch().equals("b") ? "a" : door.branch();
    }

    private static Policy policy(String project, String branch) {
        return new Policy(List.of(
                new Project(
                        project,
                        "restricted",
                        List.of("pr"),
                        List.of(
                                new Rule("office", "203.0.113.0/24", "both", null, null),
                                new Rule("home", "192.0.2.0/24", "direct", "pr", null))),
                new Project(
                        "billing",
                        "restricted",
                        List.of(branch),
                        List.of(
                                new Rule("runners", "198.51.100.7/32", "both", null, null),
                                new Rule("home", "192.0.2.0/24", "runtime", branch, null)))));
    }

    private static Desired renamed(String project, String formerProject, String branch, String formerBranch) {
        String yaml = site.yaml(policy(project, branch))
                .replace("  " + project + ":\n", "  " + project + ":\n    renamed_from: " + formerProject + "\n")
                .replace(
                        "      " + branch + ": {}\n", "      " + branch + ": { renamed_from: " + formerBranch + " }\n");
        return Declaring.desired(yaml, Instant.now());
    }
}
