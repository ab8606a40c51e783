package io.axiomdb.cli.view;

import io.axiomdb.apply.ChangeResult;
import io.axiomdb.apply.ChangeResult.Status;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.DiagnosticText;
import io.axiomdb.desired.Kind;
import io.axiomdb.engine.ApplyReport;
import io.axiomdb.engine.Planned;
import io.axiomdb.plan.Change;
import io.axiomdb.plan.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** An apply for people: a line for each change as it ends, at the end the proof or the way on. */
public final class ApplyText {
    private final Style style;

    public ApplyText(Style style) {
        this.style = style;
    }

    /** One change has ended. Several lines when it did not end well. */
    public String ended(ChangeResult result) {
        String what = PlanWords.resource(result.change()) + where(result.change());
        String verb = PlanWords.verb(result.change().action());
        return switch (result.status()) {
            case DONE ->
                "  " + style.green("done") + "     " + verb + " " + what + "  "
                        + style.dim(propagated(result) + Words.took(result.took())) + "\n" + notices(result);
            case FAILED -> "  " + style.loud("FAILED") + "   " + verb + " " + what + "\n" + why(result.why());
            case SKIPPED -> "  " + style.yellow("skipped") + "  " + verb + " " + what + "\n" + why(result.why());
            case STOPPED -> "  " + style.yellow("stopped") + "  " + verb + " " + what + "\n" + why(result.why());
        };
    }

    /** The live line: what runs and for how long. Fits on one line. */
    public String running(List<Change> changes, Duration elapsed) {
        String first = changes.isEmpty()
                ? "looking"
                : PlanWords.verb(changes.getFirst().action()) + " " + PlanWords.resource(changes.getFirst())
                        + where(changes.getFirst());
        String more = changes.size() > 1 ? " and " + (changes.size() - 1) + " more" : "";
        String text = "  ...      " + first + more + "  " + Words.took(elapsed);
        return text.length() < style.width() ? text : text.substring(0, Math.max(0, style.width() - 4)) + "...";
    }

    /** The last words. */
    public String ending(ApplyReport report, String next) {
        return report.notices().stream().map(ApplyText::why).collect(Collectors.joining()) + proof(report, next);
    }

    private String proof(ApplyReport report, String next) {
        long done = report.count(Status.DONE);
        String applied = "Applied " + Words.count(done, "change") + " in " + Words.took(report.took()) + ".";
        if (report.converged()) {
            int held = report.after().plan().heldBack().size();
            return style.green(
                            applied + " Looked again: nothing left to do" + (held == 0 ? "." : " unless you say so."))
                    + "\n"
                    + (held == 0
                            ? ""
                            : "Drift in " + Words.count(held, "place") + " was left alone; axm plan names it.\n");
        }
        StringBuilder text = new StringBuilder(applied);
        count(report, Status.FAILED, "failed", text);
        count(report, Status.SKIPPED, "skipped", text);
        count(report, Status.STOPPED, "stopped", text);
        text.append(" Looked again: ").append(left(report.after())).append("\n");
        report.after().plan().blocked().stream()
                .flatMap(b -> b.why().stream())
                .distinct()
                .forEach(why -> text.append(why(why)));
        return text + "\nGo on with:\n    " + style.cyan(next) + "\n";
    }

    /** What could not be looked at comes first: the last word is about the rest alone. */
    private static String left(Planned after) {
        List<String> words = new ArrayList<>();
        List<String> unseen = PlanHeading.unseen(after);
        if (!unseen.isEmpty()) {
            words.add(Escape.terminal(Words.and(unseen)) + " could not be looked at");
        }
        int blocked = after.plan().blocked().size();
        if (blocked > 0) {
            words.add(Words.count(blocked, "resource") + " blocked");
        }
        int left = after.plan().changes().size();
        String unless = after.plan().heldBack().isEmpty() ? "" : " unless you say so";
        words.add(
                left == 0
                        ? "nothing " + (words.isEmpty() ? "" : "else ") + "left to do" + unless
                        : Words.count(left, "change") + " left to do");
        return String.join(", ", words) + ".";
    }

    private static void count(ApplyReport report, Status status, String word, StringBuilder text) {
        if (report.count(status) > 0) {
            text.append(" ")
                    .append(report.count(status))
                    .append(" ")
                    .append(word)
                    .append(".");
        }
    }

    /** A change of access is in force when every layer has it, a new connection proved it, and no foreign rule decides otherwise. */
    private static String propagated(ChangeResult result) {
        boolean access = result.change().resource().kind() == Kind.HOST_ACCESS
                && result.change().steps().stream().anyMatch(Step.SetAccess.class::isInstance);
        if (!access) {
            return "";
        }
        return result.notices().isEmpty()
                ? "in force on all layers after "
                : "in force in AxiomDB's own rules, but foreign rules decide too, after ";
    }

    private static String notices(ChangeResult result) {
        return result.notices().stream().map(ApplyText::why).collect(Collectors.joining());
    }

    private static String where(Change change) {
        if (change.resource().kind() == Kind.HOST_ACCESS) {
            return "";
        }
        String project = change.resource().project();
        String of = project.isEmpty() || project.equals(change.resource().name()) ? "" : " of " + project;
        return Escape.terminal(of + (change.host().isEmpty() ? "" : " on " + change.host()));
    }

    private static String why(@Nullable Diagnostic why) {
        if (why == null) {
            return "";
        }
        String text = DiagnosticText.render(List.of(why), Map.of()).stripTrailing();
        return "           " + text.replace("\n", "\n           ") + "\n";
    }
}
