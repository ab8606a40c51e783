package io.axiomdb.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.crash.Point.When;
import io.axiomdb.plan.Step;
import io.axiomdb.testing.Extent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * Applies that are cut short on both sides of every call, in every way: the next one converges, nothing is lost, nothing is left
 * over, and the audit trail tells the truth. Here every kind of call with every way; with {@code -Pfull} every call.
 */
@Tag("parts")
@TestInstance(Lifecycle.PER_CLASS)
class CrashTest {
    private static final int LANES = 6;
    private static final Extent EXTENT = Extent.here();

    /** To look into some of them: what their names have in them. */
    private static final Pattern ONLY = Pattern.compile(System.getProperty("crash.only", ""));

    private final BlockingQueue<Lane> lanes = new LinkedBlockingQueue<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(LANES);
    private final Map<Scenario, SortedSet<Place>> places = new LinkedHashMap<>();

    private final Map<Way, Long> took = new ConcurrentHashMap<>();

    @BeforeAll
    void prepare() throws Exception {
        for (int i = 1; i <= LANES; i++) {
            lanes.add(new Lane());
        }
        Map<Scenario, Future<SortedSet<Place>>> recordings = new LinkedHashMap<>();
        Scenarios.ALL.forEach(s -> recordings.put(s, threads.submit(() -> onLane(lane -> Run.places(lane, s)))));
        for (Map.Entry<Scenario, Future<SortedSet<Place>>> recording : recordings.entrySet()) {
            places.put(recording.getKey(), recording.getValue().get());
        }
    }

    @AfterAll
    void end() throws IOException {
        threads.shutdownNow();
        System.out.println("crash points took, in ms, " + LANES + " at a time: " + new TreeMap<>(took));
        for (Lane lane : lanes) {
            lane.close();
        }
    }

    /** What is done with a lane that nobody else uses meanwhile. */
    private interface Work<T> {
        T on(Lane lane) throws Exception;
    }

    private <T> T onLane(Work<T> work) throws Exception {
        Lane lane = lanes.take();
        try {
            return work.on(lane);
        } finally {
            lanes.add(lane);
        }
    }

    @Test
    void the_scenarios_have_the_steps_that_they_say() {
        places.forEach((scenario, passed) -> {
            Set<String> kinds = passed.stream().map(Place::kind).collect(Collectors.toSet());
            assertThat(kinds)
                    .as(scenario.name())
                    .containsAll(
                            scenario.kinds().stream().map(Class::getSimpleName).toList());
        });
    }

    @Test
    void every_kind_of_step_is_in_a_scenario() {
        Set<Class<?>> tried = new LinkedHashSet<>(Scenarios.ON_A_MACHINE);
        Scenarios.ALL.forEach(scenario -> tried.addAll(scenario.kinds()));
        assertThat(tried).containsExactlyInAnyOrder(Step.class.getPermittedSubclasses());
    }

    @TestFactory
    Stream<DynamicTest> the_next_apply_makes_it_whole() {
        List<Run> all = points();
        List<Run> chosen = (EXTENT.full() ? EXTENT.of(all, 1) : oneOfEachKind(all))
                .stream().filter(run -> ONLY.matcher(run.toString()).find()).toList();
        tell(all, chosen);
        Map<Run, Future<List<String>>> wrong = new LinkedHashMap<>();
        chosen.forEach(run -> wrong.put(run, threads.submit(() -> onLane(lane -> timed(run, lane)))));
        return wrong.entrySet().stream()
                .map(run -> DynamicTest.dynamicTest(
                        run.getKey().toString(),
                        () -> assertThat(result(run.getValue())).isEmpty()));
    }

    private List<String> timed(Run run, Lane lane) throws IOException {
        long start = System.nanoTime();
        try {
            return run.wrong(lane);
        } finally {
            long millis = (System.nanoTime() - start) / 1_000_000;
            took.merge(run.way(), millis, Long::sum);
        }
    }

    private static List<String> result(Future<List<String>> wrong) throws Throwable {
        try {
            return wrong.get();
        } catch (ExecutionException e) {
            throw e.getCause();
        }
    }

    private List<Run> points() {
        List<Run> all = new ArrayList<>();
        boolean disks = lanes.stream().allMatch(lane -> lane.disk.isReal());
        places.forEach((scenario, passed) -> passed.forEach(place -> Arrays.stream(When.values())
                .forEach(when -> Arrays.stream(Way.values())
                        .filter(way -> disks || way != Way.DISK_FULL)
                        .forEach(way -> all.add(new Run(scenario, new Point(place, when), way))))));
        return all;
    }

    /** For each kind of call, side and way the first, taken from the scenarios in turn. */
    private static List<Run> oneOfEachKind(List<Run> all) {
        Map<String, Run> chosen = new LinkedHashMap<>();
        all.forEach(run -> chosen.putIfAbsent(
                run.point().place().kind()
                        + run.point().place().last()
                        + run.point().when()
                        + run.way(),
                run));
        return List.copyOf(chosen.values());
    }

    private static void tell(List<Run> all, List<Run> chosen) {
        Map<Way, Long> number = new EnumMap<>(Way.class);
        chosen.forEach(run -> number.merge(run.way(), 1L, Long::sum));
        System.out.println("crash points: " + chosen.size() + " of " + all.size() + " are tried, " + number
                + (all.stream().anyMatch(run -> run.way() == Way.DISK_FULL) ? "" : "; a full disk needs root")
                + (EXTENT.full() ? "" : "; -Pfull tries all"));
    }
}
