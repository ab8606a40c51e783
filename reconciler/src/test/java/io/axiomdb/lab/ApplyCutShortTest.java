package io.axiomdb.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.apply.ChangeResult;
import io.axiomdb.apply.ChangeResult.Status;
import io.axiomdb.audit.AuditEntry.Phase;
import io.axiomdb.audit.AuditRow;
import io.axiomdb.core.AxiomException;
import io.axiomdb.desired.Kind;
import io.axiomdb.engine.ApplyReport;
import io.axiomdb.lab.Ground.Door;
import io.axiomdb.lab.Policy.Project;
import io.axiomdb.lab.Policy.Rule;
import io.axiomdb.port.ControlPlane.AuditQuery;
import io.axiomdb.testing.TimeLimit;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * AxiomDB is killed, or loses the network, while a host makes a change: nobody gets in whom neither the old nor the new policy
 * lets in, the next apply converges, and every intent of the audit trail has an outcome.
 */
@LabTest
@TimeLimit(400)
class ApplyCutShortTest {
    private static final Policy ONE = policy("203.0.113.0/24");
    private static final Policy OTHER = policy("198.51.100.0/24");
    private static final List<InetAddress> ADDRESSES = List.of(
            InetAddress.ofLiteral("203.0.113.7"),
            InetAddress.ofLiteral("198.51.100.7"),
            InetAddress.ofLiteral("192.0.2.7"));

    private static Site site;
    private static Foreign foreign;
    private static Map<String, String> before;

    @BeforeAll
    static void prepare(Lab lab) {
        site = Site.on(lab);
        foreign = Foreign.plant(lab, site.host);
        before = foreign.bytes();
    }

    @AfterAll
    static void end() {
        site.close();
    }

    @Test
    void killed_while_the_host_is_at_it_the_next_apply_goes_on() throws Exception {
        site.converge(ONE);
        HeldLock lock = new HeldLock();
        long intents = intents();
        Process child = Child.start(site, OTHER);
        Eventually.within(Duration.ofSeconds(60), "the host is asked", () -> intents() > intents && isAsked());
        child.destroyForcibly().waitFor();
        lock.release();
        Eventually.within(Duration.ofSeconds(30), "the host is done with it", () -> !isAsked());
        within(ONE, OTHER);
        goesOn();
    }

    @Test
    void killed_before_it_reaches_the_host_the_next_apply_goes_on() throws Exception {
        site.converge(ONE);
        long intents = intents();
        Process child = Child.start(site, OTHER);
        Eventually.within(Duration.ofSeconds(60), "the intents are written", () -> intents() > intents);
        child.destroyForcibly().waitFor();
        within(ONE, OTHER);
        goesOn();
    }

    @Test
    void cut_off_while_the_host_is_at_it_the_outcome_is_unknown_and_the_next_apply_goes_on() throws Exception {
        site.converge(ONE);
        HeldLock lock = new HeldLock();
        long intents = intents();
        CompletableFuture<ApplyReport> apply = CompletableFuture.supplyAsync(() -> site.apply(OTHER));
        Eventually.within(Duration.ofSeconds(60), "the host is asked", () -> intents() > intents && isAsked());
        site.lab.cut(site.host);
        lock.release();
        Eventually.within(Duration.ofSeconds(30), "the host is done with it", () -> !isAsked());
        within(ONE, OTHER);
        assertThat(apply.join().results())
                .filteredOn(result -> result.change().resource().kind() == Kind.HOST_ACCESS)
                .extracting(ChangeResult::status)
                .containsExactly(Status.FAILED);
        site.lab.heal(site.host);
        goesOn();
    }

    /** The lease of one that was killed ends by itself; then the apply is whole, and so is the trail. */
    private static void goesOn() {
        Eventually.within(Duration.ofSeconds(120), "an apply is let through", () -> {
            try {
                return site.apply(OTHER).converged();
            } catch (AxiomException refused) {
                return false;
            }
        });
        site.converge(OTHER);
        assertThat(wrong(OTHER, OTHER)).isEmpty();
        assertThat(foreign.bytes()).isEqualTo(before);
        assertThat(site.controlPlane.unfinished(Site.ORGANIZATION)).isEmpty();
        Map<String, List<AuditRow>> mutations =
                rows().stream().collect(Collectors.groupingBy(row -> row.entry().mutationId()));
        assertThat(mutations.values())
                .allSatisfy(rows -> assertThat(rows)
                        .extracting(row -> row.entry().phase())
                        .contains(Phase.INTENT)
                        .anyMatch(phase -> phase != Phase.INTENT));
    }

    private static void within(Policy old, Policy wish) {
        assertThat(wrong(old, wish)).isEmpty();
        assertThat(foreign.bytes()).isEqualTo(before);
    }

    /** Who gets in though neither lets in; where both are one policy, also who does not and should. */
    private static List<String> wrong(Policy old, Policy wish) {
        Layers layers = site.layers();
        Instant now = Instant.now();
        Function<Door, List<String>> ofDoor = door -> ADDRESSES.stream()
                .filter(address -> {
                    boolean was = Oracle.allows(old, now, door.project(), door.branch(), door.port(), address);
                    boolean will = Oracle.allows(wish, now, door.project(), door.branch(), door.port(), address);
                    boolean in = layers.admits(
                                    door.port(),
                                    door.names().database(),
                                    door.names().rw(),
                                    address)
                            && layers.passes(site.number(door.port()), address).values().stream()
                                    .allMatch(yes -> yes);
                    return in && !was && !will || !in && was && will;
                })
                .map(address -> address + " to " + door)
                .toList();
        return site.doors(wish).stream()
                .flatMap(door -> ofDoor.apply(door).stream())
                .toList();
    }

    /** Whether a request of AxiomDB's, which has no argument, is under way on the host: a change, once the intents are there. */
    private static boolean isAsked() {
        return site.lab
                        .exec(site.host, "pgrep", "-f", "^sudo -n /usr/local/sbin/axm-host")
                        .code()
                == 0;
    }

    private static long intents() {
        return rows().stream()
                .filter(row -> row.entry().phase() == Phase.INTENT)
                .count();
    }

    private static List<AuditRow> rows() {
        return site.controlPlane.audit(Site.ORGANIZATION, new AuditQuery(1000, null, null, null));
    }

    /** The host's own lock, held by somebody else: whatever asks for a change waits. */
    private static final class HeldLock {
        private final Process holder;

        HeldLock() throws IOException {
            this.holder = Program.start(
                    site.lab.name(),
                    "exec",
                    site.host.name(),
                    "--",
                    "flock",
                    "/run/axm-host.lock",
                    "sh",
                    "-c",
                    "echo held; cat > /dev/null");
            BufferedReader told = holder.inputReader();
            assertThat(told.readLine()).isEqualTo("held");
        }

        void release() throws IOException {
            holder.outputWriter().close();
            try {
                holder.waitFor();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Policy policy(String cidr) {
        return new Policy(List.of(
                new Project("shop", "restricted", List.of(), List.of(new Rule("office", cidr, "both", null, null)))));
    }
}
