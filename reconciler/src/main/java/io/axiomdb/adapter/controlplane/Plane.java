package io.axiomdb.adapter.controlplane;

import io.axiomdb.port.AuthorityStore;
import io.axiomdb.port.ControlPlane;
import io.axiomdb.port.KeyRenewal;
import io.axiomdb.port.Leases;
import io.axiomdb.port.SecretStore;

/** A control plane with everything that is stored in it. */
public interface Plane extends ControlPlane {
    /** Whether it was ever made; one that was not is empty and takes nothing. */
    boolean exists();

    SecretStore secrets();

    AuthorityStore authorities();

    Leases leases();

    KeyRenewal keys();
}
