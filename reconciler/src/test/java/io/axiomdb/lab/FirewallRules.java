package io.axiomdb.lab;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * What ufw's rules for incoming packets decide, once as its files say (the tuples, which it shows and loads again at a
 * start) and once as the kernel was told (iptables-save): the first rule that matches decides, and where none does nothing
 * passes.
 */
record FirewallRules(List<Rule> rules) {
    /** Rules of other ports may be as they like. */
    private static final List<Integer> OURS = List.of(5432, 6432);

    FirewallRules {
        rules = List.copyOf(rules);
    }

    /**
     * A rule for TCP.
     *
     * @param ports empty for every port
     */
    record Rule(boolean accepts, List<Integer> ports, String source) {
        Rule {
            ports = List.copyOf(ports);
        }
    }

    boolean passes(int port, InetAddress address) {
        for (Rule rule : rules) {
            if ((rule.ports().isEmpty() || rule.ports().contains(port)) && Oracle.covers(rule.source(), address)) {
                return rule.accepts();
            }
        }
        return false;
    }

    /** Lines such as {@code ### tuple ### allow tcp 5432 0.0.0.0/0 any 10.0.0.0/8 in comment=61} of user.rules, user6.rules. */
    static FirewallRules ofTuples(String text) {
        List<Rule> rules = new ArrayList<>();
        for (String line : text.split("\n")) {
            if (line.startsWith("### tuple ###")) {
                String[] words =
                        line.substring("### tuple ###".length()).strip().split(" ");
                if (words[1].equals("tcp") || words[1].equals("any")) {
                    rules.add(new Rule(words[0].equals("allow"), ports(words[2]), words[5]));
                }
            }
        }
        return new FirewallRules(rules);
    }

    private static List<Integer> ports(String word) {
        return word.equals("any")
                ? List.of()
                : Arrays.stream(word.split(",")).map(Integer::valueOf).toList();
    }

    /**
     * Lines such as {@code -A ufw-user-input -s 10.0.0.0/8 -p tcp -m tcp --dport 5432 -j ACCEPT}.
     *
     * @param any the text of "every address" of that kind, for a rule without a source
     */
    static FirewallRules ofKernel(String text, String chain, String any) {
        List<Rule> rules = new ArrayList<>();
        for (String line : text.split("\n")) {
            List<String> words = Arrays.asList(line.strip().split(" "));
            if (!line.startsWith("-A " + chain + " ") || words.contains("udp")) {
                continue;
            }
            List<Integer> ports = ports(after(words, "--dport", after(words, "--dports", "any")));
            if (!ports.isEmpty() && Collections.disjoint(ports, OURS)) {
                continue;
            }
            String target = after(words, "-j", "");
            if (!List.of("ACCEPT", "DROP", "REJECT").contains(target) || words.contains("!")) {
                throw new IllegalStateException("a rule that is not to be expected here: " + line);
            }
            rules.add(new Rule(target.equals("ACCEPT"), ports, after(words, "-s", any)));
        }
        return new FirewallRules(rules);
    }

    private static String after(List<String> words, String option, String otherwise) {
        int at = words.indexOf(option);
        return at < 0 ? otherwise : words.get(at + 1);
    }
}
