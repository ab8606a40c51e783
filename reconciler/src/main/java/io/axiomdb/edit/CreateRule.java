package io.axiomdb.edit;

import io.axiomdb.core.Cidr;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Origin;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.Network;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A new network rule.
 *
 * @param label null when the name says enough
 * @param cidr as it is to be written
 * @param ports null for the usual
 * @param branch the one branch that it opens; null for all of the project
 */
public record CreateRule(
        String project,
        String rule,
        @Nullable String label,
        String cidr,
        Network.@Nullable Ports ports,
        @Nullable String branch,
        @Nullable Instant expiresAt)
        implements Edit {
    @Override
    public String subject() {
        return "Let " + cidr + " reach " + project + (branch == null ? "" : "/" + branch) + " (rule " + rule + ")";
    }

    @Override
    public List<Diagnostic> objections(Desired before) {
        Project owner = before.projects().get(project);
        Network network = owner == null ? null : owner.network();
        Network.Rule there = network == null ? null : network.rules().get(rule);
        return there == null
                ? Objections.project(before, project)
                : List.of(Objections.taken("rule", rule, there.origin()));
    }

    @Override
    public List<PathEdit> paths(Desired before) {
        return List.of(PathEdit.in(project, List.of("network", "rules", rule), keys(cidr)));
    }

    private Content.Keys keys(String range) {
        return new Content.Keys.Writer()
                .text("label", label)
                .text("cidr", range)
                .text("ports", ports == null ? null : ports.word())
                .text("scope", branch == null ? null : "branch")
                .text("branch", branch)
                .text("expires_at", expiresAt)
                .done();
    }

    @Override
    public void expect(SortedMap<ResourceKey, SortedMap<String, String>> all) {
        String range = switch (Cidr.read(cidr)) {
            case Cidr.Read.Range(Cidr read) -> read.toString();
            case Cidr.Read.Refused refused -> cidr;
        };
        all.put(
                ResourceKey.networkRule(project, rule),
                Network.Rule.of(rule, keys(range).fields()).fields());
        Fields usual = new Fields(new TreeMap<>(), Origin.UNKNOWN);
        all.putIfAbsent(
                ResourceKey.networkPolicy(project),
                Network.of(usual, new TreeMap<>()).fields());
    }
}
