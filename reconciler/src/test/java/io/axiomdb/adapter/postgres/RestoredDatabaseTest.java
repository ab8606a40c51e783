package io.axiomdb.adapter.postgres;

import static io.axiomdb.adapter.postgres.Tenant.q;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.axiomdb.adapter.postgres.tools.ClientTools;
import io.axiomdb.core.Secret;
import io.axiomdb.port.DumpCopy;
import io.axiomdb.port.HostWriter;
import io.axiomdb.port.HostWriter.HostFailure;
import io.axiomdb.registry.Lease;
import io.axiomdb.testing.Servers;
import io.axiomdb.testing.Servers.Server;
import java.sql.SQLException;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An administrator makes extensions only in a database that nobody but the restoring login could have been in. */
class RestoredDatabaseTest {
    private static final String LOGIN = "axm_run_of_this_test";

    private final Server server = Servers.of(18);
    private Tenant tenant;
    private DumpCopy copy;
    private HostWriter.Session session;

    @BeforeEach
    void there_is_an_empty_one() throws SQLException, HostFailure {
        tenant = new Tenant(server);
        tenant.admin("CREATE ROLE " + LOGIN + " LOGIN NOINHERIT");
        tenant.admin("GRANT " + q(tenant.owner) + " TO " + LOGIN);
        copy = new DumpCopy(
                tenant.database, "axm_new_of_this_test", false, LOGIN, Secret.of("of this test"), tenant.owner);
        session = new PostgresWriter(host -> Tenant.target(server), ClientTools::none)
                .open(Tenant.host(server), new Lease("test", 100, "tests", "restored"));
        session.blank(copy);
    }

    @AfterEach
    void drop_it() throws SQLException {
        session.close();
        tenant.admin("DROP DATABASE " + copy.to() + " WITH (FORCE)");
        tenant.admin("DROP ROLE " + LOGIN);
    }

    private AbstractThrowableAssert<?, ?> restored() {
        return assertThatThrownBy(() -> session.restore(copy)).isInstanceOf(HostFailure.class);
    }

    @Test
    void as_it_was_made_it_is_good_and_only_the_programs_are_missing() {
        restored().hasMessageContaining("not on this machine");
    }

    @Test
    void others_who_may_connect_keep_the_administrator_out() throws SQLException {
        tenant.admin("GRANT CONNECT ON DATABASE " + copy.to() + " TO " + q(tenant.rw));
        restored().hasMessageContaining("_rw\" may connect to it");
        tenant.admin("REVOKE CONNECT ON DATABASE " + copy.to() + " FROM " + q(tenant.rw));
        tenant.admin("GRANT CONNECT ON DATABASE " + copy.to() + " TO PUBLIC");
        restored().hasMessageContaining("PUBLIC may connect to it");
    }

    @Test
    void a_login_that_is_more_or_less_than_a_member_of_the_owner_restores_nothing() throws SQLException {
        for (String role : new String[] {"SUPERUSER", "CREATEROLE", "REPLICATION"}) {
            tenant.admin("ALTER ROLE " + LOGIN + " " + role);
            restored().hasMessageContaining("its login may become ");
            tenant.admin("ALTER ROLE " + LOGIN + " NO" + role);
        }
        tenant.admin("GRANT pg_read_server_files TO " + q(tenant.owner));
        restored().hasMessageContaining("may become pg_read_server_files");
        tenant.admin("REVOKE pg_read_server_files FROM " + q(tenant.owner));
        tenant.admin("REVOKE " + q(tenant.owner) + " FROM " + LOGIN);
        restored().hasMessageContaining("no member of its owner");
    }

    @Test
    void what_is_in_it_already_keeps_the_administrator_out() throws SQLException {
        Tenant.run(Tenant.target(server), copy.to(), "CREATE TYPE trap AS ENUM ()");
        restored().hasMessageContaining("something is in it");
    }
}
