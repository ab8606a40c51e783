package io.axiomdb.crash;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a client and a PostgreSQL server, passes everything on, and can cut a connection at a chosen statement.
 * Needs connections without TLS. A cut is used up by the first statement that it fits.
 */
final class Wire implements AutoCloseable {
    /**
     * Which statement, and on which side of it.
     *
     * @param since the connection must have run such a statement before, since the cut was armed; or run it now
     * @param at the statement where the connection ends
     * @param made whether the server gets it and makes it, and only its answer is lost
     */
    record Cut(Predicate<String> since, Predicate<String> at, boolean made) {}

    private final int server;
    private final ServerSocket entrance;
    private final AtomicReference<@Nullable Cut> armed = new AtomicReference<>();

    Wire(int server) {
        this.server = server;
        try {
            this.entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().name("wire").start(this::accept);
    }

    int port() {
        return entrance.getLocalPort();
    }

    void arm(Cut cut) {
        armed.set(cut);
    }

    /** Whether a cut that was armed has happened. */
    boolean isUsed() {
        return armed.get() == null;
    }

    void disarm() {
        armed.set(null);
    }

    private void accept() {
        while (!entrance.isClosed()) {
            try {
                Socket client = entrance.accept();
                Thread.ofVirtual().name("wire-connection").start(() -> serve(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                Socket up = new Socket(InetAddress.getLoopbackAddress(), server)) {
            client.setTcpNoDelay(true);
            up.setTcpNoDelay(true);
            Answers answers = new Answers(up.getInputStream(), client.getOutputStream());
            Thread back = Thread.ofVirtual().start(() -> {
                answers.pass();
                close(client);
                close(up);
            });
            requests(new DataInputStream(client.getInputStream()), up.getOutputStream(), answers);
            close(up);
            close(client);
            back.join();
        } catch (IOException e) {
            // One of the two ended the connection: so it ends for both.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void requests(DataInputStream from, OutputStream to, Answers answers) throws IOException {
        Statements statements = new Statements();
        Statements.pass(from, to); // the start-up packet
        @Nullable Cut seen = null;
        while (true) {
            Statements.Message message = Statements.read(from);
            String text = statements.runs(message);
            Cut cut = armed.get();
            if (text != null && cut != null) {
                seen = seen == cut || cut.since().test(text) ? cut : null;
                if (seen != null && cut.at().test(text) && armed.compareAndSet(cut, null)) {
                    if (cut.made()) {
                        answers.swallow();
                        message.write(to);
                        rest(from, to, message, answers);
                    }
                    return;
                }
            }
            message.write(to);
        }
    }

    /** Sends what belongs to the request, and waits until the server is done with it. */
    private static void rest(DataInputStream from, OutputStream to, Statements.Message first, Answers answers)
            throws IOException {
        Statements.Message message = first;
        while (!message.endsRequest()) {
            message = Statements.read(from);
            message.write(to);
        }
        answers.awaitReady();
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            entrance.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the server says, on its way to the client, or to nobody. */
    private static final class Answers {
        private final DataInputStream from;
        private final OutputStream to;
        private final java.util.concurrent.CountDownLatch ready = new java.util.concurrent.CountDownLatch(1);
        private volatile boolean swallowing;

        Answers(InputStream from, OutputStream to) {
            this.from = new DataInputStream(from);
            this.to = to;
        }

        void swallow() {
            swallowing = true;
        }

        void awaitReady() throws IOException {
            try {
                ready.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }

        void pass() {
            try {
                while (true) {
                    Statements.Message message = Statements.read(from);
                    if (!swallowing) {
                        message.write(to);
                    } else if (message.type() == 'Z') {
                        ready.countDown();
                    }
                }
            } catch (IOException e) {
                ready.countDown(); // the end of the connection is an end too
            }
        }
    }
}
