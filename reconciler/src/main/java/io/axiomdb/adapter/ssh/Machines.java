package io.axiomdb.adapter.ssh;

import io.axiomdb.core.AxiomException;
import io.axiomdb.desired.Host;
import io.axiomdb.port.SecretResolver;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

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
        Host.Ssh ssh = ssh(host);
        return links.computeIfAbsent(new Login(host.name(), ssh), _ -> new Link(host, ssh, secrets));
    }

    /** A connection that nobody shares; whoever asks closes it. */
    Link fresh(Host host) {
        return new Link(host, ssh(host), secrets);
    }

    /** The same, logged in as somebody else with the same key. */
    Link fresh(Host host, String user) {
        Host.Ssh ssh = ssh(host);
        Host.Ssh other = new Host.Ssh(ssh.address(), ssh.port(), user, ssh.key(), ssh.hostKeys(), ssh.jump());
        return new Link(host, other, secrets);
    }

    private static Host.Ssh ssh(Host host) {
        return Objects.requireNonNull(host.ssh(), () -> "host " + host.name() + " has no ssh");
    }

    @Override
    public synchronized void close() {
        tunnels.values().forEach(Tunnel::close);
        tunnels.clear();
        links.values().forEach(Link::close);
        links.clear();
    }
}
