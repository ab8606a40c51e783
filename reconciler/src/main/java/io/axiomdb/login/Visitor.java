package io.axiomdb.login;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Who comes to a port on our own loopback. Everybody on this machine can, and would arrive at PostgreSQL as from the
 * host's own loopback, which some servers trust: only processes of our own user go on.
 */
public final class Visitor {
    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
    private static final String LOOPBACK = "0100007F";

    private Visitor() {}

    /** Whether it is a process of our own user. True where the system does not tell (no Linux). */
    public static boolean isOurs(Socket accepted) throws IOException {
        if (!Files.exists(TABLES.getFirst())) {
            return true;
        }
        String own = String.valueOf(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        String theirs = LOOPBACK + ":" + hex(accepted.getPort());
        String ours = LOOPBACK + ":" + hex(accepted.getLocalPort());
        for (Path table : TABLES) {
            if (!Files.exists(table)) {
                continue;
            }
            try (Stream<String> rows = Files.lines(table, StandardCharsets.US_ASCII)) {
                // Columns: number, local address, remote address, state, queues, timer, retransmits, uid.
                if (rows.map(row -> row.strip().split("\\s+"))
                        .anyMatch(row -> row[1].endsWith(theirs) && row[2].endsWith(ours) && row[7].equals(own))) {
                    return true;
                }
            }
        }
        return false;
    }

    private static String hex(int port) {
        return "%04X".formatted(port).toUpperCase(Locale.ROOT);
    }
}
