package io.axiomdb.adapter.controlplane;

import io.axiomdb.port.ControlPlane;
import io.axiomdb.port.Leases;
import io.axiomdb.port.SecretStore;
import org.junit.jupiter.api.AfterEach;

class ControlPlaneDatabaseTest extends ControlPlaneContract {
    private final JdbcTarget target = TestServer.database();
    private final ControlPlaneDatabase database =
            ControlPlaneDatabase.open(target, TestKey.shared(), ControlPlaneDatabase.LEASE);

    @AfterEach
    void close() {
        database.close();
        TestServer.giveBack(target);
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
