package io.axiomdb.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.Access;
import io.axiomdb.lab.Attempts.Attempt;
import io.axiomdb.lab.Ground.Door;
import io.axiomdb.lab.Policy.Project;
import io.axiomdb.testing.Extent;
import io.axiomdb.testing.TimeLimit;
import java.net.InetAddress;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Hundreds of policies (in the default run some of them), one after the other on one host that also has an owner of its own: after each one every layer, as it
 * reads its own files back, lets in whom the table lets in, and nothing of what is not AxiomDB's has changed by a byte. Now
 * and then somebody knocks.
 */
@LabTest
@TimeLimit(900)
class PolicyPropertyTest {
    private static final int POLICIES = Extent.here().full() ? 200 : 40;
    private static final int EVERY = 20;
    private static final int KNOCKS = 40;
    private static final long SEED = 42;

    /** Where those who knock come from: in and beside the ranges that policies are made of. */
    private static final List<InetAddress> CALLERS = List.of(
                    "10.51.0.1",
                    "10.51.2.127",
                    "10.51.64.3",
                    "198.51.0.255",
                    "198.51.1.1",
                    "198.51.128.64",
                    "203.51.3.2",
                    "203.51.127.128",
                    "192.0.2.77",
                    "2001:db8:1:2::3",
                    "2001:db8:0:40::1",
                    "2001:db8:ff:0::ff",
                    "fd77:aa::77")
            .stream()
            .map(InetAddress::ofLiteral)
            .toList();

    @Test
    void every_layer_lets_in_whom_the_table_lets_in(Lab lab) {
        Random random = new Random(SEED);
        List<Policy> all = Policies.some(POLICIES, SEED, Instant.now().truncatedTo(ChronoUnit.SECONDS)).stream()
                .map(PolicyPropertyTest::everyBranch)
                .toList();
        Ground ground = new Ground(lab, all.getFirst());
        Foreign foreign = Foreign.plant(lab, ground.host);
        Map<String, String> before = foreign.bytes();
        List<String> wrong = new ArrayList<>();
        int knocks = 0;
        for (int i = 0; i < POLICIES; i++) {
            Policy policy = all.get(i);
            Access access = Ground.access(policy);
            ground.helper.set(access);
            wrong.addAll(mismatches(ground, policy));
            if (i % EVERY == 0) {
                assertThat(foreign.bytes()).isEqualTo(before);
                knocks += knock(ground, policy, random, wrong);
                assertThat(ground.helper
                                .change(access, 60, "")
                                .done()
                                .get("changed")
                                .asBoolean())
                        .isFalse();
            }
            assertThat(wrong).as("policy %d: %s", i, policy).isEmpty();
        }
        assertThat(foreign.bytes()).isEqualTo(before);
        assertThat(knocks).isEqualTo(POLICIES / EVERY * KNOCKS);
    }

    /** Databases stay the same; rules of branches that a policy did not think of stay out of it. */
    private static Policy everyBranch(Policy policy) {
        return new Policy(policy.projects().stream()
                .map(project -> new Project(project.name(), project.mode(), Policies.BRANCHES, project.rules()))
                .toList());
    }

    private static List<String> mismatches(Ground ground, Policy policy) {
        Instant now = Instant.now();
        Layers layers = ground.layers();
        List<String> wrong = new ArrayList<>();
        List<InetAddress> addresses = new ArrayList<>(Policies.telling(policy));
        addresses.addAll(CALLERS);
        List<Door> doors = Ground.doors(policy);
        for (InetAddress address : addresses) {
            for (Door door : doors) {
                boolean in = Oracle.allows(policy, now, door.project(), door.branch(), door.port(), address);
                for (RoleKind kind : RoleKind.values()) {
                    if (layers.admits(
                                    door.port(),
                                    door.names().database(),
                                    door.names().role(kind),
                                    address)
                            != in) {
                        wrong.add("%s to %s of %s/%s should be %s"
                                .formatted(address, door.port(), door.project(), door.branch(), in));
                    }
                }
            }
            for (String port : Oracle.PORTS) {
                boolean through =
                        Oracle.opens(policy, now, port, address) || Foreign.opens(ground.number(port), address);
                layers.passes(ground.number(port), address).forEach((who, passes) -> {
                    if (passes != through) {
                        wrong.add("%s to port %s should be %s, says %s".formatted(address, port, through, who));
                    }
                });
            }
        }
        return wrong;
    }

    private static int knock(Ground ground, Policy policy, Random random, List<String> wrong) {
        List<InetAddress> callers = new ArrayList<>(CALLERS);
        List<Door> doors = Ground.doors(policy);
        Map<Attempt, Boolean> expected = new LinkedHashMap<>();
        while (expected.size() < KNOCKS) {
            Collections.shuffle(callers, random);
            Door door = doors.get(random.nextInt(doors.size()));
            RoleKind kind = RoleKind.values()[random.nextInt(RoleKind.values().length)];
            expected.put(
                    ground.attempt(callers.getFirst(), door, kind),
                    Oracle.allows(
                            policy, Instant.now(), door.project(), door.branch(), door.port(), callers.getFirst()));
        }
        wrong.addAll(Attempts.wrong(expected));
        return expected.size();
    }
}
