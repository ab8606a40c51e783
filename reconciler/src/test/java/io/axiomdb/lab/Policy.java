package io.axiomdb.lab;

import java.time.Instant;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the projects of one host declare about the network, in words of the specification and in nobody else's types. */
public record Policy(List<Project> projects) {
    public Policy {
        projects = List.copyOf(projects);
    }

    /**
     * A project.
     *
     * @param mode {@code restricted}, {@code public_runtime} or {@code public_all}
     * @param branches beside {@code main}
     */
    public record Project(String name, String mode, List<String> branches, List<Rule> rules) {
        public Project {
            branches = List.copyOf(branches);
            rules = List.copyOf(rules);
        }

        /** With {@code main}, in order. */
        public SortedSet<String> allBranches() {
            SortedSet<String> all = new TreeSet<>(branches);
            all.add("main");
            return all;
        }

        public Project withRules(List<Rule> others) {
            return new Project(name, mode, branches, others);
        }
    }

    /**
     * A rule.
     *
     * @param ports {@code runtime}, {@code direct} or {@code both}
     * @param branch null for the whole project
     * @param until null for always
     */
    public record Rule(
            String name,
            String cidr,
            String ports,
            @Nullable String branch,
            @Nullable Instant until) {}

    public Project project(String name) {
        return projects.stream().filter(p -> p.name().equals(name)).findFirst().orElseThrow();
    }

    /**
     * The axiomdb.yaml that says so.
     *
     * @param host the fields of the one host, below {@code hosts: db1:}
     */
    public String yaml(String host) {
        StringBuilder text = new StringBuilder("""
                version: 1
                organization: acme
                members: { dba@acme.example: owner }
                hosts:
                  db1:
                %sprojects:
                """.formatted(host.indent(4)));
        projects.forEach(project -> append(project, text));
        return text.toString();
    }

    private static void append(Project project, StringBuilder text) {
        text.append("  ").append(project.name()).append(":\n    host: db1\n    branches:\n");
        project.allBranches()
                .forEach(branch -> text.append("      ").append(branch).append(": {}\n"));
        text.append("    network:\n      mode: ").append(project.mode()).append('\n');
        if (project.mode().equals("public_all")) {
            text.append("      confirm: ").append(project.name()).append('\n');
        }
        if (!project.rules().isEmpty()) {
            text.append("      rules:\n");
        }
        for (Rule rule : project.rules()) {
            text.append("        %s: { cidr: \"%s\", ports: %s".formatted(rule.name(), rule.cidr(), rule.ports()));
            text.append(rule.branch() == null ? "" : ", scope: branch, branch: " + rule.branch());
            text.append(rule.until() == null ? "" : ", expires_at: " + rule.until())
                    .append(" }\n");
        }
    }
}
