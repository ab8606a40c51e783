package io.axiomdb.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.adapter.files.DirectorySource;
import io.axiomdb.core.DiagnosticText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExamplesTest {
    private static final Path EXAMPLES = Path.of("../examples");
    private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");

    @ParameterizedTest
    @MethodSource("examples")
    void every_example_loads_without_a_problem(Path example) {
        Loaded loaded =
                Loader.load(new DirectorySource(example.resolve("axiomdb.yaml"), DirectorySource.Commits.NONE), NOW);
        assertThat(DiagnosticText.render(loaded.diagnostics(), loaded.texts())).isEmpty();
        assertThat(loaded.desired()).isNotNull();
    }

    @ParameterizedTest
    @MethodSource("files")
    void every_file_names_its_schema_for_editors(Path file) throws IOException {
        String first = Files.readAllLines(file).getFirst();
        assertThat(first).startsWith("# yaml-language-server: $schema=");
        Path schema = file.resolveSibling(first.substring(first.indexOf('=') + 1));
        assertThat(schema).exists();
    }

    static List<Path> examples() throws IOException {
        try (Stream<Path> found = Files.list(EXAMPLES)) {
            return found.filter(Files::isDirectory).sorted().toList();
        }
    }

    static List<Path> files() throws IOException {
        try (Stream<Path> found = Files.walk(EXAMPLES)) {
            return found.filter(f -> f.toString().endsWith(".yaml")).sorted().toList();
        }
    }
}
