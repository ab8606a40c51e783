package io.axiomdb.login;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.SocketFactory;

/** Cuts what was connected meanwhile when its time is over. */
final class Deadline implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Deadline.class.getName());
    private static final ScopedValue<Deadline> HERE = ScopedValue.newInstance();

    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Thread watch;
    private volatile boolean passed;

    private Deadline(Duration limit) {
        this.watch = Thread.ofVirtual().name("login-watch").start(() -> watch(limit));
    }

    /** Opens something. */
    interface Opening<T> {
        T open() throws SQLException;
    }

    static Deadline in(Duration limit) {
        return new Deadline(limit);
    }

    /** What this thread connects meanwhile is cut in time. */
    <T> T during(Opening<T> opening) throws SQLException {
        return ScopedValue.where(HERE, this).<T, SQLException>call(opening::open);
    }

    boolean hasPassed() {
        return passed;
    }

    @Override
    public void close() {
        watch.interrupt();
    }

    private void watch(Duration limit) {
        try {
            Thread.sleep(limit);
        } catch (InterruptedException e) {
            return;
        }
        passed = true;
        sockets.forEach(Deadline::cut);
    }

    private static void cut(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a connection was closed before", e);
        }
    }

    /** Plain sockets, as the driver asks for them by the class's name. */
    public static final class Sockets extends SocketFactory {
        @Override
        public Socket createSocket() {
            Socket socket = new Socket();
            if (HERE.isBound()) {
                Deadline deadline = HERE.get();
                deadline.sockets.add(socket);
                if (deadline.passed) {
                    cut(socket);
                }
            }
            return socket;
        }

        @Override
        public Socket createSocket(String host, int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress local, int localPort) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(InetAddress host, int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
            throw new UnsupportedOperationException();
        }
    }
}
