package io.axiomdb.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher, with the jar that was packaged just before. */
@Tag("packaged")
class LauncherTest {
    private static final Path LAUNCHER = Path.of("axm").toAbsolutePath();
    private static final Path CACHE = Path.of("target", "axm.aot");

    private record Ended(int exit, String out, String err) {}

    @TempDir
    private Path directory = Path.of("");

    @BeforeAll
    static void prepared() throws Exception {
        assertThat(run(Path.of("").toAbsolutePath(), Map.of(), LAUNCHER.toString(), "version")
                        .exit())
                .isZero();
    }

    @Test
    void it_prints_data_alone_and_passes_exit_codes_on() throws Exception {
        Ended version = run(directory, Map.of(), LAUNCHER.toString(), "version");
        assertThat(version.out()).startsWith("axm ").hasLineCount(1);
        assertThat(version.err()).isEmpty();
        assertThat(run(directory, Map.of(), LAUNCHER.toString(), "no-such").exit())
                .isEqualTo(64);
    }

    @Test
    void it_works_through_symbolic_links_and_from_any_directory() throws Exception {
        Path second = Files.createSymbolicLink(directory.resolve("second"), LAUNCHER);
        Files.createSymbolicLink(directory.resolve("first"), second.getFileName());
        assertThat(run(directory, Map.of(), "./first", "version").exit()).isZero();
    }

    @Test
    void a_wrong_java_is_refused_with_its_name() throws Exception {
        Ended ended = run(directory, Map.of("AXM_JAVA_HOME", "/nowhere"), LAUNCHER.toString(), "version");
        assertThat(ended.exit()).isEqualTo(1);
        assertThat(ended.err()).contains("AXM_JAVA_HOME=/nowhere is not a JDK 25");
    }

    /** Java ignores an unfit cache without a word: this is what would notice. */
    @Test
    void the_cache_is_used_with_the_launchers_own_flags() throws Exception {
        assertThat(CACHE).isNotEmptyFile();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:AOTMode=on",
                "-XX:AOTCache=" + CACHE.toAbsolutePath()));
        command.addAll(flags());
        command.addAll(List.of(
                "-Xlog:class+load:file=" + directory.resolve("classes.txt"),
                "-cp",
                Path.of("target", "axm.jar").toAbsolutePath().toString(),
                "io.axiomdb.cli.Main",
                "version"));
        Ended ended = run(directory, Map.of(), command.toArray(String[]::new));
        assertThat(ended.exit()).as(ended.err()).isZero();
        List<String> loaded = Files.readAllLines(directory.resolve("classes.txt"));
        assertThat(loaded)
                .filteredOn(line -> line.contains(" picocli.CommandLine "))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("shared objects file"));
    }

    private static List<String> flags() throws IOException {
        String line = Files.readAllLines(LAUNCHER).stream()
                .filter(l -> l.startsWith("flags="))
                .findFirst()
                .orElseThrow();
        return Arrays.stream(line.replace("flags=", "").replace("\"", "").split(" "))
                .filter(flag -> !flag.startsWith("-Xlog"))
                .toList();
    }

    private static Ended run(Path directory, Map<String, String> environment, String... command) throws Exception {
        Path err = Files.createTempFile("axm-launcher", ".err");
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(directory.toFile()).redirectError(err.toFile());
        builder.environment().put("AXM_JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int exit = process.waitFor();
        String text = Files.readString(err);
        Files.delete(err);
        return new Ended(exit, out, text);
    }
}
