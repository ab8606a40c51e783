package io.axiomdb.adapter.ssh;

import io.axiomdb.desired.Host;
import io.axiomdb.port.HostWriter.HostFailure;

/** Proves that we can still log in to PostgreSQL; PostgreSQL's own adapter knows how. */
public interface AdminLogin {
    /**
     * Logs in and asks something.
     *
     * @param port on 127.0.0.1, of a tunnel that nobody else uses
     */
    void prove(Host host, int port) throws HostFailure;
}
