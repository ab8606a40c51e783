package io.axiomdb.testing.adversary;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Sits between a client and the real PostgreSQL: ends the client's TLS with a certificate of its own, begins another one to the
 * server, and hands everything on; but it hides from the client that a login could be bound to its channel.
 */
public final class Eavesdropper implements AutoCloseable {
    private static final int SSL_REQUEST = 80877103;
    private static final int SASL = 10;
    private static final char[] NONE = {};

    private final int server;
    private final SSLContext towardsClients;
    private final ServerSocket door;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger letIn = new AtomicInteger();

    private Eavesdropper(int server, SSLContext towardsClients, ServerSocket door) {
        this.server = server;
        this.towardsClients = towardsClients;
        this.door = door;
    }

    /**
     * Listens on 127.0.0.1 until closed.
     *
     * @param server port of the real one
     */
    public static Eavesdropper before(int server, PrivateKey key, X509Certificate certificate) {
        try {
            KeyStore own = KeyStore.getInstance("PKCS12");
            own.load(null, NONE);
            own.setKeyEntry("own", key, NONE, new X509Certificate[] {certificate});
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, NONE);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, new SecureRandom());
            Eavesdropper made =
                    new Eavesdropper(server, context, new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1")));
            Thread.ofVirtual().name("eavesdropper").start(made::accept);
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public int port() {
        return door.getLocalPort();
    }

    /** How often the real server took it for the client. */
    public int letIn() {
        return letIn.get();
    }

    @Override
    public void close() {
        try {
            door.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                open.add(client);
                Thread.ofVirtual().name("eavesdropped").start(() -> carry(client));
            } catch (IOException e) {
                if (!door.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void carry(Socket plain) {
        try (plain;
                Socket onwards = new Socket("127.0.0.1", server)) {
            open.add(onwards);
            plain.getInputStream().readNBytes(8);
            plain.getOutputStream().write('S');
            SSLSocket client = (SSLSocket) towardsClients.getSocketFactory().createSocket(plain, null, true);
            client.setUseClientMode(false);
            client.startHandshake();
            new DataOutputStream(onwards.getOutputStream()).writeLong(8L << 32 | SSL_REQUEST);
            onwards.getInputStream().read();
            SSLSocket real =
                    (SSLSocket) trustingAll().getSocketFactory().createSocket(onwards, "127.0.0.1", server, true);
            real.startHandshake();
            Thread.ofVirtual().name("eavesdropped-out").start(() -> {
                try {
                    copy(client.getInputStream(), real.getOutputStream());
                } catch (IOException e) {
                    // One side has had enough; the other is closed with it.
                }
            });
            login(new DataInputStream(real.getInputStream()), new DataOutputStream(client.getOutputStream()));
            copy(real.getInputStream(), client.getOutputStream());
        } catch (IOException e) {
            // The client or the server noticed, as one of them should.
        }
    }

    /** Hands on what the server says until it lets in, without the way that would betray us. */
    private void login(DataInputStream server, DataOutputStream client) throws IOException {
        while (true) {
            int type = server.readUnsignedByte();
            byte[] body = server.readNBytes(server.readInt() - Integer.BYTES);
            int asks = type == 'R' ? body[3] : -1;
            if (asks == SASL) {
                body = "\0\0\0\12SCRAM-SHA-256\0\0".getBytes(StandardCharsets.ISO_8859_1);
            }
            client.writeByte(type);
            client.writeInt(body.length + Integer.BYTES);
            client.write(body);
            client.flush();
            if (asks == 0) {
                letIn.incrementAndGet();
                return;
            }
        }
    }

    private static void copy(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[8 * 1024];
        for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
            to.write(buffer, 0, n);
            to.flush();
        }
    }

    private static SSLContext trustingAll() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustsAll()}, new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class TrustsAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
