package io.axiomdb.cli.view;

import io.axiomdb.core.Cidr;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Network;
import io.axiomdb.desired.Network.Rule;
import io.axiomdb.desired.Project;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.plan.RuleReach;
import io.axiomdb.plan.RuleState;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** {@code axiomdb.network.rules/1} and {@code axiomdb.network.rule/1}. */
public final class RulesJson {
    private RulesJson() {}

    public static String list(Project project, Host host, List<RuleState> rules) {
        ObjectNode root = head("axiomdb.network.rules/1", project, host);
        root.set("rules", Json.array(rules, RulesJson::state));
        return Json.write(root);
    }

    public static String get(RulesText.Detail detail) {
        ObjectNode root = head("axiomdb.network.rule/1", detail.project(), detail.host());
        root.set("rule", state(detail.state()));
        root.set(
                "unseen",
                detail.seen() instanceof AccessObservation.Unknown unknown ? Json.diagnostic(unknown.why()) : null);
        root.set("reach", Json.array(detail.reach(), RulesJson::reach));
        return Json.write(root);
    }

    private static ObjectNode head(String format, Project project, Host host) {
        Network network = project.network();
        return Json.format(format)
                .put("project", project.name())
                .put("host", host.name())
                .put("enforced_on_host", host.ssh() != null)
                .put("mode", (network == null ? Network.Mode.RESTRICTED : network.mode()).word());
    }

    private static ObjectNode state(RuleState state) {
        return rule(state.rule()).put("state", state.state().words());
    }

    static ObjectNode rule(Rule rule) {
        ObjectNode object = Json.object()
                .put("name", rule.name())
                .put("label", rule.label())
                .put("cidr", rule.cidr())
                .put("ports", rule.ports().word())
                .put("scope", rule.branch() == null ? "project" : "branch")
                .put("branch", rule.branch())
                .put(
                        "expires_at",
                        rule.expiresAt() == null ? null : rule.expiresAt().toString());
        object.set("source", Json.source(rule.origin().self()));
        return object;
    }

    private static ObjectNode reach(RuleReach reach) {
        ObjectNode object = Json.object()
                .put("branch", reach.branch().name())
                .put("port", reach.port().word())
                .put("addresses", reach.range().size().toString())
                .put("let_in", reach.reached().size().toString());
        object.set(
                "let_in_ranges",
                Json.texts(
                        reach.reached().shortest().stream().map(Cidr::toString).toList()));
        return object;
    }
}
