package io.axiomdb.adapter.postgres.tools;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.core.Secret;
import io.axiomdb.desired.Host;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoginTest {
    /** From 16 on PGREQUIREAUTH does it; a certificate that was checked, or one's own machine, needs neither. */
    @ParameterizedTest
    @CsvSource({"15, REQUIRED, true", "16, REQUIRED, false", "15, VERIFY_FULL, false", "15, DISABLE, false"})
    void an_old_program_shows_a_password_only_to_who_proves_to_know_it(int major, Host.Tls tls, boolean bound) {
        Login login =
                new Login("db1.acme.example", 5432, "axiomdb", Secret.of("hidden"), tls, "axm:1:2", "-c role=none");
        assertThat(login.environment(major, "/proc/1/fd/2").containsKey("PGCHANNELBINDING"))
                .isEqualTo(bound);
        assertThat(login.environment(major, "/proc/1/fd/2"))
                .containsEntry("PGREQUIREAUTH", "!password")
                .doesNotContainValue("hidden");
    }
}
