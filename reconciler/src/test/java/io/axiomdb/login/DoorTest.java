package io.axiomdb.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.axiomdb.core.Secret;
import io.axiomdb.desired.Host;
import io.axiomdb.testing.Servers;
import io.axiomdb.testing.Servers.Server;
import io.axiomdb.testing.adversary.Impostor;
import io.axiomdb.testing.adversary.Impostor.Ask;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a server that is not the one that is meant gets to know. */
class DoorTest {
    private static final String USER = "axiomdb";
    private static final String PASSWORD = "pässword";
    private static final Duration ANSWER = Duration.ofSeconds(3);
    private static final Session SESSION = new Session("axm", "", ANSWER, false);

    private static Login login(int port, @Nullable String password, Host.Auth auth, String sslMode) {
        return new Login(
                "127.0.0.1",
                port,
                "postgres",
                USER,
                password == null ? null : Secret.of(password),
                auth,
                sslMode,
                null);
    }

    @ParameterizedTest
    @EnumSource(Ask.class)
    void an_impostor_learns_no_password_and_is_never_believed(Ask ask) {
        try (Impostor impostor = Impostor.that(ask)) {
            Login login = login(impostor.port(), PASSWORD, Host.Auth.SCRAM, "disable");

            assertThatThrownBy(() -> Door.open(login, SESSION, ANSWER)).isInstanceOf(SQLException.class);
            assertThat(impostor.visits()).isEqualTo(1);
            assertThat(impostor.learned(USER, PASSWORD)).isFalse();
            assertThat(impostor.wasBelieved()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Ask.class,
            names = {"CLEARTEXT", "MD5", "NOTHING", "SCRAM_CUT_SHORT"})
    void a_server_that_asks_as_no_server_needs_to_is_called_an_impostor(Ask ask) {
        try (Impostor impostor = Impostor.that(ask)) {
            assertThatThrownBy(() -> Door.open(login(impostor.port(), PASSWORD, Host.Auth.SCRAM, "disable"), SESSION))
                    .isInstanceOf(Door.Impostor.class)
                    .hasMessageNotContaining(PASSWORD);
        }
    }

    @Test
    void md5_is_answered_only_where_somebody_said_so_and_cleartext_not_even_there() {
        try (Impostor md5 = Impostor.that(Ask.MD5);
                Impostor clear = Impostor.that(Ask.CLEARTEXT);
                Impostor nothing = Impostor.that(Ask.NOTHING)) {
            for (Impostor server : new Impostor[] {md5, clear, nothing}) {
                Login login = login(server.port(), PASSWORD, Host.Auth.MD5, "disable");
                if (server == md5) {
                    assertThatThrownBy(() -> opened(login)).isInstanceOf(SQLException.class);
                } else {
                    assertThatThrownBy(() -> Door.open(login, SESSION)).isInstanceOf(Door.Impostor.class);
                }
            }
            assertThat(md5.learned(USER, PASSWORD)).isTrue();
            assertThat(clear.learned(USER, PASSWORD)).isFalse();
            assertThat(nothing.wasBelieved()).isFalse();
        }
    }

    /** It is let in, and what it asks for then is answered by an error. */
    private static void opened(Login login) throws SQLException {
        try (Connection connection = Door.open(login, SESSION)) {
            connection.createStatement().execute("SELECT 1");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Ask.class,
            names = {"CLEARTEXT", "MD5", "SCRAM_FORGED"})
    void who_sends_no_password_is_asked_for_none(Ask ask) {
        try (Impostor impostor = Impostor.that(ask)) {
            assertThatThrownBy(() -> Door.open(login(impostor.port(), null, Host.Auth.NONE, "disable"), SESSION))
                    .isInstanceOf(Door.Impostor.class);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Ask.class,
            names = {"CLEARTEXT", "MD5", "NOTHING"})
    void who_wants_encryption_says_nothing_without_it(Ask ask) {
        for (String mode : new String[] {"require", "verify-full"}) {
            try (Impostor impostor = Impostor.that(ask)) {
                assertThatThrownBy(() -> Door.open(login(impostor.port(), PASSWORD, Host.Auth.SCRAM, mode), SESSION))
                        .hasMessageContaining("SSL");
                assertThat(impostor.learned(USER, PASSWORD)).isFalse();
            }
        }
    }

    @Test
    void logging_in_takes_a_bounded_time_however_slowly_the_server_talks() {
        try (Impostor impostor = Impostor.that(Ask.DRIP)) {
            Login login = login(impostor.port(), PASSWORD, Host.Auth.SCRAM, "disable");

            assertThatThrownBy(() -> Door.open(login, SESSION, Duration.ofSeconds(1)))
                    .hasMessage("logging in took longer than 1 s");
        }
    }

    @Test
    void the_real_server_lets_in_by_scram() throws SQLException {
        Server server = Servers.of(18);
        Login login = new Login(
                "127.0.0.1",
                server.port(),
                "postgres",
                server.user(),
                server.password(),
                Host.Auth.SCRAM,
                "disable",
                null);
        for (Host.Auth auth : new Host.Auth[] {Host.Auth.SCRAM, Host.Auth.MD5}) {
            Login same = new Login(
                    login.address(), login.port(), "postgres", login.user(), login.password(), auth, "disable", null);
            try (Connection connection = Door.open(same, SESSION)) {
                assertThat(connection.isValid(10)).isTrue();
            }
        }
        Login none = new Login(
                login.address(), login.port(), "postgres", login.user(), null, Host.Auth.NONE, "disable", null);
        assertThatThrownBy(() -> Door.open(none, SESSION)).isInstanceOf(Door.Impostor.class);
    }

    @Test
    void a_gate_lets_through_scram_and_nothing_else() throws Exception {
        for (Ask ask : Ask.values()) {
            try (Impostor impostor = Impostor.that(ask);
                    Gate gate = Gate.to(login(impostor.port(), PASSWORD, Host.Auth.SCRAM, "disable"))) {
                // A program that answers everything, as old ones of PostgreSQL's do.
                Login gullible = new Login(
                        "127.0.0.1", gate.login().port(), "postgres", USER, null, Host.Auth.NONE, "disable", null);
                assertThatThrownBy(() -> Door.open(gullible, SESSION, ANSWER), ask.name())
                        .isInstanceOf(SQLException.class);
                assertThat(impostor.wasBelieved()).as(ask.name()).isFalse();
            }
        }
    }

    @Test
    void the_real_server_is_reached_through_a_gate_until_it_is_closed() throws Exception {
        Server server = Servers.of(18);
        Login login = new Login(
                "127.0.0.1",
                server.port(),
                "postgres",
                server.user(),
                server.password(),
                Host.Auth.SCRAM,
                "disable",
                null);
        Login closed;
        try (Gate gate = Gate.to(login)) {
            closed = gate.login();
            try (Connection connection = Door.open(closed, SESSION)) {
                assertThat(connection.isValid(10)).isTrue();
            }
        }
        assertThatThrownBy(() -> Door.open(closed, SESSION)).isInstanceOf(SQLException.class);
    }

    /** Some servers trust their own loopback: whoever comes through us would be us. */
    @Test
    void another_user_of_this_machine_gets_nothing_from_a_gate() throws Exception {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "only root can become another user");
        try (Impostor trusting = Impostor.that(Ask.NOTHING);
                Gate gate = Gate.to(login(trusting.port(), null, Host.Auth.NONE, "disable"))) {
            String ask = "import socket, sys; s = socket.create_connection(('127.0.0.1', "
                    + gate.login().port() + ")); s.sendall(bytes([0, 0, 0, 9, 0, 3, 0, 0, 0]))"
                    + "\ntry: sys.stdout.write(s.recv(1).decode() or '-')\nexcept OSError: sys.stdout.write('-')";

            assertThat(said("runuser", "-u", "nobody", "--", "python3", "-c", ask))
                    .isEqualTo("-");
            assertThat(trusting.visits()).isZero();
            assertThat(said("python3", "-c", ask)).isEqualTo("R");
        }
    }

    private static String said(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }
}
