package io.axiomdb.cli.view;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Source;
import io.axiomdb.engine.Planned;
import io.axiomdb.host.Access;
import io.axiomdb.plan.Action;
import io.axiomdb.plan.Blocked;
import io.axiomdb.plan.Change;
import io.axiomdb.plan.FieldChange;
import io.axiomdb.plan.HeldBack;
import io.axiomdb.plan.Plan;
import io.axiomdb.plan.Step;
import java.util.List;

/** A plan as a comment on a pull request. Values stand in code spans, prose is escaped, SQL is folded away. */
public final class PlanMarkdown implements PlanView {
    /** GitHub takes 65,536 characters; what does not fit is left out from the end, with a word about it. */
    private static final int LIMIT = 60_000;

    @Override
    public String render(Planned planned, Context context) {
        String whole = page(planned, context, true);
        return whole.length() <= LIMIT ? whole : cut(page(planned, context, false), planned, context);
    }

    private static String page(Planned planned, Context context, boolean sql) {
        Plan plan = planned.plan();
        StringBuilder text = new StringBuilder("### AxiomDB plan of " + Escape.code(context.file()));
        if (context.commit() != null) {
            text.append(" at ").append(Escape.code(PlanHeading.abbreviated(context.commit())));
        }
        text.append("\n\n").append(plan.isEmpty() ? empty(planned) : "**" + PlanWords.totals(plan) + "**");
        text.append(" Plan ").append(Escape.code(plan.digest().abbreviated())).append(".\n");
        AccessMarkdown.add(plan, context.purpose(), text);
        removals(plan, text);
        PlanText.groups(plan.changes()).forEach((heading, changes) -> {
            text.append("\n#### ").append(Escape.markdown(heading)).append("\n");
            changes.forEach(change -> change(change, AccessWords.untold(change, plan), text));
        });
        remarks(planned, text);
        if (sql) {
            statements(plan, text);
        }
        ending(planned, context, text);
        return text.toString();
    }

    private static String empty(Planned planned) {
        String gaps = PlanHeading.gaps(planned, Escape::markdown);
        return gaps.isEmpty() ? "**Nothing to do.**" : "**" + gaps + " Nothing else to do.**";
    }

    private static void removals(Plan plan, StringBuilder text) {
        List<String> words = PlanWords.losses(plan).stream()
                .map(loss -> "> " + Escape.markdown(loss) + "\n")
                .toList();
        if (!words.isEmpty()) {
            text.append("\n> [!CAUTION]\n").append(String.join(">\n", words));
        }
    }

    private static void change(Change change, List<FieldChange> fields, StringBuilder text) {
        text.append("- **").append(PlanWords.verb(change.action())).append("** ");
        text.append(change.resource().kind().words()).append(" ");
        text.append(Escape.code(change.resource().name())).append(where(change.source()));
        String reason = change.action() == Action.REPAIR && !change.reason().startsWith("drift")
                ? PlanWords.DRIFT
                : change.reason();
        text.append(reason.isEmpty() ? "" : " · " + Escape.markdown(reason)).append("\n");
        if (change.action() == Action.ADOPT) {
            fields(fields.stream().filter(f -> f.subject().isEmpty()).toList(), true, text);
            fields(fields.stream().filter(f -> !f.subject().isEmpty()).toList(), false, text);
        } else {
            fields(fields, change.action() == Action.CREATE, text);
        }
    }

    private static void fields(List<FieldChange> fields, boolean created, StringBuilder text) {
        for (FieldChange f : fields) {
            text.append("  - ").append(f.subject().isEmpty() ? "" : Escape.code(f.subject()) + ":");
            text.append(f.subject().isEmpty() || f.name().isEmpty() ? "" : " ").append(Escape.markdown(f.name()));
            if (created && !f.after().isEmpty()) {
                text.append(" ").append(Escape.code(f.after()));
            } else if (!f.before().isEmpty() || !f.after().isEmpty()) {
                text.append(" ").append(value(f.before())).append(" → ").append(value(f.after()));
            }
            text.append("\n");
        }
    }

    private static String value(String value) {
        return value.isEmpty() ? "(none)" : Escape.code(value);
    }

