package io.axiomdb.lab;

import io.axiomdb.lab.Lab.Host;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What others have on a host, and must find again by the byte: lines of pg_hba.conf in no encoding, with odd line ends and
 * wider than any rule; rules of ufw with comments, some of them for our own ports; settings of Debian's PgBouncer.
 */
record Foreign(Lab lab, Host host) {
    private static final String HBA = "/etc/postgresql/15/main/pg_hba.conf";
    private static final String IDENT = "/etc/postgresql/15/main/pg_ident.conf";
    private static final String POOLER = "/etc/pgbouncer/pgbouncer.ini";
    private static final String BEGIN = "# === AXIOMDB MANAGED BLOCK";
    private static final String END = "# === END AXIOMDB MANAGED BLOCK";

    /** "axm" as ufw writes comments. */
    private static final String OURS = "comment=61786d20756e74696c20"; // axm until

    private static final String BACKUP = "203.51.3.2";
    private static final String PLANT = """
            set -e
            printf '# caf\\351 \\377\\376 \\tno encoding\\r\\nhostssl all all 10.51.0.0/16 scram-sha-256\\r\\n' >> %1$s
            printf 'hostssl  all\\tall 0.0.0.0/0   scram-sha-256 # wide\\n\\n\\n#=== AXIOMDB MANAGED BLOCK of somebody else\\n' >> %1$s
            printf 'local all +nobody peer\\n# the last line has no end' >> %1$s
            printf '# map\\303\\251\\nm1 root postgres\\n# no end' >> %2$s
            printf ';; ours\\r\\nserver_idle_timeout = 61\\n; \\351' >> %3$s
            runuser -u postgres -- psql -Xqc 'select pg_reload_conf()' > /dev/null
            ufw allow from 203.51.3.2 to any port 5432 proto tcp comment 'backup of the owner: caf\u00e9' > /dev/null
            ufw allow from 198.51.0.0/24 to any port 6432 proto tcp comment 'axm looks like it' > /dev/null
            ufw allow from 2001:db8:9::/48 to any port 8443 proto tcp comment 'six' > /dev/null
            ufw deny 25/tcp comment 'no mail' > /dev/null
            ufw limit 2222/tcp > /dev/null
            """.formatted(HBA, IDENT, POOLER);

    static Foreign plant(Lab lab, Host host) {
        lab.exec(host, "bash", "-c", PLANT).ok();
        return new Foreign(lab, host);
    }

    /** Whether rules of others let an address through the firewall to a port of ours. */
    static boolean opens(int port, InetAddress address) {
        return port == 5432 && Oracle.covers(BACKUP, address)
                || port == 6432 && Oracle.covers("198.51.0.0/24", address);
    }

    /** All that is not AxiomDB's, a text for each file; each byte is a character. */
    Map<String, String> bytes() {
        String files =
                "base64 -w0 %s; echo; base64 -w0 %s; echo; base64 -w0 %s; echo; base64 -w0 /etc/ufw/user.rules; echo;"
                                .formatted(HBA, IDENT, POOLER)
                        + "base64 -w0 /etc/ufw/user6.rules; echo";
        List<String> texts = lab.exec(host, "bash", "-c", files)
                .ok()
                .lines()
                .map(line -> new String(Base64.getDecoder().decode(line), StandardCharsets.ISO_8859_1))
                .toList();
        Map<String, String> outside = new LinkedHashMap<>();
        outside.put(HBA, withoutBlocks(texts.get(0)));
        outside.put(IDENT, withoutBlocks(texts.get(1)));
        outside.put(POOLER, texts.get(2));
        outside.put("user.rules", withoutOurs(texts.get(3)));
        outside.put("user6.rules", withoutOurs(texts.get(4)));
        return outside;
    }

    private static List<String> lines(String text) {
        return List.of(text.split("(?<=\n)"));
    }

    private static String withoutBlocks(String text) {
        StringBuilder outside = new StringBuilder();
        boolean inside = false;
        for (String line : lines(text)) {
            if (line.startsWith(BEGIN)) {
                inside = true;
            }
            if (!inside) {
                outside.append(line);
            }
            if (line.startsWith(END)) {
                inside = false;
            }
        }
        return outside.toString();
    }

    /** A rule is an empty line, its tuple, and what the kernel is told. */
    private static String withoutOurs(String text) {
        List<String> kept = new ArrayList<>();
        List<String> all = lines(text);
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).startsWith("### tuple ###") && all.get(i).contains(OURS)) {
                kept.removeLast();
                i++;
            } else {
                kept.add(all.get(i));
            }
        }
        return String.join("", kept);
    }
}
