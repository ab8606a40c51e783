package io.axiomdb.adapter.ssh;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Host;
import io.axiomdb.host.Access;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.port.HostFiles;
import io.axiomdb.registry.Lease;

/** The files of hosts that have {@code ssh}, through the host helper. */
public final class SshFiles implements HostFiles {
    @Override
    public AccessObservation look(Host host, String organization) {
        return host.ssh() == null ? new AccessObservation.Unmanaged() : new AccessObservation.Unknown(notYet(host));
    }

    @Override
    public void setAccess(Host host, String organization, Lease lease, Access access) {
        throw new AxiomException(notYet(host));
    }

    @Override
    public void setCertificate(Host host, String organization, Lease lease, String chain) {
        throw new AxiomException(notYet(host));
    }

    @Override
    public void setCertificate(Host host, String organization, Lease lease, Host.Certificate.Files files) {
        throw new AxiomException(notYet(host));
    }

    private static Diagnostic notYet(Host host) {
        return Diagnostic.of(Code.HOST_UNREACHABLE, host.origin().of("ssh"), "host " + host.name(), "not yet");
    }

    @Override
    public void close() {}
}