    private static void remarks(Planned planned, StringBuilder text) {
        Plan plan = planned.plan();
        if (!plan.heldBack().isEmpty()) {
            text.append("\n#### Drift that apply leaves alone until it is named\n");
            plan.heldBack().forEach(held -> heldBack(held, text));
        }
        if (!plan.blocked().isEmpty()) {
            text.append("\n#### Blocked, left out of this plan\n");
            for (Blocked blocked : plan.blocked()) {
                text.append("- ")
                        .append(Escape.code(blocked.resource().toString()))
                        .append("\n");
                blocked.why().forEach(why -> diagnostic(why, "  ", text));
            }
        }
        section("To know", plan.notices(), text);
        section("Refused", plan.refusals(), text);
        if (!plan.notEnforced().isEmpty()) {
            text.append("\nDeclared and stored, not yet enforced on hosts by this version: ")
                    .append(Escape.markdown(String.join(", ", plan.notEnforced())))
                    .append("\n");
        }
    }

    private static void heldBack(HeldBack held, StringBuilder text) {
        text.append("- ").append(Escape.code(held.resource().toString())).append(": ");
        text.append(Escape.markdown(held.reason())).append(" · repair with ");
        text.append(Escape.code(held.flag())).append("\n");
        fields(held.fields(), false, text);
    }

    private static void section(String title, List<Diagnostic> diagnostics, StringBuilder text) {
        if (!diagnostics.isEmpty()) {
            text.append("\n#### ").append(title).append("\n");
            diagnostics.forEach(d -> diagnostic(d, "", text));
        }
    }

    private static void diagnostic(Diagnostic d, String indent, StringBuilder text) {
        text.append(indent)
                .append("- ")
                .append(Escape.code(d.code().id()))
                .append(" ")
                .append(d.code().summary());
        text.append(": ").append(Escape.markdown(d.detail())).append(where(d.source()));
        text.append(d.help().isEmpty() ? "" : " " + Escape.markdown(d.help())).append("\n");
    }

    private static void statements(Plan plan, StringBuilder text) {
        if (plan.changes().stream().allMatch(c -> c.steps().isEmpty())) {
            return;
        }
        text.append("\n<details><summary>SQL</summary>\n");
        for (Change change : plan.changes()) {
            for (Step step : change.steps()) {
                text.append("\n")
                        .append(Escape.code(change.resource().toString()))
                        .append(" · ");
                text.append(Escape.markdown(PlanWords.step(step))).append("\n\n");
                text.append(Escape.fenced("sql", sql(step))).append("\n");
            }
        }
        text.append("\n</details>\n");
    }

    private static String sql(Step step) {
        return switch (step) {
            case Step.Sql sql -> String.join(";\n", sql.statements()) + ";";
            case Step.SqlAlone alone -> alone.statement() + ";";
            case Step.MakeRoles roles -> String.join(";\n", roles.statements()) + ";";
            case Step.NoteDatabase note -> "-- " + note.database();
            case Step.Copy copy -> "-- " + PlanWords.way(copy.way());
            case Step.RunScript script -> script.sql();
            case Step.RefreshDerived _ -> "-- REFRESH MATERIALIZED VIEW, VACUUM, ANALYZE";
            case Step.SetAccess(String _, Access access) -> String.join("\n", access.lines());
            case Step.SetCertificate certificate -> String.join("\n", certificate.names());
            case Step.CarryPasswords carry ->
                String.join(
                        "\n",
                        carry.keys().entrySet().stream()
                                .map(key -> "-- " + key.getKey() + " as " + key.getValue())
                                .toList());
            case Step.SetPasswords passwords ->
                String.join(
                        "\n",
                        passwords.targets().stream()
                                .map(t -> "-- " + PlanWords.password(t))
                                .toList());
        };
    }

    private static void ending(Planned planned, Context context, StringBuilder text) {
        if (planned.plan().isEmpty()) {
            return;
        }
        if (planned.plan().refusals().isEmpty()) {
            text.append("\nApply exactly this:\n\n")
                    .append(Escape.fenced("sh", context.next(planned)))
                    .append("\n");
        } else {
            text.append("\n**Apply refuses this plan until that is mended.**\n");
        }
    }

    private static String where(Source source) {
        return source.known() ? " " + Escape.code(source.fileAndLine()) : "";
    }

    /** Only whole lines, and never without the ending. */
    private static String cut(String text, Planned planned, Context context) {
        if (text.length() <= LIMIT) {
            return text;
        }
        StringBuilder cut = new StringBuilder(text.substring(0, text.lastIndexOf('\n', LIMIT - 2_000) + 1));
        cut.append("\n**The rest does not fit into a comment; see all of it with ")
                .append(Escape.code("axm plan --sql"))
                .append(".**\n");
        ending(planned, context, cut);
        return cut.toString();
    }
}
