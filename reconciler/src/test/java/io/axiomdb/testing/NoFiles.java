package io.axiomdb.testing;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Mark;
import io.axiomdb.desired.Host;
import io.axiomdb.host.Access;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.port.CertificateAuthority;
import io.axiomdb.port.DumpCopy;
import io.axiomdb.port.HostFiles;
import io.axiomdb.registry.Lease;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;

/** For tests about PostgreSQL alone: no host has a login on its machine, and so nothing asks for files or certificates. */
public final class NoFiles implements HostFiles, CertificateAuthority {
    @Override
    public AccessObservation look(Host host, String organization) {
        return new AccessObservation.Unmanaged();
    }

    @Override
    public AccessObservation examine(Host host, String organization) {
        return look(host, organization);
    }

    @Override
    public List<Diagnostic> setAccess(Host host, String organization, Lease lease, Access access) {
        throw new AssertionError("no host has files");
    }

    @Override
    public void setCertificate(Host host, String organization, Lease lease, String chain) {
        throw new AssertionError("no host has files");
    }

    @Override
    public void setCertificate(Host host, String organization, Lease lease, Host.Certificate.Files files) {
        throw new AssertionError("no host has files");
    }

    @Override
    public boolean leaveMark(Host host, String organization, Lease lease, Collection<Mark> before, Mark mark) {
        throw new AssertionError("no host has files");
    }

    @Override
    public void copy(Host host, String organization, Lease lease, DumpCopy copy) {
        throw new AssertionError("no host has files");
    }

    @Override
    public String trusted() {
        return "";
    }

    @Override
    public String certificate() {
        throw new AssertionError("no host has files");
    }

    @Override
    public void ready() {}

    @Override
    public String sign(String request, SortedSet<String> names, Instant now) {
        throw new AssertionError("no host has files");
    }

    @Override
    public void close() {}
}
