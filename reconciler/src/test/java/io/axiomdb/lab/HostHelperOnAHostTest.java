package io.axiomdb.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.lab.Lab.Host;
import io.axiomdb.testing.Extent;
import io.axiomdb.testing.Patience;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** {@code deploy/host/test_*on_a_host.py}, each of their tests, on a host of the lab: real PostgreSQL, PgBouncer, UFW and sudo. */
@Tag("parts")
@LabTest(clients = 0)
class HostHelperOnAHostTest {
    private static final Pattern TEST = Pattern.compile("^class (\\w+)|^    def (test_\\w+)", Pattern.MULTILINE);
    private static final List<String> MODULES =
            List.of("test_adversary_on_a_host", "test_copy_on_a_host", "test_chains_on_a_host", "test_on_a_host");

    /** The default run's share; -Pfull runs all. */
    private static final int EVERY = 5;

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> each_test_of_the_helper(Lab lab) throws IOException {
        Host host = lab.host();
        put(lab, host, HostHelperTest.packed(directory.resolve("axm-host")), "/tmp/axm-host");
        put(lab, host, HostHelperTest.SOURCES.resolve("adversary.py"), "/tmp/adversary.py");
        List<String> tests = new ArrayList<>();
        for (String module : MODULES) {
            Path source = HostHelperTest.SOURCES.resolve(module + ".py");
            put(lab, host, source, "/tmp/" + module + ".py");
            tests.addAll(tests(source, module));
        }
        List<String> chosen = Extent.here().of(tests, EVERY);
        System.out.println("tests of the helper on a host: " + chosen.size() + " of " + tests.size() + " are run");
        return chosen.stream()
                .map(test -> DynamicTest.dynamicTest(
                        test, () -> passed(run(lab, host, test).error())));
    }

    /** What this machine's kernel has not can't be tried on it, and shows as skipped; nothing else may be. */
    private static void passed(String said) {
        assertThat(said).contains("OK");
        Assumptions.assumeFalse(said.contains("skipped 'this kernel"), said);
        assertThat(said).doesNotContain("skipped");
    }

    private static Output run(Lab lab, Host host, String test) {
        return lab.exec(
                host,
                "sh",
                "-c",
                "cd /tmp && AXM_PATIENCE=" + Patience.factor()
                        + " AXM_HOST_PROGRAM=/tmp/axm-host exec /usr/bin/python3 -B -m unittest -v " + test);
    }

    private static void put(Lab lab, Host host, Path file, String path) throws IOException {
        String text = Base64.getEncoder().encodeToString(Files.readAllBytes(file));
        lab.execWith(host, text, "sh", "-c", "base64 -d > " + path + " && chmod 755 " + path)
                .ok();
    }

    /** Module.class.method of each, in the order of the file. */
    private static List<String> tests(Path source, String module) throws IOException {
        var found = TEST.matcher(Files.readString(source)).results().toList();
        String[] inside = {""};
        return found.stream()
                .filter(match -> {
                    if (match.group(1) != null) {
                        inside[0] = match.group(1);
                    }
                    return match.group(2) != null;
                })
                .map(match -> module + "." + inside[0] + "." + match.group(2))
                .toList();
    }
}
