package io.axiomdb.login;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The door for programs that answer whatever a server asks: a port on our own loopback that leads to the server, and on
 * which nothing but SCRAM (or what else the login allows) comes through before the program is let in. For connections
 * without TLS, which would hide what is asked. Only processes of our own user get in.
 */
public final class Gate implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Gate.class.getName());
    private static final int CONNECT_MILLIS = 10_000;
    private static final int LONGEST = 64 * 1024;
    private static final int OK = 0;
    private static final int MD5 = 5;
    private static final int SASL = 10;
    private static final int SASL_CONTINUE = 11;
    private static final int SASL_FINAL = 12;
    private static final Pattern ITERATIONS = Pattern.compile("(?:^|,)i=([0-9]{1,9})(?:,|$)");

    private final Login login;
    private final List<String> allowed;
    private final ServerSocket door;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private Gate(Login login, ServerSocket door) {
        this.login = login;
        this.allowed = Arrays.asList(login.requiredAuth().split(","));
        this.door = door;
    }

    /** Listens until closed. */
    public static Gate to(Login login) throws IOException {
        Gate gate = new Gate(login, new ServerSocket(0, 0, InetAddress.getByAddress(new byte[] {127, 0, 0, 1})));
        Thread.ofVirtual().name("gate").start(gate::accept);
        return gate;
    }

    /** The same login by way of this port. */
    public Login login() {
        return new Login(
                "127.0.0.1",
                door.getLocalPort(),
                login.database(),
                login.user(),
                login.password(),
                login.auth(),
                login.sslMode(),
                login.sslRootCert());
    }

    @Override
    public void close() throws IOException {
        door.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket program = door.accept();
                if (door.isClosed()) { // it came while this thread was not yet told
                    program.close();
                    return;
                }
                open.add(program);
                Thread.ofVirtual().name("gate-in").start(() -> carry(program));
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "the gate takes no more", e);
            }
        }
    }

    private void carry(Socket program) {
        try (program;
                Socket server = new Socket()) {
            if (!Visitor.isOurs(program)) {
                throw new SocketException("another user of this machine came to the gate");
            }
            open.add(server);
            server.connect(new InetSocketAddress(login.address(), login.port()), CONNECT_MILLIS);
            server.setTcpNoDelay(true);
            program.setTcpNoDelay(true);
            Thread.ofVirtual().name("gate-out").start(() -> copyAll(program, server));
            DataInputStream in = new DataInputStream(server.getInputStream());
            DataOutputStream out = new DataOutputStream(program.getOutputStream());
            letIn(in, out);
            in.transferTo(out);
            open.remove(server);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a connection through the gate ended", e);
        } finally {
            open.remove(program);
        }
    }

    /** Passes on what the server says until it lets the program in, as long as it asks for nothing that is not allowed. */
    private void letIn(DataInputStream in, DataOutputStream out) throws IOException {
        int last = OK;
        boolean proved = allowed.contains("none");
        while (true) {
            int type = in.readUnsignedByte();
            int length = in.readInt();
            if (length < Integer.BYTES || length > LONGEST) {
                throw new SocketException(
                        "the server sends a message of " + length + " bytes before it lets anyone in");
            }
            byte[] body = in.readNBytes(length - Integer.BYTES);
            int asks = type == 'R' && body.length >= Integer.BYTES
                    ? ByteBuffer.wrap(body).getInt()
                    : -1;
            if (type == 'R' && !isAllowed(asks, last, proved, body)) {
                refuse(out);
                throw new SocketException("the server asks for authentication " + asks);
            }
            proved = proved || asks == SASL_FINAL || asks == MD5;
            last = asks;
            out.writeByte(type);
            out.writeInt(length);
            out.write(body);
            out.flush();
            if (asks == OK || type == 'E') {
                return;
            }
        }
    }

    private boolean isAllowed(int asks, int last, boolean proved, byte[] body) {
        return switch (asks) {
            case OK -> proved && last != SASL && last != SASL_CONTINUE;
            case MD5 -> allowed.contains("md5");
            case SASL -> allowed.contains("scram-sha-256");
            case SASL_CONTINUE -> last == SASL && isBounded(body);
            case SASL_FINAL -> last == SASL_CONTINUE;
            default -> false;
        };
    }

    private static boolean isBounded(byte[] body) {
        Matcher iterations = ITERATIONS.matcher(
                new String(body, Integer.BYTES, body.length - Integer.BYTES, StandardCharsets.UTF_8));
        return iterations.find() && Integer.parseInt(iterations.group(1)) <= Door.ITERATIONS;
    }

    private static void refuse(OutputStream out) throws IOException {
        new StartupError(Door.IMPOSTOR).to(out);
    }

    private static void copyAll(Socket from, Socket to) {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "a connection through the gate ended", e);
        }
    }
}
