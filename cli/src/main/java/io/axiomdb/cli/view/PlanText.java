package io.axiomdb.cli.view;

import io.axiomdb.engine.Planned;
import io.axiomdb.plan.Action;
import io.axiomdb.plan.Change;
import io.axiomdb.plan.HeldBack;
import io.axiomdb.plan.Plan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A plan for people: what goes away first and loud, then everything by project, then what is left alone and why. */
public final class PlanText implements PlanView {
    private final Style style;

    public PlanText(Style style) {
        this.style = style;
    }

    @Override
    public String render(Planned planned, Context context) {
        Page page = new Page(style);
        page.line(PlanHeading.of(planned, context, style));
        new AccessText(style, page).add(planned.plan(), context.purpose());
        removals(planned.plan(), page);
        groups(planned.plan().changes()).forEach((heading, changes) -> {
            page.blank().line(style.bold(heading));
            ChangeText text = new ChangeText(style, page);
            changes.forEach(change -> text.add(change, AccessWords.untold(change, planned.plan()), context));
        });
        heldBack(planned.plan(), page);
        new PlanRemarks(style, page).add(planned);
        ending(planned, context, page);
        return page.text();
    }

    private void removals(Plan plan, Page page) {
        for (Change change : plan.changes()) {
            if (change.action() == Action.REMOVE && change.resource().kind().holdsData()) {
                page.blank();
                page.wrapped(0, style.loud(PlanWords.unreachable(change)), 0);
            }
            if (change.action() == Action.ADOPT) {
                page.blank();
                page.wrapped(0, style.loud(PlanWords.takesOver(change)), 0);
            }
        }
    }

    /** By project, in the order of the plan, what goes away first; the heading names the hosts. */
    static Map<String, List<Change>> groups(List<Change> changes) {
        Map<String, List<Change>> projects = new LinkedHashMap<>();
        changes.forEach(change -> projects.computeIfAbsent(change.resource().project(), key -> new ArrayList<>())
                .add(change));
        Map<String, List<Change>> groups = new LinkedHashMap<>();
        projects.forEach((project, group) -> {
            group.sort(Comparator.comparing(change -> change.action() != Action.REMOVE));
            groups.put(PlanWords.heading(project, group), group);
        });
        return groups;
    }

    private void heldBack(Plan plan, Page page) {
        if (plan.heldBack().isEmpty()) {
            return;
        }
        page.blank().line(style.bold("drift that apply leaves alone until it is named"));
        ChangeText text = new ChangeText(style, page);
        for (HeldBack held : plan.heldBack()) {
            text.add(held);
        }
    }

    private void ending(Planned planned, Context context, Page page) {
        Plan plan = planned.plan();
        if (plan.isEmpty()) {
            return;
        }
        page.blank();
        page.line(
                style.bold(PlanWords.totals(plan)) + "   plan " + plan.digest().abbreviated());
        if (!plan.refusals().isEmpty()) {
            page.blank().line(style.red("apply refuses this plan until that is mended."));
            return;
        }
        switch (context.purpose()) {
            case PLAN -> next("Apply exactly this:", planned, context, page);
            case DRIFT -> next("See what repairs it:", planned, context, page);
            case APPLY, DUE -> page.blank();
        }
    }

    private void next(String words, Planned planned, Context context, Page page) {
        page.blank().line(words);
        page.line("    " + style.cyan(context.next(planned)));
    }
}
