package io.axiomdb.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.cli.RealWorld;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands that need no control plane contact a host only when a person names it, or when its address was applied. */
class UntrustedHostsTest {
    private static final String KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0u1p2b9q0oYv3m1j8m8c6i6v4h1m1vZ8d9b1w3K2xY";

    @TempDir
    private Path directory = Path.of("");

    private ServerSocket somebody;
    private String said = "";

    UntrustedHostsTest() throws IOException {
        somebody = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @BeforeEach
    void hang_up_soon() throws IOException {
        somebody.setSoTimeout(1);
    }

    @AfterEach
    void close() throws IOException {
        somebody.close();
    }

    private int run(String more, String line) throws IOException {
        Path file = Files.writeString(directory.resolve("axiomdb.yaml"), """
                version: 1
                organization: acme
                hosts:
                  db1:
                    postgres: { url: "postgresql://127.0.0.1:%d/postgres", user: axiomdb, password: "env:PASSWORD" }
                    %s
                """.formatted(somebody.getLocalPort(), more));
        RealWorld real = RealWorld.of(
                Map.of("NO_COLOR", "1", "AXM_HOME", directory.resolve("home").toString(), "PASSWORD", "a password"));
        List<String> words = new ArrayList<>(Arrays.asList(line.split(" ")));
        words.addAll(List.of("--file", file.toString()));
        int exit = Axm.run(real.world(), words);
        said = real.said();
        return exit;
    }

    /** A connection waits here until it is taken, so none that was made is missed. */
    private boolean anybodyCame() throws IOException {
        try {
            somebody.accept().close();
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"doctor", "export --host db1", "plan", "drift", "apply --auto-approve", "adopt --all"})
    void no_host_is_contacted_before_it_is_named(String line) throws IOException {
        assertThat(run("tls: disable", line)).as(said).isEqualTo(Exit.ERROR);
        assertThat(anybodyCame()).isFalse();
        if (!line.equals("drift")) {
            assertThat(said).contains("an address that no secret was sent to yet", "--trust-address db1");
        }
    }

    @Test
    void a_machine_is_not_logged_in_to_either() throws IOException {
        String machine = "ssh: { address: 127.0.0.1, port: " + somebody.getLocalPort()
                + ", key: 'env:NO_KEY', host_keys: ['" + KEY + "'] }";
        for (String line : List.of("doctor", "host enroll db1", "network my-ip")) {
            assertThat(run(machine, line)).as(said).isEqualTo(Exit.ERROR);
            assertThat(said)
                    .contains("an address that no secret was sent to yet")
                    .doesNotContain("NO_KEY:");
            assertThat(anybodyCame()).isFalse();
        }
        assertThat(run(machine, "host enroll db1 --trust-address db1")).isEqualTo(Exit.ERROR);
        assertThat(said).contains("AX0301");
    }

    @Test
    @Timeout(300)
    void whom_a_person_names_is_contacted() throws Exception {
        // It takes the call and hangs up; that it was called is enough.
        Thread hangsUp = Thread.ofVirtual().start(() -> {
            try {
                somebody.setSoTimeout(0);
                somebody.accept().close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        assertThat(run("tls: disable", "export --host db1 --trust-address db1")).isEqualTo(Exit.ERROR);
        hangsUp.join();
        assertThat(said).contains("axm: trusts the address of db1: ").contains("AX0501");
    }
}
