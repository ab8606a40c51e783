package io.axiomdb.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.host.Access;
import io.axiomdb.lab.Ground.Door;
import io.axiomdb.lab.HostHelper.Answer;
import io.axiomdb.lab.Policy.Project;
import io.axiomdb.lab.Policy.Rule;
import io.axiomdb.testing.TimeLimit;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * A change of who gets in is broken at every step that the host helper names, by its death and by a full disk, and by what else
 * happens to hosts: nobody gets in whom neither the old nor the new policy lets in, nothing of others is touched, and the
 * next change converges.
 */
@LabTest
@TimeLimit(600)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NetworkFaultsTest {
    private static final Policy ONE = policy("public_runtime", "203.0.113.0/24", "2001:db8:1::/48");
    private static final Policy OTHER = policy("restricted", "198.51.100.0/25", "2001:db8:2::/64");

    private static Ground ground;
    private static Foreign foreign;
    private static Map<String, String> before;

    @BeforeAll
    static void begin(Lab lab) {
        ground = new Ground(lab, ONE);
        foreign = Foreign.plant(lab, ground.host);
        before = foreign.bytes();
        ground.helper.set(Ground.access(ONE));
    }

    @Test
    @Order(1)
    void broken_at_every_step_it_is_never_wider_than_old_and_new_and_goes_on() {
        Policy old = ONE;
        int broken = 0;
        List<String> points = ground.helper.points().stream()
                .filter(point ->
                        !point.startsWith("undo:") && !point.startsWith("tick:") && !point.startsWith("confirm:"))
                .toList();
        for (int i = 0; i < points.size(); i++) {
            Policy wish = old == ONE ? OTHER : ONE;
            Answer answer =
                    ground.helper.change(Ground.access(wish), 60, (i % 2 == 0 ? "kill:" : "enospc:") + points.get(i));
            broken += answer.ok() ? 0 : 1;
            within(old, wish, points.get(i));
            ground.helper.set(Ground.access(wish));
            within(wish, wish, "after " + points.get(i));
            old = wish;
        }
        // Some points are passed only when there is something to do, such as undoing.
        assertThat(broken).isGreaterThan(points.size() / 2);
    }

    @Test
    @Order(2)
    void a_full_disk_changes_nothing(Lab lab) {
        ground.helper.set(Ground.access(ONE));
        lab.full(ground.host);
        Answer answer = ground.helper.change(Ground.access(OTHER), 60, "");
        within(ONE, ONE, "full disk");
        lab.unfull(ground.host);
        assertThat(answer.ok()).isFalse();
        assertThat(answer.json().get("code").asString()).isEqualTo("DISK");
        converges();
    }

    @Test
    @Order(3)
    void a_line_of_others_that_postgresql_can_not_read_is_refused_with_its_place(Lab lab) {
        ground.helper.set(Ground.access(ONE));
        String hba = "/etc/postgresql/15/main/pg_hba.conf";
        lab.exec(
                        ground.host,
                        "bash",
                        "-c",
                        "cp -a %1$s /root/hba; printf '\\nhost all nonsense\\n' >> %1$s".formatted(hba))
                .ok();
        Answer answer = ground.helper.change(Ground.access(OTHER), 60, "");
        lab.exec(ground.host, "bash", "-c", "cat /root/hba > " + hba).ok();
        assertThat(answer.ok()).isFalse();
        assertThat(answer.json().get("code").asString()).isEqualTo("FOREIGN_HBA_INVALID");
        assertThat(answer.json().get("what").asString()).contains("pg_hba.conf");
        within(ONE, ONE, "invalid line");
        converges();
    }

    @Test
    @Order(4)
    void a_pooler_that_is_down_opens_nothing(Lab lab) {
        ground.helper.set(Ground.access(ONE));
        lab.exec(ground.host, "pkill", "-9", "-u", "axm-pooler", "-x", "pgbouncer")
                .ok();
        Answer answer = ground.helper.change(Ground.access(OTHER), 60, "");
        ground.helper.order("tick").ok();
        if (answer.ok()) { // it may have been started by the change: then it must be as wished
            ground.helper.confirm(answer.json().get("change").asString(), "").done();
        }
        within(ONE, OTHER, "pooler down");
        converges();
    }

    @Test
    @Order(5)
    void a_host_that_loses_its_power_before_the_confirmation_comes_back_as_it_was(Lab lab) {
        ground.helper.set(Ground.access(ONE));
        ground.helper.change(Ground.access(OTHER), 5, "").done();
        lab.kill(ground.host);
        lab.restart(ground.host, "all");
        Eventually.within(
                Duration.ofSeconds(60),
                "the old policy is back",
                () -> agrees(ONE, ONE).isEmpty());
        within(ONE, ONE, "power lost");
        converges();
    }

    private static void converges() {
        ground.helper.set(Ground.access(OTHER));
        within(OTHER, OTHER, "converged");
        Access again = Ground.access(OTHER);
        assertThat(ground.helper.change(again, 60, "").done().get("changed").asBoolean())
                .isFalse();
    }

    private static void within(Policy old, Policy wish, String when) {
        assertThat(agrees(old, wish)).as(when).isEmpty();
        assertThat(foreign.bytes()).as(when).isEqualTo(before);
    }

    /** Who gets in though neither lets in; where both are one policy, also who does not and should. */
    private static List<String> agrees(Policy old, Policy wish) {
        Layers layers = ground.layers();
        Instant now = Instant.now();
        List<Door> doors = Ground.doors(wish);
        return Policies.telling(new Policy(List.of(
                        renamed(old.projects().getFirst(), "a"),
                        renamed(wish.projects().getFirst(), "b"))))
                .stream()
                .flatMap(address -> doors.stream()
                        .filter(door -> isWrong(layers, old, wish, door, address, now))
                        .map(door -> address + " to " + door.port() + " of " + door.project() + "/" + door.branch()))
                .toList();
    }

    private static Project renamed(Project project, String name) {
        return new Project(name, project.mode(), project.branches(), project.rules());
    }

    private static boolean isWrong(
            Layers layers, Policy old, Policy wish, Door door, InetAddress address, Instant now) {
        boolean was = Oracle.allows(old, now, door.project(), door.branch(), door.port(), address);
        boolean will = Oracle.allows(wish, now, door.project(), door.branch(), door.port(), address);
        int port = ground.number(door.port());
        boolean listed =
                layers.admits(door.port(), door.names().database(), door.names().rw(), address);
        boolean passes = layers.passes(port, address).values().stream().allMatch(yes -> yes);
        boolean through = passes || Foreign.opens(port, address);
        return listed && through && !was && !will || was && will && !(listed && passes);
    }

    private static Policy policy(String mode, String four, String six) {
        List<Rule> rules = List.of(
                new Rule("four", four, "both", null, null),
                new Rule("six", six, "direct", null, null),
                new Rule("branch", "192.0.2.1/32", "runtime", "preview/pr-42", null));
        return new Policy(List.of(
                new Project("shop", mode, Policies.BRANCHES, rules),
                new Project("square-experience", "restricted", Policies.BRANCHES, List.of(rules.getFirst()))));
    }
}
