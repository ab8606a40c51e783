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
    /** The same address as the table of IPv6 writes it. */
    private static final String MAPPED = "0000000000000000FFFF0000" + LOOPBACK;

    private static final String ESTABLISHED = "01";
    /** What a socket that nobody has open any more shows as its inode. */
    private static final String CLOSED = "0";

    private Visitor() {}

    /** Whether it is a process of our own user. True where the system does not tell (no Linux). */
    public static boolean isOurs(Socket accepted) throws IOException {
        if (!Files.exists(TABLES.getFirst())) {
            return true;
        }
        String own = String.valueOf(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        for (Path table : TABLES) {
            if (Files.exists(table)) {
                try (Stream<String> rows = Files.lines(table, StandardCharsets.US_ASCII)) {
                    if (holds(rows, accepted.getPort(), accepted.getLocalPort(), own)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    /**
     * Whether the kernel's table says that a process of this user has the visitor's end open. An end that was closed shows
     * uid 0, whoever's it was, while what it has sent can still be read here.
     */
    static boolean holds(Stream<String> rows, int theirs, int ours, String uid) {
        // Columns: number, local address, remote address, state, queues, timer, retransmits, uid, timeouts, inode.
        return rows.map(row -> row.strip().split("\\s+"))
                .anyMatch(row -> isAt(row[1], theirs)
                        && isAt(row[2], ours)
                        && row[3].equals(ESTABLISHED)
                        && row[7].equals(uid)
                        && !row[9].equals(CLOSED));
    }

    private static boolean isAt(String address, int port) {
        String end = ":%04X".formatted(port).toUpperCase(Locale.ROOT);
        return address.equals(LOOPBACK + end) || address.equals(MAPPED + end);
    }
}
