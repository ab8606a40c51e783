package io.axiomdb.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.axiomdb.testing.TimeLimit;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The host helper's own tests of its pure parts, which are Python's, and the program that is packed of it. */
@TimeLimit(120)
class HostHelperTest {
    static final Path SOURCES = Path.of("..", "deploy", "host").toAbsolutePath().normalize();

    @TempDir
    Path directory;

    @Test
    void its_pure_parts_do_what_their_tests_say() {
        assumeTrue(python(), "needs python3");
        Output tests =
                Program.run("", List.of("python3", "-B", "-m", "unittest", "discover", "-s", SOURCES.toString()));
        assertThat(tests.error()).contains("OK");
        assertThat(tests.code()).isZero();
    }

    @Test
    void the_same_sources_are_packed_to_the_same_bytes_and_run() throws IOException {
        assumeTrue(python(), "needs python3");
        Path first = packed(directory.resolve("first"));
        assertThat(packed(directory.resolve("second"))).hasSameBinaryContentAs(first);
        Output refused = Program.run("", List.of("python3", "-ISB", first.toString(), "nonsense"));
        assertThat(refused.code()).isIn(1, 64); // 1: not root
        assertThat(Files.readString(first, java.nio.charset.StandardCharsets.ISO_8859_1))
                .startsWith("#!/usr/bin/python3 -ISB\n");
    }

    /** Packs the program to {@code target}. */
    static Path packed(Path target) {
        Program.run("", List.of("python3", "-B", SOURCES.resolve("build.py").toString(), target.toString()))
                .ok();
        return target;
    }

    private static boolean python() {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "python3")));
    }
}
