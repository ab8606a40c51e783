package io.axiomdb.apply;

import io.axiomdb.desired.Host;
import io.axiomdb.port.HostWriter.Session;
import io.axiomdb.registry.Lease;

/** A host that is open for changes, and by what right. */
public record OpenHost(Host host, Lease lease, Session session) {}
