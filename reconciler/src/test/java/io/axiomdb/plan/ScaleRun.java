package io.axiomdb.plan;

import io.axiomdb.core.Origin;
import io.axiomdb.core.Shared;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.Observation;
import io.axiomdb.load.Loader;
import io.axiomdb.registry.Applied;
import io.axiomdb.registry.Registry;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * One size in a process of its own, for deploy/bench/scale: reads a fleet, plans it as it is and with each hundredth branch
 * edited, and prints times in milliseconds, what collecting garbage took on top of them, and memory in MiB. Exits with 1 where a plan is not what it should
 * be; runs out of memory where the heap is too small.
 */
final class ScaleRun {
    /** Enough for the compiler to have warmed up on small ones. */
    private static final int WORK = 50_000;

    private ScaleRun() {}

    /**
     * Measures.
     *
     * @param arguments how many branches
     */
    public static void main(String[] arguments) throws IOException {
        int branches = Integer.parseInt(arguments[0]);
        int times = Math.clamp(WORK / branches, 1, 10);
        Registry registry = stored(World.applied(load(Fleet.of(branches))));
        SortedMap<String, Observation> hosts = World.converged(load(Fleet.of(branches)));
        long world = retained();
        Cost cold = timed(() -> load(Fleet.of(branches)));
        Cost load = best(times, () -> load(Fleet.of(branches)));
        Desired same = load(Fleet.of(branches));
        Cost plan = best(times, () -> changes(same, registry, hosts, 0));
        long held = retained();
        Desired edited = load(Fleet.of(branches).edited());
        Cost changed = best(times, () -> changes(edited, registry, hosts, (branches + 98) / 100));
        System.out.printf(
                "%7d branches  load %s (first %s)  plan %s  1 %% changed %s  world %4d MiB  all %4d MiB  process %4d MiB%n",
                branches, load, cold, plan, changed, world, held, peak());
        Objects.requireNonNull(hosts);
    }

    private static Desired load(Fleet fleet) {
        return Objects.requireNonNull(Loader.load(fleet, World.NOW).desired(), "the fleet's file is wrong");
    }

    private static Plan changes(
            Desired desired, Registry registry, SortedMap<String, Observation> hosts, int expected) {
        Plan plan = Planner.plan(World.input(desired, registry, hosts));
        if (plan.changes().size() != expected || !plan.blocked().isEmpty()) {
            throw new IllegalStateException("the plan has " + plan.changes().size() + " changes, not " + expected);
        }
        return plan;
    }

    /** As the control plane gives it: no text of it is shared with the file or with what was seen. */
    private static Registry stored(Registry registry) {
        Shared shared = new Shared();
        SortedMap<ResourceKey, Applied> applied = new TreeMap<>();
        registry.applied().forEach((key, a) -> {
            ResourceKey own = new ResourceKey(key.kind(), shared.of(copy(key.project())), copy(key.name()));
            SortedMap<String, String> values = new TreeMap<>();
            a.fields().values().forEach((field, value) -> values.put(field, copy(value)));
            Fields fields = shared.of(new Fields(values, Origin.UNKNOWN));
            applied.put(own, new Applied(a.id(), fields, a.complete(), a.enforced()));
        });
        return new Registry(registry.organization(), true, registry.others(), applied, registry.credentials());
    }

    private static String copy(String text) {
        return new String(text.toCharArray());
    }

    /**
     * Processor time in milliseconds, so that others on the machine make no difference.
     *
     * @param collecting what the collector took, which follows from how full the heap is and not from the work alone
     */
    private record Cost(long own, long collecting) {
        static Cost now() {
            return new Cost(
                    ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() / 1_000_000,
                    ManagementFactory.getGarbageCollectorMXBeans().stream()
                            .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                            .sum());
        }

        @Override
        public String toString() {
            return "%d ms + %d ms".formatted(own, collecting);
        }
    }

    private static Cost best(int times, Supplier<?> action) {
        return IntStream.range(0, times)
                .mapToObj(_ -> timed(action))
                .min(Comparator.comparingLong(cost -> cost.own() + cost.collecting()))
                .orElseThrow();
    }

    private static Cost timed(Supplier<?> action) {
        Cost start = Cost.now();
        Objects.requireNonNull(action.get());
        Cost end = Cost.now();
        return new Cost(end.own() - start.own(), end.collecting() - start.collecting());
    }

    private static long retained() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return (runtime.totalMemory() - runtime.freeMemory()) >> 20;
    }

    /** Most memory that the process ever had. */
    private static long peak() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) >> 10)
                .findFirst()
                .orElseThrow();
    }
}
