package io.axiomdb.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The host helper's own tests of its pure parts, and random input for it, run with everything else. */
class HostHelperTextsTest {
    @ParameterizedTest
    @ValueSource(strings = {"test_texts", "test_fuzz"})
    void its_own_tests_pass(String module) throws IOException, InterruptedException {
        Process python = new ProcessBuilder("python3", "-B", "-m", "unittest", module)
                .directory(Path.of("../deploy/host").toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(python.waitFor()).as(said).isZero();
        assertThat(said).containsPattern("Ran [1-9][0-9]* tests");
    }
}
