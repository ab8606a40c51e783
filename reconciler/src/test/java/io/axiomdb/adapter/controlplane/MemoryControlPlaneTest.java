package io.axiomdb.adapter.controlplane;

import io.axiomdb.port.ControlPlane;
import io.axiomdb.port.Leases;
import io.axiomdb.port.SecretStore;
import io.axiomdb.testing.MemoryControlPlane;

class MemoryControlPlaneTest extends ControlPlaneContract {
    private final MemoryControlPlane memory = new MemoryControlPlane();

    @Override
    ControlPlane plane() {
        return memory;
    }

    @Override
    SecretStore secrets() {
        return memory;
    }

    @Override
    Leases leases() {
        return memory;
    }

    @Override
    void expireLeases() {
        memory.tick(MemoryControlPlane.LEASE);
    }
}
