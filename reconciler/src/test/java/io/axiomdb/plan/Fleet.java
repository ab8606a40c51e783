package io.axiomdb.plan;

import io.axiomdb.port.DesiredSource;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A configuration of so many branches, made up while it is read: a file for each thousand of them, a host for each file,
 * ten branches and ten rules in each project, and so ten rules for each branch.
 */
final class Fleet implements DesiredSource {
    static final int RULES = 10;

    private static final String HOST_KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0u1p2b9q0oYv3m1j8m8c6i6v4h1m1vZ8d9b1w3K2xY";
    private static final int PER_PROJECT = 10;
    private static final int PER_FILE = 1000;

    private final int branches;
    private final String edited;

    private Fleet(int branches, String edited) {
        this.branches = branches;
        this.edited = edited;
    }

    static Fleet of(int branches) {
        return new Fleet(branches, "");
    }

    /** The same, with another connection limit in each hundredth branch. */
    Fleet edited() {
        return new Fleet(branches, "connection_limits: { rw: 20 }");
    }

    @Override
    public String root() {
        return "axiomdb.yaml";
    }

    @Override
    public byte[] read(String path, int limit) {
        String text = path.equals(root()) ? main() : part(Integer.parseInt(path.substring(1, path.indexOf('.'))));
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public List<String> match(String pattern) {
        return IntStream.range(0, files())
                .mapToObj("p%d.yaml"::formatted)
                .sorted()
                .toList();
    }

    @Override
    public @Nullable Commit commit() {
        return null;
    }

    private int files() {
        return (branches + PER_FILE - 1) / PER_FILE;
    }

    private static String main() {
        return """
                version: 1
                organization: fleet
                members: { dba@acme.example: owner }
                include: ["p*.yaml"]
                """;
    }

    private String part(int file) {
        StringBuilder text = new StringBuilder("hosts:\n").append(host(file)).append("projects:\n");
        int last = Math.min(branches, (file + 1) * PER_FILE);
        for (int first = file * PER_FILE; first < last; first += PER_PROJECT) {
            project(text, file, first, Math.min(last, first + PER_PROJECT));
        }
        return text.toString();
    }

    private void project(StringBuilder text, int host, int first, int last) {
        text.append("  app-%d:\n    host: h%d\n    network:\n      rules:\n".formatted(first / PER_PROJECT, host));
        for (int rule = 0; rule < RULES; rule++) {
            int net = first / PER_PROJECT;
            text.append(
                    "        r%d: { cidr: 10.%d.%d.%d/29 }\n".formatted(rule, net / 256 % 256, net % 256, rule * 16));
        }
        text.append("    branches:\n");
        // Every project has a branch main, written or not.
        for (int branch = first; branch < last; branch++) {
            String name = branch == first ? "main" : "b" + branch;
            text.append("      %s: { %s }\n".formatted(name, branch % 100 == 1 ? edited : ""));
        }
    }

    private static String host(int number) {
        String ssh =
                "ssh: { address: h%d.acme.example, user: axiomdb, key: \"file:/etc/axiomdb/key\", host_keys: [\"%s\"] }";
        return "  h%d:\n".formatted(number)
                + "    " + ssh.formatted(number, HOST_KEY) + "\n"
                + "    postgres: { url: \"postgresql://127.0.0.1:5432/postgres\", user: axiomdb, password: \"env:PASSWORD\" }\n"
                + "    ports: { direct: 5432, runtime: 6432 }\n";
    }
}
