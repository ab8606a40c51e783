package io.axiomdb.adapter.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.axiomdb.adapter.postgres.tools.ClientTools;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Host;
import io.axiomdb.host.Check;
import io.axiomdb.host.Observation;
import io.axiomdb.login.NotDirect;
import io.axiomdb.port.HostWriter.HostFailure;
import io.axiomdb.registry.Lease;
import io.axiomdb.testing.Servers;
import io.axiomdb.testing.Servers.Server;
import io.axiomdb.testing.adversary.PgBouncer;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.jdbc.PgConnection;

/** An administrator's url that leads to a real PgBouncer: named as one, whatever is asked for, and nothing is read or changed through it. */
class PoolerInBetweenTest {
    private final Server server = Servers.of(18);

    private Function<Host, Target> targets(int port) {
        return _ -> new Target("127.0.0.1", port, "postgres", server.user(), server.password(), Host.Tls.DISABLE);
    }

    @ParameterizedTest
    @CsvSource({"session,true", "transaction,true", "statement,true", "session,false", "transaction,false"})
    void it_is_named_by_everything_that_connects(String mode, boolean drops) throws Exception {
        Tenant tenant = new Tenant(server);
        tenant.admin("ALTER DATABASE " + Tenant.q(tenant.database) + " SET search_path = evil, public");
        try (PgBouncer pooler = PgBouncer.before(server.port(), server.user(), server.password(), mode, drops)) {
            Host host = Tenant.host(server, server.user(), pooler.port());
            Function<Host, Target> targets = targets(pooler.port());

            Observation look = new PostgresReader(targets).look(host, tenant.probe("public"));
            assertThat(look).isInstanceOf(Observation.Unreachable.class);
            named(((Observation.Unreachable) look).why());

            assertThatThrownBy(() -> new PostgresReader(targets).inventory(host))
                    .satisfies(e -> named(((AxiomException) e).diagnostics().getFirst()));
            PostgresWriter writer = new PostgresWriter(targets, ClientTools::none);
            Lease lease = new Lease("acme/db1", 1, "us", "0123456789abcdef0123456789abcdef");
            assertThatThrownBy(() -> writer.open(host, lease))
                    .satisfies(e -> named(((AxiomException) e).diagnostics().getFirst()));

            List<Check> checks = ServerChecks.of(host, targets);
            assertThat(checks).anySatisfy(check -> {
                assertThat(check.status()).isEqualTo(Check.Status.BAD);
                assertThat(check.toString()).contains("pooler");
            });

            // A confirmation logs in where an apply is open.
            new PostgresWriter(targets(server.port()), ClientTools::none)
                    .open(Tenant.host(server), lease)
                    .close();
            HostFailure refused =
                    catchThrowableOfType(HostFailure.class, () -> AdministratorLogin.prove(targets.apply(host)));
            assertThat(refused.help()).contains("PostgreSQL's own address");
        }
    }

    private static void named(Diagnostic why) {
        assertThat(why.code()).isEqualTo(Code.HOST_POOLER);
        assertThat(why.toString()).containsPattern("pooler|unsupported startup parameter");
        assertThat(why.help()).contains("own address and port");
    }

    @Test
    void without_one_every_pin_holds_against_all_that_an_owner_can_set() throws SQLException {
        for (int version : Servers.VERSIONS) {
            Server one = Servers.of(version);
            Tenant tenant = new Tenant(one);
            String alter = "ALTER DATABASE " + Tenant.q(tenant.database) + " SET ";
            tenant.asOwner(alter + "search_path = evil, public");
            tenant.asOwner(alter + "default_transaction_read_only = on");
            tenant.asOwner(alter + "statement_timeout = '1h'");
            tenant.asOwner(alter + "DateStyle = 'German, DMY'");
            tenant.asOwner(alter + "row_security = on");
            for (Pins pins : Pins.values()) {
                for (int known : new int[] {0, version}) {
                    AdminConnections.open(Tenant.target(one), tenant.database, "axm", pins, known)
                            .close();
                }
            }
        }
    }

    /** As if something between had dropped what the connection began with, and passed on the rest. */
    @Test
    void a_pin_that_does_not_hold_is_found_and_named() throws SQLException {
        Tenant tenant = new Tenant(server);
        tenant.asOwner("ALTER DATABASE " + Tenant.q(tenant.database) + " SET row_security = on");
        try (PgConnection connection = AdminConnections.plain(Tenant.target(server), tenant.database, "axm")) {
            assertThatThrownBy(() -> NotDirect.check(connection, Pins.LOOK.pinned(18)))
                    .isInstanceOf(NotDirect.class)
                    .hasMessageContaining("drops what the connection begins with");
        }
    }
}
