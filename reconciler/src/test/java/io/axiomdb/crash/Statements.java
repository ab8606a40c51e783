package io.axiomdb.crash;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the frontend's side of PostgreSQL's protocol, as far as it says which statements are run. */
final class Statements {
    private final Map<String, String> prepared = new HashMap<>();
    private final Map<String, String> portals = new HashMap<>();

    /** A message with its type. */
    record Message(byte type, byte[] body) {
        void write(OutputStream to) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.length + 5);
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeByte(type);
            out.writeInt(body.length + 4);
            out.write(body);
            to.write(bytes.toByteArray());
            to.flush();
        }

        /** Query and Sync: the server answers with ReadyForQuery. */
        boolean endsRequest() {
            return type == 'Q' || type == 'S';
        }

        /** The text that begins at a place and ends with a zero. */
        private String text(int from) {
            int to = from;
            while (body[to] != 0) {
                to++;
            }
            return new String(body, from, to - from, StandardCharsets.UTF_8);
        }
    }

    static Message read(DataInputStream from) throws IOException {
        byte type = from.readByte();
        byte[] body = new byte[from.readInt() - 4];
        from.readFully(body);
        return new Message(type, body);
    }

    /** The first packet has no type. */
    static void pass(DataInputStream from, OutputStream to) throws IOException {
        int length = from.readInt();
        byte[] body = new byte[length - 4];
        from.readFully(body);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(length);
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(length);
        out.write(body);
        to.write(bytes.toByteArray());
        to.flush();
    }

    /** The statement that a message makes the server run; null when it runs none. */
    @Nullable
    String runs(Message message) {
        return switch (message.type()) {
            case 'Q' -> message.text(0);
            case 'P' -> {
                String name = message.text(0);
                prepared.put(name, message.text(bytes(name) + 1));
                yield null;
            }
            case 'B' -> {
                String portal = message.text(0);
                portals.put(portal, prepared.getOrDefault(message.text(bytes(portal) + 1), ""));
                yield null;
            }
            case 'E' -> portals.getOrDefault(message.text(0), "");
            default -> null;
        };
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
