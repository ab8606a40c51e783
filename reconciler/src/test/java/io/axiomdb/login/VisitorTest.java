package io.axiomdb.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who comes to a port of ours, by what the kernel says of the other end. */
class VisitorTest {
    private static final String V4 = "0100007F";
    private static final String V6 = "0000000000000000FFFF00000100007F";
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    @ParameterizedTest
    @CsvSource({
        V4 + ", 01, 1000, 4711, true",
        V6 + ", 01, 1000, 4711, true",
        V4 + ", 01, 1001, 4711, false",
        V6 + ", 01, 1001, 4711, false",
        V4 + ", 05, 1000, 4711, false",
        V6 + ", 05, 1000, 4711, false",
        V4 + ", 04, 1000, 0, false",
        V4 + ", 01, 1000, 0, false",
        V6 + ", 01, 1000, 0, false",
        "000000000000000000000000" + V4 + ", 01, 1000, 4711, false"
    })
    void only_an_open_end_of_our_own_user_counts(String address, String state, String uid, String inode, boolean ours) {
        String row =
                "  12: " + address + ":A0B1 " + address + ":1538 " + state + " 00000000:00000000 00:00000000 00000000 "
                        + uid + " 0 " + inode + " 1 0000000000000000 20 4 30 10 -1";
        assertThat(Visitor.holds(Stream.of("  sl  local_address rem_address   st", row), 0xA0B1, 0x1538, "1000"))
                .isEqualTo(ours);
    }

    @Test
    void an_end_that_is_closed_or_half_closed_is_nobodys() throws Exception {
        try (ServerSocket door = new ServerSocket(0, 50, HERE);
                Socket open = new Socket(HERE, door.getLocalPort());
                Socket seenOpen = door.accept();
                Socket half = new Socket(HERE, door.getLocalPort());
                Socket seenHalf = door.accept();
                Socket seenGone = accepted(door, new Socket(HERE, door.getLocalPort()))) {
            half.shutdownOutput();
            assertThat(seenHalf.getInputStream().read()).isEqualTo(-1);
            assertThat(seenGone.getInputStream().read()).isEqualTo(-1);

            assertThat(Visitor.isOurs(seenOpen)).isTrue();
            assertThat(Visitor.isOurs(seenHalf)).isFalse();
            assertThat(Visitor.isOurs(seenGone)).isFalse();
            assertThat(open.isConnected()).isTrue();
        }
    }

    private static Socket accepted(ServerSocket door, Socket goes) throws IOException {
        try (goes) {
            return door.accept();
        }
    }

    /** As soon as it has closed its socket the kernel shows uid 0 there, which is our own where we are root. */
    @Test
    void what_another_user_sends_before_it_closes_is_not_roots() throws Exception {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "only root can become another user");
        try (ServerSocket door = new ServerSocket(0, 50, HERE)) {
            String send = "import socket; s = socket.create_connection(('127.0.0.1', " + door.getLocalPort()
                    + ")); s.sendall(b'send and close'); s.close()";
            run("runuser", "-u", "nobody", "--", "python3", "-c", send);
            try (Socket visitor = door.accept()) {
                assertThat(Visitor.isOurs(visitor)).isFalse();
                assertThat(visitor.getInputStream().readNBytes(4)).isEqualTo(new byte[] {'s', 'e', 'n', 'd'});
            }
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
    }
}
