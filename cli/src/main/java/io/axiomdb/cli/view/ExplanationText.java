package io.axiomdb.cli.view;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.DiagnosticText;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Network.Rule;
import io.axiomdb.plan.Explanation;
import io.axiomdb.plan.Explanation.Is;
import io.axiomdb.plan.Explanation.Layer;
import io.axiomdb.plan.Explanation.Place;
import io.axiomdb.plan.Explanation.RuleFit;
import java.util.List;
import java.util.Map;

/** Why an address gets in or not, for people: the answer first, then who said so, then each layer. */
public final class ExplanationText {
    private final Style style;

    public ExplanationText(Style style) {
        this.style = style;
    }

    public String render(Explanation explanation) {
        Page page = new Page(style);
        page.wrapped(0, answer(explanation) + ": " + question(explanation) + ".", 0);
        page.blank();
        policy(explanation, page);
        layers(explanation, page);
        if (explanation.unseen() != null) {
            diagnostics("why nobody could look", List.of(explanation.unseen()), page);
        }
        if (!explanation.findings().isEmpty()) {
            diagnostics("foreign things on this host that may decide otherwise", explanation.findings(), page);
        }
        advice(explanation, page);
        return page.text();
    }

    private String answer(Explanation e) {
        boolean wanted = e.wanted();
        if (!e.managed()) {
            return style.yellow(
                    (wanted ? "ALLOWED" : "DENIED") + " by the file, which nobody carries out on this host");
        }
        return switch (e.now()) {
            case LET_IN -> wanted ? style.green("ALLOWED") : style.yellow("ALLOWED now, denied after axm apply");
            case KEPT_OUT -> wanted ? style.yellow("DENIED now, allowed after axm apply") : style.loud("DENIED");
            case UNKNOWN -> style.yellow("NOT KNOWN now, " + (wanted ? "allowed" : "denied") + " after axm apply");
        };
    }

    private static String question(Explanation e) {
        return Escape.terminal(e.from().brief() + " to " + e.port().word()
                + (e.number() == null ? "" : " (port " + e.number() + ")") + " of "
                + e.branch().path() + " on "
                + e.host());
    }

    private void policy(Explanation e, Page page) {
        String opens = e.open() ? ", which opens " + e.port().word() + " to the world" : "";
        page.line("  mode  " + e.mode().word() + opens, where(e.modeSource()));
        for (RuleFit fit : e.rules()) {
            page.line(
                    "  rule  " + rule(fit.rule()) + fit(fit),
                    where(fit.rule().origin().of("cidr")));
        }
        if (e.rules().isEmpty()) {
            page.line("  rule  " + style.dim("none of this project holds the address"));
        }
    }

    private static String rule(Rule rule) {
        String label = rule.label().equals(rule.name()) ? "" : " \"" + rule.label() + "\"";
        return Escape.terminal(rule.name() + label + ", " + rule.cidr());
    }

    private String fit(RuleFit fit) {
        Rule rule = fit.rule();
        return Escape.terminal(
                switch (fit.fit()) {
                    case LETS_IN -> rule.expiresAt() == null ? "" : ", until " + rule.expiresAt();
                    case OTHER_PORT -> ": for " + rule.ports().word() + " only";
                    case OTHER_BRANCH -> ": for branch " + rule.branch() + " only";
                    case EXPIRED -> ": expired at " + rule.expiresAt();
                });
    }

    private void layers(Explanation e, Page page) {
        if (!e.managed()) {
            return;
        }
        page.blank();
        Table table = new Table("  layer", "by the file", "now", "");
        Layer stops = e.stoppedBy().orElse(null);
        for (Layer layer : e.layers()) {
            table.row(
                    "  " + place(layer.place()),
                    layer.wanted() ? "lets in" : "keeps out",
                    is(layer.there()),
                    layer.equals(stops) ? "<- stops it" : "");
        }
        table.text(style).lines().forEach(page::line);
        for (Layer layer : e.layers()) {
            if (!layer.by().isEmpty()) {
                page.blank();
                page.wrapped(2, Escape.terminal("The " + place(layer.place()) + " is decided by " + layer.by()), 2);
            }
        }
        if (e.unseen() == null && e.now() == Is.UNKNOWN) {
            page.blank();
            page.wrapped(2, unknown(e), 2);
        }
    }

    private static String unknown(Explanation e) {
        if (e.findings().stream().anyMatch(Explanation::isOpenToOthers)) {
            return "Something else on this host may let others in, past AxiomDB's rules. It is named below.";
        }
        return e.layers().stream().anyMatch(layer -> layer.place() == Place.FIREWALL && layer.there() == Is.UNKNOWN)
                ? "What the firewall does with this address can't be known. The reason is named below."
                : "AxiomDB does not keep this branch there yet: lines of others decide, and nobody knows how.";
    }

    static String place(Place place) {
        return switch (place) {
            case FIREWALL -> "firewall";
            case PG_HBA -> "pg_hba.conf";
            case POOLER -> "PgBouncer's list";
        };
    }

    private static String is(Is is) {
        return switch (is) {
            case LET_IN -> "lets in";
            case KEPT_OUT -> "keeps out";
            case UNKNOWN -> "not known";
        };
    }

    private void diagnostics(String title, List<Diagnostic> diagnostics, Page page) {
        page.blank().line(style.bold(title));
        DiagnosticText.render(diagnostics, Map.of()).lines().forEach(line -> page.line("  " + line));
    }

    /** What to do, where something can be done. */
    private void advice(Explanation e, Page page) {
        if (!e.wanted()) {
            page.blank()
                    .line("To let it in, add to projects."
                            + Escape.terminal(e.branch().project()) + ".network.rules, plan and apply:");
            page.line("    "
                    + style.cyan("my-rule: { cidr: " + e.from() + ", ports: "
                            + e.port().word() + " }"));
        } else if (e.managed() && e.unseen() == null && e.now() != Is.LET_IN) {
            page.blank().line("See what makes it so:");
            page.line("    " + style.cyan("axm plan"));
        }
    }

    private static String where(Source source) {
        return Escape.terminal(source.fileAndLine());
    }
}
