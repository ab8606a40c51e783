package io.axiomdb.cli.view;

import io.axiomdb.engine.Planned;
import io.axiomdb.engine.Planned.HostLook;
import io.axiomdb.port.DesiredSource.Commit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
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
            case PLAN, APPLY ->
                style.bold("Plan of " + Escape.terminal(context.file()) + at(context.commit())) + style.dim(looked);
            case PURGE -> style.bold("Purge of " + Escape.terminal(context.file())) + style.dim(looked);
            case DUE -> style.bold("Due in " + Escape.terminal(planned.plan().organization())) + style.dim(looked);
            case DRIFT ->
                style.bold("Drift of " + Escape.terminal(planned.plan().organization()) + " since the last apply")
                        + style.dim(looked);
        };
    }

    private static String empty(Planned planned, PlanView.Context context, Style style) {
        String commit = context.commit() == null ? "" : abbreviated(context.commit()) + ", ";
        String took = " (" + commit + Words.took(planned.took()) + ").";
        String gaps = gaps(planned, Escape::terminal);
        return gaps.isEmpty()
                ? style.green(whole(planned, context)) + took
                : style.yellow(gaps + " " + rest(planned, context)) + took;
    }

    private static String whole(Planned planned, PlanView.Context context) {
        boolean retained =
                context.purpose() == PlanView.Purpose.DRIFT && planned.plan().hasRetainedDrift();
        boolean held = !planned.plan().heldBack().isEmpty() || retained;
        String hosts = hosts(planned) + (held ? " otherwise" : "");
        return switch (context.purpose()) {
            case PLAN, APPLY ->
                "Nothing to do" + (held ? " unless you say so" : "") + ": " + hosts + " as "
                        + Escape.terminal(context.file()) + " says";
            case PURGE -> "Nothing that can be dropped is kept of " + Escape.terminal(context.file());
            case DUE -> "Nothing is due";
            case DRIFT ->
                (held ? "Drift only in what apply leaves alone: " : "No drift: ") + hosts + " as last applied";
        };
    }

    /** What stands behind the gaps: no word about what nobody could look at, or what is blocked. */
    private static String rest(Planned planned, PlanView.Context context) {
        boolean held = !planned.plan().heldBack().isEmpty();
        String rest = "the rest is" + (held ? " otherwise" : "");
        return switch (context.purpose()) {
            case PLAN, APPLY ->
                "Nothing else to do" + (held ? " unless you say so" : "") + ": " + rest + " as "
                        + Escape.terminal(context.file()) + " says";
            case PURGE -> "Nothing that can be dropped is kept elsewhere";
            case DUE -> "Nothing else is due";
            case DRIFT ->
                (held ? "Other drift only in what apply leaves alone: " : "No other drift: ") + rest
                        + " as last applied";
        };
    }

    /** {@code Not looked at: db2. Blocked: 3 resources.}; empty when everything was looked at and planned. */
    static String gaps(Planned planned, UnaryOperator<String> escape) {
        List<String> gaps = new ArrayList<>();
        List<String> unseen = unseen(planned);
        if (!unseen.isEmpty()) {
            gaps.add("Not looked at: " + Words.and(unseen.stream().map(escape).toList()) + ".");
        }
        int blocked = planned.plan().blocked().size();
        if (blocked > 0) {
            gaps.add("Blocked: " + Words.count(blocked, "resource") + ".");
        }
        return String.join(" ", gaps);
    }

    /** Hosts that could not be looked at, by name; many are only counted. */
    static List<String> unseen(Planned planned) {
        List<String> names = planned.looks().stream()
                .filter(look -> look.unreachable() != null)
                .map(HostLook::host)
                .toList();
        return names.size() > HOSTS_NAMED ? List.of(names.size() + " hosts") : names;
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
