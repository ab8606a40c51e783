package io.axiomdb.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.adapter.files.DirectorySource;
import io.axiomdb.desired.Declarations;
import io.axiomdb.desired.Desired;
import io.axiomdb.load.Loader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every directory in examples/ is a working configuration: it plans from nothing, and leaves nothing once applied. */
class ExamplesArePlannedTest {
    private static final Path EXAMPLES = Path.of("../examples");

    @TestFactory
    Stream<DynamicTest> examples() throws IOException {
        try (Stream<Path> directories = Files.list(EXAMPLES)) {
            return directories.sorted().toList().stream()
                    .map(d -> DynamicTest.dynamicTest(d.getFileName().toString(), () -> check(d)));
        }
    }

    private static void check(Path directory) {
        Desired desired = Objects.requireNonNull(Loader.load(
                        new DirectorySource(directory.resolve("axiomdb.yaml"), DirectorySource.Commits.NONE), World.NOW)
                .desired());
        Plan first = Planner.plan(
                World.input(desired, World.nothingApplied(desired.organization()), World.emptyHosts(desired)));
        assertThat(first.blocked()).isEmpty();
        assertThat(first.refusals()).isEmpty();
        assertThat(first.changes())
                .filteredOn(change -> change.resource().kind().stored())
                .hasSameSizeAs(Declarations.of(desired).keySet());
        Plan second = Planner.plan(World.input(desired, World.applied(desired), World.converged(desired)));
        assertThat(second.changes()).isEmpty();
    }
}
