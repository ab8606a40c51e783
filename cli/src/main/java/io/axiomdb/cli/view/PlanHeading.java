package io.axiomdb.cli.view;

import io.axiomdb.engine.Planned;
import io.axiomdb.engine.Planned.HostLook;
import io.axiomdb.port.DesiredSource.Commit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The first line of a plan; the only line of an empty one. */
final class PlanHeading {
    private static final int COMMIT_DIGITS = 7;
    private static final int HOSTS_NAMED = 3;

    private PlanHeading() {}

    static String of(Planned planned, PlanView.Context context, Style style) {
        if (planned.plan().isEmpty()) {
            return empty(planned, context, style);
        }
        String looked = " (" + looked(planned) + ")";
        return switch (context.purpose()) {
            case PLAN, APPLY, RESET ->
                style.bold("Plan of " + Escape.terminal(context.file()) + at(context.commit())) + style.dim(looked);
            case DRIFT ->
                style.bold("Drift of " + Escape.terminal(planned.plan().organization()) + " since the last apply")
                        + style.dim(looked);
        };
    }

    private static String empty(Planned planned, PlanView.Context context, Style style) {
        boolean whole = planned.plan().blocked().isEmpty()
                && reached(planned).size() == planned.looks().size();
        String hosts = hosts(planned);
        String commit = context.commit() == null ? "" : abbreviated(context.commit()) + ", ";
        String took = " (" + commit + Words.took(planned.took()) + ").";
        String where = whole ? "" : " where AxiomDB could look";
        String text = switch (context.purpose()) {
            case PLAN, APPLY, RESET ->
                planned.plan().heldBack().isEmpty()
                        ? "Nothing to do" + where + ": " + hosts + " as " + Escape.terminal(context.file()) + " says"
                        : "Nothing to do unless you say so: " + hosts + " otherwise as "
                                + Escape.terminal(context.file()) + " says";
            case DRIFT ->
                planned.plan().heldBack().isEmpty()
                        ? "No drift" + where + ": " + hosts + " as last applied"
                        : "Drift only in what apply leaves alone: " + hosts + " otherwise as last applied";
        };
        return style.green(text) + took;
    }

    private static String at(@Nullable Commit commit) {
        return commit == null ? "" : " at " + abbreviated(commit) + " \"" + Escape.terminal(commit.subject()) + "\"";
    }

    static String abbreviated(Commit commit) {
        String id = Escape.terminal(commit.id());
        return id.substring(0, Math.min(COMMIT_DIGITS, id.length()));
    }

    private static String looked(Planned planned) {
        int all = planned.looks().size();
        int reached = reached(planned).size();
        String number = reached == all ? Words.count(all, "host") : reached + " of " + Words.count(all, "host");
        return number + " looked at in " + Words.took(planned.took());
    }

    private static String hosts(Planned planned) {
        List<String> names = reached(planned);
        if (names.isEmpty()) {
            return "the control plane is";
        }
        if (names.size() > HOSTS_NAMED) {
            return "all " + names.size() + " hosts are";
        }
        return Words.and(names) + (names.size() == 1 ? " is" : " are");
    }

    private static List<String> reached(Planned planned) {
        return planned.looks().stream()
                .filter(look -> look.unreachable() == null)
                .map(HostLook::host)
                .map(Escape::terminal)
                .toList();
    }
}
