package io.axiomdb.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.Golden;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.DiagnosticText;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Kind;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.Access;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.host.Observation;
import io.axiomdb.load.Loaded;
import io.axiomdb.load.Loader;
import io.axiomdb.registry.Registry;
import io.axiomdb.testing.TextSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Golden cases of planning. In each directory: {@code axiomdb.yaml}, what is declared; {@code applied.yaml}, what was
 * applied last, if anything; {@code actual.yaml}, what the hosts are like, if not as applied; {@code seen.txt}, what else
 * was seen on them ({@link SeenLines}); {@code unreachable}, hosts that do not answer; {@code removed.yaml}, what was
 * removed and is kept; {@code due}, if the plan is for background work; {@code plan.txt}, what must come out.
 * With {@code by-others} somebody else made what is on the hosts; {@code adopt} names branches to take over. The
 * directory's name is the sentence.
 */
class PlanCasesTest {
    private static final Path CASES = Path.of("src/test/resources/cases/plan");

    private static final Instant REMOVED = Instant.parse("2025-12-20T10:00:00Z");

    @TestFactory
    Stream<DynamicTest> cases() throws IOException {
        try (Stream<Path> directories = Files.list(CASES)) {
            return directories.sorted().toList().stream()
                    .map(d -> DynamicTest.dynamicTest(d.getFileName().toString().replace('-', ' '), () -> check(d)));
        }
    }

    private static void check(Path directory) throws IOException {
        Desired declared = Objects.requireNonNull(read(directory.resolve("axiomdb.yaml")));
        Desired applied = read(directory.resolve("applied.yaml"));
        Desired actual = read(directory.resolve("actual.yaml"));
        Registry registry = applied == null ? World.nothingApplied(declared.organization()) : World.applied(applied);
        SortedMap<String, Observation> hosts = new TreeMap<>(World.emptyHosts(declared));
        Desired there = actual == null ? applied : actual;
        if (there != null) {
            hosts.putAll(World.converged(there));
        }
        unreachable(directory)
                .forEach(host -> hosts.put(
                        host,
                        new Observation.Unreachable(Diagnostic.of(
                                Code.HOST_UNREACHABLE, "host " + host + ": connection refused", "start it"))));
        declared.hosts().values().forEach(host -> hosts.computeIfPresent(host.name(), (_, o) -> asDeclared(host, o)));
        SeenLines.read(directory.resolve("seen.txt")).forEach(line -> hosts.compute(line.host(), line::on));
        Desired removed = read(directory.resolve("removed.yaml"));
        if (removed != null) {
            KeptWorld kept = KeptWorld.of(removed, registry, hosts, REMOVED);
            registry = kept.registry(registry);
            hosts.putAll(kept.hosts());
        }
        Asked asked = Files.exists(directory.resolve("due")) ? Asked.DUE : Asked.NOTHING.adopting(adopted(directory));
        if (Files.exists(directory.resolve("by-others"))) {
            hosts.replaceAll((_, observation) -> World.byOthers(observation));
        }
        registry = World.asSeen(registry, declared, hosts);
        PlanInput input = World.input(declared, registry, hosts, asked);
        Plan plan = Planner.plan(input);
        Golden.assertSame(directory.resolve("plan.txt"), PlanDump.of(plan));
        assertThat(Planner.plan(input)).isEqualTo(plan);
        PlannerLawsTest.assertNoCircle(plan);
        Plan after = Planner.plan(World.input(declared, World.after(registry, plan), World.after(hosts, plan)));
        assertThat(after.changes().stream().map(Change::resource).filter(PlanCasesTest::isAccess))
                .as("nothing is left to do about access")
                .isEmpty();
    }

    private static boolean isAccess(ResourceKey key) {
        return key.kind() == Kind.HOST_ACCESS || key.kind() == Kind.HOST || Placements.isNetwork(key);
    }

    /** Hosts are looked at as they are declared now. */
    private static Observation asDeclared(Host host, Observation observation) {
        boolean known = observation instanceof Observation.Seen seen
                && (host.ssh() != null) == (seen.access() instanceof AccessObservation.Seen);
        return known || !(observation instanceof Observation.Seen other)
                ? observation
                : other.with(World.access(host, Access.NONE));
    }

    private static Stream<String> unreachable(Path directory) throws IOException {
        Path file = directory.resolve("unreachable");
        return Files.exists(file) ? Files.readAllLines(file).stream() : Stream.of();
    }

    private static SortedSet<ResourceKey> adopted(Path directory) throws IOException {
        Path file = directory.resolve("adopt");
        SortedSet<ResourceKey> keys = new TreeSet<>();
        for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
            int slash = line.indexOf('/');
            keys.add(ResourceKey.branch(line.substring(0, slash), line.substring(slash + 1)));
        }
        return keys;
    }

    private static @Nullable Desired read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return null;
        }
        Loaded loaded = Loader.load(TextSource.of(Files.readString(file)), World.NOW);
        assertThat(loaded.errors())
                .as(DiagnosticText.render(loaded.diagnostics(), loaded.texts()))
                .isZero();
        return loaded.desired();
    }
}
