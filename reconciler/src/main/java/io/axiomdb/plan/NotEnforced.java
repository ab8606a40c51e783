package io.axiomdb.plan;

import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Kind;
import io.axiomdb.desired.Project;
import java.util.ArrayList;
import java.util.List;

/** Says in words what is declared and stored, but not carried out on hosts by this version. Pure. */
final class NotEnforced {
    private NotEnforced() {}

    static List<String> of(Desired desired) {
        List<String> words = new ArrayList<>();
        desired.projects().values().forEach(project -> {
            Host host = desired.hosts().get(project.host());
            ofProject(project, host != null && Kind.NETWORK_POLICY.enforcedOn(host), words);
        });
        return words;
    }

    private static void ofProject(Project project, boolean network, List<String> words) {
        if (project.network() != null && !network) {
            int rules = project.network().rules().size();
            words.add("network of " + project.name() + " ("
                    + project.network().mode().word() + ", " + rules + (rules == 1 ? " rule)" : " rules)"));
        }
        if (project.rotation() != null) {
            words.add("rotation policy of " + project.name());
        }
    }
}
