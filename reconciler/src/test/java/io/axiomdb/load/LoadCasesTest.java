package io.axiomdb.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.Golden;
import io.axiomdb.adapter.files.DirectorySource;
import io.axiomdb.core.Code;
import io.axiomdb.core.DiagnosticText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Each directory below cases/load is a sentence about the loader, with a file and the words that a person gets for it. */
class LoadCasesTest {
    private static final Path CASES = Path.of("src/test/resources/cases/load");
    private static final Instant NOW = Instant.parse("2026-11-22T00:00:00Z");

    /** What no file in a directory can show: a missing file, bytes that are no text, too many bytes. */
    private static final Set<Code> ELSEWHERE = Set.of(Code.FILE_MISSING, Code.FILE_TOO_LARGE, Code.NOT_UTF8);

    @TestFactory
    Stream<DynamicTest> the_words_are_as_recorded() throws IOException {
        return cases().stream()
                .map(directory -> DynamicTest.dynamicTest(
                        directory.getFileName().toString(),
                        () -> Golden.assertSame(directory.resolve("diagnostics.txt"), words(directory))));
    }

    @Test
    void every_code_about_the_file_has_a_case() throws IOException {
        String all = cases().stream().map(LoadCasesTest::words).collect(Collectors.joining());
        assertThat(Arrays.stream(Code.values())
                        .filter(code ->
                                code.id().startsWith("AX01") || code.id().startsWith("AX02"))
                        .filter(code -> !ELSEWHERE.contains(code))
                        .filter(code -> !all.contains("[" + code.id() + "]")))
                .as("add a directory to %s", CASES)
                .isEmpty();
    }

    private static String words(Path directory) {
        Loaded loaded =
                Loader.load(new DirectorySource(directory.resolve("axiomdb.yaml"), DirectorySource.Commits.NONE), NOW);
        assertThat(loaded.desired() == null).isEqualTo(loaded.errors() > 0);
        String words = DiagnosticText.render(loaded.diagnostics(), loaded.texts());
        // Also when the files are being rewritten: the cases plant secrets with this mark.
        assertThat(words + loaded.diagnostics() + loaded.texts()).doesNotContain("CANARY");
        return words;
    }

    private static List<Path> cases() throws IOException {
        try (Stream<Path> directories = Files.list(CASES)) {
            return directories.filter(Files::isDirectory).sorted().toList();
        }
    }
}
