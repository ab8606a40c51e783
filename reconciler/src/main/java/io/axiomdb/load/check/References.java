package io.axiomdb.load.check;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Network;
import io.axiomdb.desired.Project;
import java.util.Collection;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/** What is named must be declared: a project's host, a branch's parent, a rule's branch. */
final class References {
    private static final int LISTED = 8;

    private final BiFunction<String, Collection<String>, String> hint;
    private final boolean allSeen;

    /**
     * A check of references.
     *
     * @param allSeen false when a part could not be read, where the missing host may be
     */
    References(BiFunction<String, Collection<String>, String> hint, boolean allSeen) {
        this.hint = hint;
        this.allSeen = allSeen;
    }

    void check(Desired desired, Consumer<Diagnostic> problems) {
        for (Project project : desired.projects().values()) {
            Collection<String> hosts = desired.hosts().keySet();
            boolean named = !project.host().isEmpty();
            if (allSeen && named && !hosts.contains(project.host())) {
                problems.accept(
                        unknown("host", project.host(), hosts, project.origin().of("host")));
            }
            branches(project, problems);
        }
    }

    private void branches(Project project, Consumer<Diagnostic> problems) {
        Collection<String> branches = project.branches().keySet();
        project.branches().values().forEach(branch -> {
            String from = branch.from();
            if (from != null && !branches.contains(from)) {
                problems.accept(
                        unknown("branch", from, branches, branch.origin().of("from")));
            }
        });
        Network network = project.network();
        if (network != null) {
            network.rules().values().forEach(rule -> {
                String branch = rule.branch();
                if (branch != null && !branches.contains(branch)) {
                    problems.accept(
                            unknown("branch", branch, branches, rule.origin().of("branch")));
                }
            });
        }
    }

    private Diagnostic unknown(String kind, String name, Collection<String> known, Source at) {
        String few = String.join(", ", known.stream().limit(LISTED).toList()) + (known.size() > LISTED ? ", ..." : "");
        return Diagnostic.of(
                        Code.UNKNOWN_REFERENCE,
                        at,
                        "there is no " + kind + " \"" + name + "\"",
                        known.isEmpty() ? "no " + kind + " is declared" : "declared: " + few)
                .withHint(hint.apply(name, known));
    }
}
