package io.axiomdb.adapter.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.testing.Corpus;
import io.axiomdb.testing.Texts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectorySourceFuzzTest {
    @TempDir
    private Path directory;

    /** Files in it or a reason, and never a way out of it. */
    @Test
    void any_pattern_finds_files_of_the_directory_or_says_why_not() throws IOException {
        Path inside = Files.createDirectories(directory.resolve("in/p"));
        Files.writeString(inside.resolve("[a].yaml"), "x");
        Files.writeString(directory.resolve("outside.yaml"), "x");
        DirectorySource source =
                new DirectorySource(directory.resolve("in/axiomdb.yaml"), (at, read, patterns) -> Optional.empty());
        Random random = new Random(42);
        for (int i = 0; i < 2000; i++) {
            any(
                    source,
                    i < Corpus.naughtyStrings().size()
                            ? Corpus.naughtyStrings().get(i)
                            : Texts.near(random, "p/*.[a]{}?\\yml", 12));
        }
        any(source, "a\0b");
        assertThat(source.match("p/[a].*")).containsExactly("p/[a].yaml");
    }

    private void any(DirectorySource source, String pattern) {
        try {
            List<String> found = source.match(pattern);
            assertThat(found)
                    .allMatch(file ->
                            directory.resolve("in").resolve(file).normalize().startsWith(directory.resolve("in")));
        } catch (IOException e) {
            assertThat(e).hasMessageMatching("(?s).+");
        }
    }
}
