package io.axiomdb.adapter.postgres.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.core.Secret;
import io.axiomdb.desired.Host;
import io.axiomdb.login.Login;
import io.axiomdb.testing.adversary.Impostor;
import io.axiomdb.testing.adversary.Impostor.Ask;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ToolLoginTest {
    private static final Path DEBIAN = Path.of("/usr/lib/postgresql/15/bin");

    private static ToolLogin login(int port, String mode, Host.Auth auth) {
        return new ToolLogin(
                new Login("127.0.0.1", port, "", "axiomdb", Secret.of("hidden"), auth, mode, null),
                "axm:1:2",
                "-c role=none");
    }

    /** From 16 on PGREQUIREAUTH does it. Before, the channel where there is one, else a gate. Unchecked TLS is always bound. */
    @ParameterizedTest
    @CsvSource({
        "15, require, true, false",
        "16, require, true, false",
        "15, verify-full, true, false",
        "16, verify-full, false, false",
        "18, disable, false, false",
        "15, disable, false, true"
    })
    void an_old_program_shows_a_password_only_to_who_proves_to_know_it(
            int major, String mode, boolean bound, boolean gated) throws Exception {
        ToolLogin login = login(5432, mode, Host.Auth.SCRAM);
        assertThat(login.environment(major, "/proc/1/fd/2").containsKey("PGCHANNELBINDING"))
                .isEqualTo(bound);
        assertThat(login.environment(major, "/proc/1/fd/2"))
                .containsEntry("PGREQUIREAUTH", "scram-sha-256")
                .doesNotContainValue("hidden");
        try (Entry entry = Entry.of(login, major)) {
            assertThat("5432".equals(entry.environment().get("PGPORT"))).isNotEqualTo(gated);
        }
    }

    /** The program of this machine itself, told to be of a version that can't be told what to require. */
    @ParameterizedTest
    @EnumSource(
            value = Ask.class,
            names = {"SILENCE", "DRIP", "HUGE_MESSAGE"},
            mode = EnumSource.Mode.EXCLUDE)
    void pg_dump_gives_no_password_to_an_impostor(Ask ask) throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(DEBIAN.resolve("pg_dump")), "Debian's postgresql-client-15");
        try (Impostor impostor = Impostor.that(ask);
                Entry entry = Entry.of(login(impostor.port(), "disable", Host.Auth.SCRAM), 15);
                Program dump = Program.start(
                        List.of(DEBIAN.resolve("pg_dump").toString(), "--no-password", "--dbname=postgres"),
                        entry.environment(),
                        ConcurrentHashMap.newKeySet())) {
            dump.input().close();
            dump.output().readAllBytes();
            assertThat(dump.succeeded()).isFalse();
            assertThat(impostor.visits()).isPositive();
            assertThat(impostor.learned("axiomdb", "hidden")).isFalse();
            assertThat(impostor.wasBelieved()).isFalse();
        }
    }
}
