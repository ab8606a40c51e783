package io.axiomdb.lab;

import io.axiomdb.lab.Lab.Host;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What each layer of a host says of itself, all read in one go: PostgreSQL's view, PgBouncer's file, ufw's files and the kernel. */
record Layers(HbaRules postgres, HbaRules pooler, Map<String, FirewallRules> four, Map<String, FirewallRules> six) {
    private static final String READ = """
            set -eu
            postgres() { runuser -u postgres -- psql -XqAt -F "$(printf '\\t')" "$@"; }
            echo '== postgres'
            postgres -c "select type, array_to_string(database, ','), array_to_string(user_name, ','), coalesce(address, ''),
                coalesce(netmask, ''), coalesce(auth_method, ''), coalesce(error, '') from pg_hba_file_rules order by line_number"
            echo '== pooler'
            cat "$(runuser -u axm-pooler -- psql -XqAt -F "$(printf '\\t')" -h /run/axm-pooler -p 6432 -U pgbouncer -d pgbouncer -c 'show config' | sed -n 's/^auth_hba_file\\t\\([^\\t]*\\).*/\\1/p')"
            echo '== tuples4'
            cat /etc/ufw/user.rules
            echo '== tuples6'
            cat /etc/ufw/user6.rules
            echo '== kernel4'
            iptables-save -t filter
            echo '== kernel6'
            ip6tables-save -t filter
            """;

    static Layers of(Lab lab, Host host) {
        Map<String, String> said = sections(lab.exec(host, "bash", "-c", READ).ok());
        return new Layers(
                HbaRules.ofPostgres(section(said, "postgres").lines().toList()),
                HbaRules.ofPooler(section(said, "pooler")),
                Map.of(
                        "ufw's file", FirewallRules.ofTuples(section(said, "tuples4")),
                        "the kernel", FirewallRules.ofKernel(section(said, "kernel4"), "ufw-user-input", "0.0.0.0/0")),
                Map.of(
                        "ufw's file", FirewallRules.ofTuples(section(said, "tuples6")),
                        "the kernel", FirewallRules.ofKernel(section(said, "kernel6"), "ufw6-user-input", "::/0")));
    }

    private static String section(Map<String, String> said, String name) {
        return Objects.requireNonNull(said.get(name), name);
    }

    private static Map<String, String> sections(String text) {
        Map<String, String> sections = new LinkedHashMap<>();
        List<String> lines = new ArrayList<>();
        String name = "";
        for (String line : (text + "\n== ").split("\n")) {
            if (line.startsWith("== ")) {
                sections.put(name, String.join("\n", lines));
                name = line.substring("== ".length());
                lines.clear();
            } else {
                lines.add(line);
            }
        }
        return sections;
    }

    /** Whether the list of a port lets a role in: PostgreSQL's for the direct port, PgBouncer's for the other. */
    boolean admits(String port, String database, String role, InetAddress address) {
        return (port.equals(Oracle.DIRECT) ? postgres : pooler).admits(database, role, address);
    }

    /** What each reading of the firewall says of a packet. */
    Map<String, Boolean> passes(int port, InetAddress address) {
        Map<String, Boolean> answers = new LinkedHashMap<>();
        (address instanceof Inet4Address ? four : six)
                .forEach((who, rules) -> answers.put(who, rules.passes(port, address)));
        return answers;
    }
}
