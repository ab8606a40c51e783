package io.axiomdb.adapter.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Origin;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Host;
import java.net.ConnectException;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;

/** What a person is told to do when a host can't be reached. */
class RefusalTest {
    @Test
    void a_certificate_that_does_not_hold_is_not_blamed_on_the_network() {
        PSQLException failure = new PSQLException("The hostname could not be verified.", PSQLState.CONNECTION_FAILURE);
        Diagnostic told = Refusal.of(host(Host.Tls.VERIFY_FULL), failure);
        assertThat(told.code()).isEqualTo(Code.HOST_UNREACHABLE);
        assertThat(told.help()).contains("certificate").contains("~/.postgresql/root.crt");
    }

    @Test
    void a_server_without_encryption_is_to_switch_it_on() {
        PSQLException failure = new PSQLException("The server does not support SSL.", PSQLState.CONNECTION_REJECTED);
        assertThat(Refusal.of(host(Host.Tls.REQUIRED), failure).help()).contains("switch ssl on");
    }

    @Test
    void a_port_that_nobody_listens_on_is_a_matter_of_the_network_whatever_the_encryption() {
        PSQLException failure =
                new PSQLException("refused", PSQLState.CONNECTION_UNABLE_TO_CONNECT, new ConnectException("refused"));
        for (Host.Tls tls : Host.Tls.values()) {
            assertThat(Refusal.of(host(tls), failure).help()).contains("check that PostgreSQL runs there");
        }
    }

    private static Host host(Host.Tls tls) {
        return new Host(
                "db1",
                new Host.Server("db1.acme.example", 5432, "postgres", "postgres", null),
                null,
                Host.Firewall.UFW,
                new Host.Certificate.Issued(),
                null,
                null,
                null,
                tls,
                new Origin(Source.NOWHERE, Collections.emptySortedMap()));
    }
}
