package io.axiomdb.edit;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Network;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/** A network rule is no longer declared. */
public record DeleteRule(String project, String rule) implements Edit {
    @Override
    public String subject() {
        return "Remove network rule " + rule + " of " + project;
    }

    @Override
    public List<Diagnostic> objections(Desired before) {
        Project owner = before.projects().get(project);
        if (owner == null) {
            return Objections.project(before, project);
        }
        Network network = owner.network();
        Set<String> rules = network == null ? Set.of() : network.rules().keySet();
        return rules.contains(rule) ? List.of() : List.of(Objections.unknown("rule", rule, rules));
    }

    @Override
    public List<PathEdit> paths(Desired before) {
        return List.of(PathEdit.in(project, List.of("network", "rules", rule), null));
    }

    @Override
    public void expect(SortedMap<ResourceKey, SortedMap<String, String>> all) {
        all.remove(ResourceKey.networkRule(project, rule));
    }
}
