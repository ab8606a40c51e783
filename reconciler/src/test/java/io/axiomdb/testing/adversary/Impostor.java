package io.axiomdb.testing.adversary;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Speaks PostgreSQL's protocol on a port of 127.0.0.1 without being the server that is meant: asks for the password in one of
 * several ways, lets everyone in, and writes down what it is sent.
 */
public final class Impostor implements AutoCloseable {
    private static final byte[] SALT = {1, 2, 3, 4};
    private static final int SSL_REQUEST = 80877103;
    private static final int GSS_REQUEST = 80877104;

    private final Ask ask;
    private final ServerSocket door;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final List<byte[]> heard = new CopyOnWriteArrayList<>();
    private final AtomicInteger visits = new AtomicInteger();

    /** What it does once a client has said who it is. */
    public enum Ask {
        CLEARTEXT,
        MD5,
        NOTHING,
        /** Begins SCRAM and then lets the client in without having proved anything. */
        SCRAM_CUT_SHORT,
        /** The same after the client's proof, with a signature of its own. */
        SCRAM_FORGED,
        /** Wants the client to calculate for hours. */
        SCRAM_ENDLESS,
        /** Ends an exchange that never began. */
        SCRAM_OUT_OF_ORDER,
        /** Announces a message of two gigabytes. */
        HUGE_MESSAGE,
        /** Says nothing. */
        SILENCE,
        /** Says something harmless again and again, and never comes to the point. */
        DRIP
    }

    private Impostor(Ask ask, ServerSocket door) {
        this.ask = ask;
        this.door = door;
    }

    /** Listens until closed. */
    public static Impostor that(Ask ask) {
        try {
            Impostor impostor = new Impostor(ask, new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1")));
            Thread.ofVirtual().name("impostor").start(impostor::accept);
            return impostor;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return door.getLocalPort();
    }

    /** How many clients came. */
    public int visits() {
        return visits.get();
    }

    /** Whether it was sent this password: in clear, in base64, or in the MD5 form that it asked for. */
    public boolean learned(String user, String password) {
        String all = new String(allHeard(), StandardCharsets.ISO_8859_1);
        String clear = new String(password.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        String coded = Base64.getEncoder().encodeToString(password.getBytes(StandardCharsets.UTF_8));
        return all.contains(clear) || all.contains(coded) || all.contains(md5(user, password));
    }

    /** Whether a client went on as if it had been let in by the real one. */
    public boolean wasBelieved() {
        return new String(allHeard(), StandardCharsets.ISO_8859_1).contains("SELECT");
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

    private byte[] allHeard() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        heard.forEach(all::writeBytes);
        return all.toByteArray();
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                open.add(client);
                visits.incrementAndGet();
                Thread.ofVirtual().name("impostor-client").start(() -> deceive(client));
            } catch (SocketException e) {
                if (!door.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void deceive(Socket client) {
        try (client) {
            DataInputStream in = new DataInputStream(client.getInputStream());
            DataOutputStream out = new DataOutputStream(client.getOutputStream());
            startup(in, out);
            ask(in, out);
            letIn(out);
            while (true) {
                message(in);
                error(out);
            }
        } catch (EOFException | SocketException e) {
            // The client has had enough, as it should.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            open.remove(client);
        }
    }

    /** Without encryption, whatever the client would rather have. */
    private void startup(DataInputStream in, DataOutputStream out) throws IOException {
        while (true) {
            byte[] body = in.readNBytes(in.readInt() - Integer.BYTES);
            heard.add(body);
            int code = new DataInputStream(new ByteArrayInputStream(body)).readInt();
            if (code != SSL_REQUEST && code != GSS_REQUEST) {
                return;
            }
            out.writeByte('N');
        }
    }

    private void ask(DataInputStream in, DataOutputStream out) throws IOException {
        switch (ask) {
            case NOTHING -> {}
            case CLEARTEXT -> {
                authentication(out, 3, new byte[0]);
                message(in);
            }
            case MD5 -> {
                authentication(out, 5, SALT);
                message(in);
            }
            case SCRAM_CUT_SHORT -> {
                authentication(out, 10, bytes("SCRAM-SHA-256\0\0"));
                message(in);
            }
            case SCRAM_FORGED -> {
                scram(in, out, 4096);
                authentication(out, 12, bytes("v=" + Base64.getEncoder().encodeToString(new byte[32])));
            }
            case SCRAM_ENDLESS -> scram(in, out, Integer.MAX_VALUE);
            case SCRAM_OUT_OF_ORDER -> authentication(out, 12, bytes("v=AAAA"));
            case HUGE_MESSAGE -> {
                out.writeByte('E');
                out.writeInt(Integer.MAX_VALUE);
                message(in);
            }
            case SILENCE -> message(in);
            case DRIP -> drip(out);
        }
    }

    private void scram(DataInputStream in, DataOutputStream out, int iterations) throws IOException {
        authentication(out, 10, bytes("SCRAM-SHA-256\0\0"));
        String first = new String(message(in), StandardCharsets.UTF_8);
        String nonce = first.substring(first.indexOf("r=") + 2);
        String salt = Base64.getEncoder().encodeToString(SALT);
        authentication(out, 11, bytes("r=" + nonce + "forged,s=" + salt + ",i=" + iterations));
        message(in);
    }

    /** Each byte comes well before anybody's patience with a silent server ends. */
    private static void drip(DataOutputStream out) throws IOException {
        out.writeByte('E');
        out.writeInt(1000);
        while (true) {
            out.writeByte('x');
            out.flush();
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static void letIn(DataOutputStream out) throws IOException {
        authentication(out, 0, new byte[0]);
        parameter(out, "server_version", "18.0");
        parameter(out, "server_encoding", "UTF8");
        parameter(out, "client_encoding", "UTF8");
        parameter(out, "DateStyle", "ISO, MDY");
        parameter(out, "integer_datetimes", "on");
        parameter(out, "standard_conforming_strings", "on");
        write(out, 'K', new byte[8]);
        write(out, 'Z', bytes("I"));
    }

    private static void parameter(DataOutputStream out, String name, String value) throws IOException {
        write(out, 'S', bytes(name + "\0" + value + "\0"));
    }

    private static void error(DataOutputStream out) throws IOException {
        write(out, 'E', bytes("SFATAL\0VFATAL\0C57P01\0Mthank you\0\0"));
    }

    private static void authentication(DataOutputStream out, int kind, byte[] more) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        new DataOutputStream(body).writeInt(kind);
        body.writeBytes(more);
        write(out, 'R', body.toByteArray());
    }

    private static void write(DataOutputStream out, char type, byte[] body) throws IOException {
        out.writeByte(type);
        out.writeInt(body.length + Integer.BYTES);
        out.write(body);
        out.flush();
    }

    private byte[] message(DataInputStream in) throws IOException {
        in.readByte();
        byte[] body = new byte[in.readInt() - Integer.BYTES];
        in.readFully(body);
        heard.add(body);
        return body;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String md5(String user, String password) {
        try {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            String inner = HexFormat.of().formatHex(digest.digest(bytes(password + user)));
            digest.update(bytes(inner));
            return "md5" + HexFormat.of().formatHex(digest.digest(SALT));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
