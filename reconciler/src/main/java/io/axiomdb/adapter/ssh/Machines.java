package io.axiomdb.adapter.ssh;

import io.axiomdb.core.AxiomException;
import io.axiomdb.desired.Host;
import io.axiomdb.port.SecretResolver;
import java.util.HashMap;
import java.util.Map;

/**
 * The machines of this process: one connection to each, for the host helper's calls and for the tunnel alike.
 * Thread-safe.
 */
public final class Machines implements AutoCloseable {
    private record Login(String host, Host.Ssh ssh) {}

    private record Way(Login login, String address, int port) {}

    private final SecretResolver secrets;
    private final Map<Login, Link> links = new HashMap<>();
    private final Map<Way, Tunnel> tunnels = new HashMap<>();

    public Machines(SecretResolver secrets) {
        this.secrets = secrets;
    }

    /**
     * The port on 127.0.0.1 that leads to the PostgreSQL of a host with {@code ssh}; open until this is closed.
     *
     * @throws AxiomException when the machine can't be reached, with a code of group 05 or 03
     */
    public int tunnel(Host host, Host.Server server) {
        Link link = link(host);
        link.line();
        Way way = new Way(new Login(host.name(), link.ssh()), server.address(), server.port());
        synchronized (this) {
            return tunnels.computeIfAbsent(way, _ -> Tunnel.open(link, server)).port();
        }
    }

    /** The shared connection. */
    synchronized Link link(Host host) {
        Link link = new Link(host, secrets);
        return links.computeIfAbsent(new Login(host.name(), link.ssh()), _ -> link);
    }

    /** A connection that nobody shares; whoever asks closes it. */
    Link fresh(Host host) {
        return new Link(host, secrets);
    }

    @Override
    public synchronized void close() {
        tunnels.values().forEach(Tunnel::close);
        tunnels.clear();
        links.values().forEach(Link::close);
        links.clear();
    }
}
