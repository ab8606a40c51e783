package io.axiomdb.cli.view;

import io.axiomdb.plan.AccessDifference;
import io.axiomdb.plan.EndedSessions;
import io.axiomdb.plan.Plan;

/** Who gains and loses access by a plan, for people: what opens to the world first and loud. */
final class AccessText {
    /** Addresses whose sessions end that are named. */
    private static final int NAMED = 10;

    private final AccessWords words = new AccessWords(Escape::terminal);
    private final Style style;
    private final Page page;

    AccessText(Style style, Page page) {
        this.style = style;
        this.page = page;
    }

    void add(Plan plan, PlanView.Purpose purpose) {
        plan.access().stream().filter(AccessDifference::opensToTheWorld).forEach(difference -> {
            page.blank();
            page.wrapped(0, style.loud("OPENS TO THE WORLD: " + words.world(difference)), 0);
        });
        if (plan.access().isEmpty() && plan.ends().isEmpty()) {
            return;
        }
        page.blank().line(style.bold(heading(purpose)));
        plan.access().forEach(difference -> difference(difference, plan));
        plan.ends().stream()
                .limit(NAMED)
                .forEach(ended -> page.wrapped(2, style.yellow("!") + " " + words.ended(ended), 4));
        if (plan.ends().size() > NAMED) {
            page.line("  " + style.yellow("!") + " " + more(plan));
        }
    }

    private void difference(AccessDifference difference, Plan plan) {
        page.wrapped(2, words.difference(difference), 6);
        String unguarded = words.unguarded(difference, plan);
        if (!unguarded.isEmpty()) {
            page.wrapped(6, style.yellow(unguarded), 6);
        }
    }

    static String heading(PlanView.Purpose purpose) {
        return switch (purpose) {
            case PLAN, APPLY, DUE -> "who may connect, in effect";
            case DRIFT -> "who may connect once this is repaired";
        };
    }

    private static String more(Plan plan) {
        long sessions =
                plan.ends().stream().skip(NAMED).mapToLong(EndedSessions::count).sum();
        return "and " + Words.count(sessions, "more session") + " from "
                + (plan.ends().size() - NAMED) + " more places";
    }
}
