package io.axiomdb.port;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Mark;
import io.axiomdb.desired.Host;
import io.axiomdb.host.Access;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.port.HostWriter.HostFailure;
import io.axiomdb.registry.Lease;
import java.util.Collection;
import java.util.List;

/**
 * The files, the pooler and the firewall of hosts that AxiomDB has a login on: one call to look, one to change.
 * Thread-safe.
 */
public interface HostFiles extends AutoCloseable {
    /** Never throws for a host's sake. {@code Unmanaged} for hosts without {@code ssh}. */
    AccessObservation look(Host host, String organization);

    /** As a look; also tries on the host, with trial files beside the real ones, whether a change could be made. */
    AccessObservation examine(Host host, String organization);

    /**
     * Makes the organization's part of a host let in exactly this, and confirms it over a new connection. When it
     * throws, the host has what it had before or is on its way back to it.
     *
     * @return what else decides there who reaches the ports; empty when it is in force as wanted
     */
    List<Diagnostic> setAccess(Host host, String organization, Lease lease, Access access) throws HostFailure;

    /**
     * Installs a certificate for the host's own key and sees it served.
     *
     * @param chain PEM, the server's certificate first
     */
    void setCertificate(Host host, String organization, Lease lease, String chain) throws HostFailure;

    /** Points the servers of a host to files that are there, and sees them served. */
    void setCertificate(Host host, String organization, Lease lease, Host.Certificate.Files files) throws HostFailure;

    /**
     * Copies a database on the host itself, by pg_dump and pg_restore of its server's version, for as long as it takes.
     * What is half restored when it throws stays.
     */
    void copy(Host host, String organization, Lease lease, DumpCopy copy) throws HostFailure;

    /**
     * As {@link HostWriter.Session#leaveMark}, in the files of a host with {@code ssh}, which nobody who only has its PostgreSQL
     * can write.
     */
    boolean leaveMark(Host host, String organization, Lease lease, Collection<Mark> before, Mark mark)
            throws HostFailure;

    @Override
    void close();
}
