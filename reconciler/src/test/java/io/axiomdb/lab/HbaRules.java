package io.axiomdb.lab;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Who a list of host-based rules lets in over TLS, by the servers' own semantics: the first line that matches decides, and
 * where none does nobody gets in. Read by itself, not with the product's code.
 */
record HbaRules(List<Line> lines) {
    private static final Set<String> OPEN = Set.of("scram-sha-256", "md5", "password", "trust", "cert", "peer");

    HbaRules {
        lines = List.copyOf(lines);
    }

    /**
     * A line.
     *
     * @param network an address; {@code all} for any
     * @param mask the other half of the address; empty with {@code all}
     */
    record Line(String type, List<String> databases, List<String> roles, String network, String mask, String method) {
        Line {
            databases = List.copyOf(databases);
            roles = List.copyOf(roles);
        }

        boolean matches(String database, String role, InetAddress address) {
            return (type.equals("host") || type.equals("hostssl"))
                    && named(databases, database, Set.of("sameuser", "samerole", "samegroup"))
                    && named(roles, role, Set.of())
                    && covers(address);
        }

        private static boolean named(List<String> names, String name, Set<String> unknown) {
            for (String one : names) {
                if (unknown.contains(one) || one.startsWith("+") || one.startsWith("/") || one.startsWith("@")) {
                    throw new IllegalStateException("a line with " + one + " is not to be expected here");
                }
            }
            return names.contains("all") || names.contains(name);
        }

        private boolean covers(InetAddress address) {
            if (network.equals("all")) {
                return true;
            }
            byte[] net = InetAddress.ofLiteral(network).getAddress();
            byte[] bits = InetAddress.ofLiteral(mask).getAddress();
            byte[] asked = address.getAddress();
            if (net.length != asked.length) {
                return false;
            }
            byte[] masked = new byte[asked.length];
            for (int i = 0; i < asked.length; i++) {
                masked[i] = (byte) (asked[i] & bits[i]);
            }
            return Arrays.equals(net, masked);
        }
    }

    boolean admits(String database, String role, InetAddress address) {
        for (Line line : lines) {
            if (line.matches(database, role, address)) {
                if (!OPEN.contains(line.method()) && !line.method().equals("reject")) {
                    throw new IllegalStateException("unknown method " + line.method());
                }
                return OPEN.contains(line.method());
            }
        }
        return false;
    }

    /**
     * PostgreSQL's own reading.
     *
     * @param rows of pg_hba_file_rules in their order, tabs between type, database, user, address, netmask, method, error
     */
    static HbaRules ofPostgres(List<String> rows) {
        List<Line> lines = new ArrayList<>();
        for (String row : rows) {
            String[] cells = row.split("\t", -1);
            if (!cells[6].isEmpty()) {
                throw new IllegalStateException("PostgreSQL can't read a line of pg_hba.conf: " + row);
            }
            lines.add(new Line(cells[0], list(cells[1]), list(cells[2]), cells[3], cells[4], cells[5]));
        }
        return new HbaRules(lines);
    }

    private static List<String> list(String cell) {
        return List.of(cell.split(","));
    }

    /**
     * PgBouncer 1.18's reading of its file: it skips what it can't read, so that such a line is a failure here.
     *
     * @param text of the file
     */
    static HbaRules ofPooler(String text) {
        List<Line> lines = new ArrayList<>();
        for (String raw : text.split("\n")) {
            List<List<String>> words = new HbaWords(raw).fields();
            if (words.isEmpty()) {
                continue;
            }
            String type = words.getFirst().getFirst();
            if (type.equals("local")) {
                lines.add(new Line(
                        type,
                        words.get(1),
                        words.get(2),
                        "all",
                        "",
                        words.get(3).getFirst()));
                continue;
            }
            String network = words.get(3).getFirst();
            int slash = network.indexOf('/');
            String mask = slash < 0 ? words.get(4).getFirst() : mask(network);
            String method = words.get(slash < 0 ? 5 : 4).getFirst();
            String bare = slash < 0 ? network : network.substring(0, slash);
            lines.add(new Line(type, words.get(1), words.get(2), bare, mask, method));
        }
        return new HbaRules(lines);
    }

    private static String mask(String cidr) {
        int slash = cidr.indexOf('/');
        byte[] mask = new byte[InetAddress.ofLiteral(cidr.substring(0, slash)).getAddress().length];
        for (int bit = 0; bit < Integer.parseInt(cidr.substring(slash + 1)); bit++) {
            mask[bit / Byte.SIZE] |= (byte) (0x80 >> bit % Byte.SIZE);
        }
        try {
            return InetAddress.getByAddress(mask).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException(cidr, e);
        }
    }
}
