package io.axiomdb.cli.view;

import io.axiomdb.core.DiagnosticText;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Host;
import io.axiomdb.desired.Network;
import io.axiomdb.desired.Network.Rule;
import io.axiomdb.desired.Project;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.plan.RuleReach;
import io.axiomdb.plan.RuleState;
import java.util.List;
import java.util.Map;

/** The rules of a project for people, below a line about its mode. */
public final class RulesText {
    private final Style style;

    public RulesText(Style style) {
        this.style = style;
    }

    /**
     * One rule, and what came of looking for it on the host.
     *
     * @param reach one for each door; none when the host was not seen
     */
    public record Detail(Project project, Host host, RuleState state, AccessObservation seen, List<RuleReach> reach) {
        public Detail {
            reach = List.copyOf(reach);
        }
    }

    public String list(Project project, Host host, List<RuleState> rules) {
        Page page = new Page(style);
        mode(project, host, page);
        page.blank();
        if (rules.isEmpty()) {
            return page.line("No rules.").text();
        }
        Table table = new Table("NAME", "LABEL", "CIDR", "PORTS", "SCOPE", "EXPIRES", "STATE");
        for (RuleState state : rules) {
            Rule rule = state.rule();
            table.row(
                    rule.name(),
                    rule.label(),
                    rule.cidr(),
                    rule.ports().word(),
                    scope(rule),
                    expires(rule),
                    state.state().words());
        }
        table.text(style).lines().forEach(page::line);
        return page.text();
    }

    private void mode(Project project, Host host, Page page) {
        Network network = project.network();
        Network.Mode mode = network == null ? Network.Mode.RESTRICTED : network.mode();
        Source source = network == null ? Source.NOWHERE : network.origin().of("mode");
        page.line(
                style.bold("project " + Escape.terminal(project.name()) + " on " + Escape.terminal(host.name())) + ": "
                        + mode.word() + ", " + meaning(mode),
                Escape.terminal(source.fileAndLine()));
        if (host.ssh() == null) {
            page.wrapped(
                    0,
                    style.yellow("not enforced: AxiomDB has no login on " + Escape.terminal(host.name()) + " (hosts."
                            + Escape.terminal(host.name()) + ".ssh)"),
                    0);
        }
    }

    private static String meaning(Network.Mode mode) {
        return switch (mode) {
            case RESTRICTED -> "both ports for the rules' addresses alone";
            case PUBLIC_RUNTIME -> "runtime open to the world, direct for the rules' addresses alone";
            case PUBLIC_ALL -> "both ports open to the world";
        };
    }

    private static String scope(Rule rule) {
        return rule.branch() == null ? "project" : "branch " + rule.branch();
    }

    private static String expires(Rule rule) {
        return rule.expiresAt() == null ? "never" : rule.expiresAt().toString();
    }

    public String get(Detail detail) {
        Page page = new Page(style);
        Rule rule = detail.state().rule();
        page.line(
                style.bold(Escape.terminal("rule " + rule.name() + " of project "
                        + detail.project().name())),
                Escape.terminal(rule.origin().self().fileAndLine()));
        field("label", rule.label(), page);
        field("cidr", rule.cidr(), page);
        field("ports", rule.ports().word(), page);
        field("scope", scope(rule), page);
        field("expires", expires(rule), page);
        field("state", detail.state().state().words(), page);
        page.blank();
        switch (detail.seen()) {
            case AccessObservation.Unmanaged() ->
                page.wrapped(
                        0,
                        "Not enforced: AxiomDB has no login on "
                                + Escape.terminal(detail.host().name()) + ", and nobody looked.",
                        0);
            case AccessObservation.Unknown unknown ->
                DiagnosticText.render(List.of(unknown.why()), Map.of()).lines().forEach(page::line);
            case AccessObservation.Seen _ -> {
                page.line(style.bold("who of it gets in now on "
                        + Escape.terminal(detail.host().name())));
                detail.reach().forEach(reach -> reach(reach, page));
            }
        }
        return page.text();
    }

    private static void field(String name, String value, Page page) {
        page.line("  " + name + " ".repeat(9 - name.length()) + Escape.terminal(value));
    }

    private void reach(RuleReach reach, Page page) {
        String door =
                Escape.terminal(reach.port().word() + " of " + reach.branch().path());
        String all = AccessWords.number(reach.range().size());
        String words;
        if (reach.reached().isEmpty()) {
            words = style.yellow("nobody");
        } else if (reach.reached().equals(reach.range())) {
            words = style.green("every address");
        } else {
            words = style.yellow(AccessWords.number(reach.reached().size()) + " of " + all + " addresses");
        }
        page.line("  " + door + ": " + words);
    }
}
