package io.axiomdb.adapter.ssh;

import io.axiomdb.core.AxiomException;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Host.Ssh;
import io.axiomdb.port.SecretResolver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import net.schmizz.sshj.connection.channel.OpenFailException;
import net.schmizz.sshj.connection.channel.direct.DirectConnection;
import org.jspecify.annotations.Nullable;

/**
 * The connection to one machine: opened at the first need, shared by all who come, opened again when it broke.
 * Thread-safe.
 */
final class Link implements AutoCloseable {
    /** sshd's own limit is ten sessions on a connection (MaxSessions); tunnels do not count. */
    private static final int SESSIONS = 8;

    private final Host host;
    private final Ssh ssh;
    private final Dial dial;
    private final Semaphore sessions = new Semaphore(SESSIONS, true);
    private @Nullable CompletableFuture<Line> line;
    private final List<Line> retired = new ArrayList<>();
    private int opened;
    private boolean closed;

    /** Opens nothing yet. */
    Link(Host host, Ssh ssh, SecretResolver secrets) {
        this.host = host;
        this.ssh = ssh;
        this.dial = new Dial(host, secrets);
    }

    Host host() {
        return host;
    }

    Ssh ssh() {
        return ssh;
    }

    Semaphore sessions() {
        return sessions;
    }

    /** How often it was opened. */
    synchronized int opened() {
        return opened;
    }

    /**
     * The open connection. Those who come while it is being opened wait for it and share what comes of it.
     *
     * @throws AxiomException of group 05 or 03
     */
    Line line() {
        CompletableFuture<Line> promise;
        boolean mine = false;
        synchronized (this) {
            if (closed) {
                throw new IllegalStateException("the connection to " + host.name() + " is closed");
            }
            if (line == null || broken(line)) {
                line = new CompletableFuture<>();
                mine = true;
            }
            promise = line;
        }
        if (mine) {
            open(promise);
        }
        try {
            return promise.join();
        } catch (CompletionException e) {
            // Everyone gets an exception of their own: these are not to be shared between threads.
            throw e.getCause() instanceof AxiomException known ? new AxiomException(known.diagnostics()) : e;
        }
    }

    /**
     * A way to a port as the machine sees it. A connection that turns out to be dead is opened anew, once: nothing was
     * asked of the machine yet.
     */
    DirectConnection direct(String address, int port) throws IOException {
        Line used = line();
        try {
            return used.client().newDirectConnection(address, port);
        } catch (OpenFailException refused) {
            throw refused;
        } catch (IOException broken) {
            drop(used);
            return line().client().newDirectConnection(address, port);
        }
    }

    /** The next to come opens it anew. Those who are on the old one may still come to their end. */
    synchronized void drop(Line old) {
        if (line != null && line.isDone() && !line.isCompletedExceptionally() && line.join() == old) {
            line = null;
            retired.add(old);
        }
    }

    @Override
    public void close() {
        CompletableFuture<Line> last;
        synchronized (this) {
            closed = true;
            last = line;
            retired.forEach(Line::close);
            retired.clear();
        }
        if (last != null) {
            last.whenComplete((open, _) -> {
                if (open != null) {
                    open.close();
                }
            });
        }
    }

    private void open(CompletableFuture<Line> promise) {
        try {
            Line open = dial.open(ssh);
            synchronized (this) {
                opened++;
            }
            promise.complete(open);
        } catch (RuntimeException e) {
            promise.completeExceptionally(e);
        }
    }

    private static boolean broken(CompletableFuture<Line> promise) {
        if (!promise.isDone()) {
            return false;
        }
        if (promise.isCompletedExceptionally()) {
            return true;
        }
        Line last = promise.join();
        if (!last.alive()) {
            last.close();
            return true;
        }
        return false;
    }
}
