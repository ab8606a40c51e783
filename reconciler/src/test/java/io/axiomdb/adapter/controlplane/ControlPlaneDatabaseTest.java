package io.axiomdb.adapter.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.axiomdb.port.ControlPlane;
import io.axiomdb.port.Leases;
import io.axiomdb.port.SecretStore;
import io.axiomdb.registry.ControlPlaneSite;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ControlPlaneDatabaseTest extends ControlPlaneContract {
    private final JdbcTarget target = TestServer.database();
    private final ControlPlaneDatabase database =
            ControlPlaneDatabase.open(target, TestKey.shared(), ControlPlaneDatabase.LEASE);

    @AfterEach
    void close() {
        database.close();
        TestServer.giveBack(target);
    }

    @Test
    void it_knows_the_server_it_is_on_and_that_no_firewall_is_between() {
        ControlPlaneSite site = database.site();
        assertThat(site.systemIdentifier()).matches("[0-9]{15,20}");
        assertThat(site.database()).isEqualTo(target.database());
        assertThat(site.user()).isEqualTo(target.user());
        assertThat(site.loopback()).isTrue();
    }

    @Override
    ControlPlane plane() {
        return database;
    }

    @Override
    SecretStore secrets() {
        return database.secrets();
    }

    @Override
    Leases leases() {
        return database.leases();
    }

    @Override
    void expireLeases() {
        TestServer.execute(target, "UPDATE axiomdb.leases SET expires_at = clock_timestamp()");
    }
}
