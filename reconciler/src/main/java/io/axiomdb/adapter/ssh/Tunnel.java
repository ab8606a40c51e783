package io.axiomdb.adapter.ssh;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Host;
import io.axiomdb.login.StartupError;
import io.axiomdb.login.Visitor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import net.schmizz.sshj.connection.channel.direct.DirectConnection;

/**
 * A port on our own loopback that leads to a port as a machine sees it. Every connection to it is a channel of the
 * machine's one connection, which is opened anew when it broke.
 */
final class Tunnel implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Tunnel.class.getName());
    private static final int BACKLOG = 64;
    private static final int BUFFER = 32 * 1024;

    private final Link link;
    private final String address;
    private final int port;
    private final ServerSocket door;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private Tunnel(Link link, String address, int port, ServerSocket door) {
        this.link = link;
        this.address = address;
        this.port = port;
        this.door = door;
    }

    /** Listens at once; the machine is asked when somebody comes. */
    static Tunnel open(Link link, Host.Server to) {
        try {
            ServerSocket door = new ServerSocket(0, BACKLOG, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
            Tunnel tunnel = new Tunnel(link, to.address(), to.port(), door);
            Thread.ofVirtual().name("tunnel-" + link.host().name()).start(tunnel::accept);
            return tunnel;
        } catch (IOException e) {
            throw new AxiomException(
                    Diagnostic.of(
                            Code.HOST_UNREACHABLE,
                            link.host().origin().of("ssh"),
                            "host " + link.host().name() + ": no port on 127.0.0.1 for the tunnel: "
                                    + Unreached.words(e),
                            "check the limits of this machine (open files, local ports)"),
                    e);
        }
    }

    /** On 127.0.0.1. */
    int port() {
        return door.getLocalPort();
    }

    @Override
    public void close() {
        try {
            door.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "the tunnel's door was closed before", e);
        }
        open.forEach(Tunnel::shut);
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket socket = door.accept();
                open.add(socket);
                Thread.ofVirtual().name("tunnelled").start(() -> carry(socket));
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "the tunnel takes no more", e);
            }
        }
    }

    /** PostgreSQL's protocol knows no half-closed connections: when one side ends, so does the other. */
    private void carry(Socket socket) {
        try (socket;
                DirectConnection channel = channel(socket)) {
            socket.setTcpNoDelay(true);
            Thread.ofVirtual().name("tunnelled-back").start(() -> back(channel, socket));
            copy(socket.getInputStream(), channel.getOutputStream());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a tunnelled connection ended", e);
        } finally {
            open.remove(socket);
        }
    }

    private static void back(DirectConnection channel, Socket socket) {
        try (socket) {
            copy(channel.getInputStream(), socket.getOutputStream());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a tunnelled connection ended", e);
        }
    }

    /** Whoever waits for PostgreSQL is told in its own protocol why it can't be reached, not only that it can't. */
    private DirectConnection channel(Socket socket) throws IOException {
        if (!Visitor.isOurs(socket)) {
            throw new SocketException("another user of this machine came to the tunnel");
        }
        try {
            return link.direct(address, port);
        } catch (AxiomException e) {
            new StartupError(e.diagnostics().getFirst().detail()).to(socket);
            throw new SocketException("there is no connection to the machine");
        } catch (IOException e) {
            new StartupError("through the tunnel, port " + port + " of " + address + ": " + Unreached.words(e))
                    .to(socket);
            throw e;
        }
    }

    private static void copy(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
            to.write(buffer, 0, n);
            to.flush();
        }
    }

    private static void shut(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a tunnelled connection was closed before", e);
        }
    }
}
