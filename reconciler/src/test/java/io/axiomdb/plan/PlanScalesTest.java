package io.axiomdb.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.axiomdb.desired.Desired;
import io.axiomdb.host.Observation;
import io.axiomdb.load.Loader;
import io.axiomdb.registry.Registry;
import java.lang.management.ManagementFactory;
import java.util.Objects;
import java.util.SortedMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Four times the branches take four times the work. Counted in bytes allocated, which no other process on the machine
 * changes; {@code deploy/bench/scale} measures times, and up to 100,000 branches.
 */
class PlanScalesTest {
    private static final int SMALL = 300;
    private static final int LARGE = 4 * SMALL;
    /** What n log n adds, and the noise of growing tables. */
    private static final double ALLOWED = 4 * 1.3;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void loading() {
        load(Fleet.of(SMALL));
        assertThat(growth(() -> load(Fleet.of(SMALL)), () -> load(Fleet.of(LARGE))))
                .isLessThan(ALLOWED);
    }

    @Test
    void planningWhatIsAsItShouldBe() {
        assertThat(growth(plan(Fleet.of(SMALL), Fleet.of(SMALL), 0), plan(Fleet.of(LARGE), Fleet.of(LARGE), 0)))
                .isLessThan(ALLOWED);
    }

    @Test
    void planningTheFirstOfAll() {
        assertThat(growth(first(SMALL), first(LARGE))).isLessThan(ALLOWED);
    }

    @Test
    void planningThatAllGo() {
        Fleet one = Fleet.of(10);
        assertThat(growth(plan(Fleet.of(SMALL), one, -1), plan(Fleet.of(LARGE), one, -1)))
                .isLessThan(ALLOWED);
    }

    private static double growth(Supplier<?> small, Supplier<?> large) {
        small.get(); // what is made once, such as classes
        return (double) allocated(large) / allocated(small);
    }

    private static long allocated(Supplier<?> action) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        assertThat(action.get()).isNotNull();
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    private static Supplier<Plan> plan(Fleet applied, Fleet declared, int changes) {
        Desired before = load(applied);
        Registry registry = World.applied(before);
        SortedMap<String, Observation> hosts = World.converged(before);
        Desired desired = load(declared);
        return () -> {
            Plan plan = Planner.plan(World.input(desired, registry, hosts));
            assertThat(plan.blocked()).isEmpty();
            assertThat(plan.changes()).matches(all -> changes < 0 ? !all.isEmpty() : all.size() == changes);
            return plan;
        };
    }

    private static Supplier<Plan> first(int branches) {
        Desired desired = load(Fleet.of(branches));
        SortedMap<String, Observation> hosts = World.emptyHosts(desired);
        return () -> {
            Plan plan = Planner.plan(World.input(desired, World.nothingApplied(desired.organization()), hosts));
            assertThat(plan.changes()).hasSizeGreaterThan(branches);
            return plan;
        };
    }

    private static Desired load(Fleet fleet) {
        return Objects.requireNonNull(Loader.load(fleet, World.NOW).desired(), "the fleet's file is wrong");
    }
}
