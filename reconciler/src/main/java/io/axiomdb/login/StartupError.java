package io.axiomdb.login;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * The answer of a PostgreSQL server to a login that can't be: fatal, SQLSTATE 08006 (connection failure), and why. A
 * client shows its words.
 */
public record StartupError(String words) {
    /** Connection failure: no server answered at all. */
    public static final String STATE = "08006";

    /** Reads what the client said first, and answers that. */
    public void to(Socket socket) throws IOException {
        // Its first words are read before they are answered: closing with something unread would cut off the answer.
        byte[] first = new byte[8 * 1024];
        if (socket.getInputStream().read(first) < 0) {
            return;
        }
        to(socket.getOutputStream());
    }

    void to(OutputStream socket) throws IOException {
        ByteArrayOutputStream fields = new ByteArrayOutputStream();
        field(fields, 'S', "FATAL");
        field(fields, 'V', "FATAL");
        field(fields, 'C', STATE);
        field(fields, 'M', words);
        fields.write(0);
        DataOutputStream out = new DataOutputStream(socket);
        out.writeByte('E');
        out.writeInt(fields.size() + Integer.BYTES);
        fields.writeTo(out);
        out.flush();
    }

    private static void field(ByteArrayOutputStream to, char kind, String text) {
        to.write(kind);
        to.writeBytes(text.replace('\0', ' ').getBytes(StandardCharsets.UTF_8));
        to.write(0);
    }
}
