package io.axiomdb.cli.view;

import io.axiomdb.plan.AccessDifference;
import io.axiomdb.plan.EndedSessions;
import io.axiomdb.plan.Plan;
import java.util.List;

/** Who gains and loses access by a plan, in a comment on a pull request. */
final class AccessMarkdown {
    /** Lines of each kind; a comment that hides everything else helps nobody. */
    private static final int LISTED = 50;

    private static final AccessWords WORDS = new AccessWords(Escape::code);

    private AccessMarkdown() {}

    static void add(Plan plan, PlanView.Purpose purpose, StringBuilder text) {
        List<AccessDifference> worlds =
                plan.access().stream().filter(AccessDifference::opensToTheWorld).toList();
        if (!worlds.isEmpty()) {
            text.append("\n> [!CAUTION]\n");
            List<String> lines = worlds.stream()
                    .map(difference -> "> **OPENS TO THE WORLD:** " + WORDS.world(difference) + "\n")
                    .toList();
            text.append(String.join(">\n", lines));
        }
        if (plan.access().isEmpty() && plan.ends().isEmpty()) {
            return;
        }
        text.append("\n#### ").append(capital(AccessText.heading(purpose))).append("\n");
        plan.access().stream().limit(LISTED).forEach(difference -> difference(difference, plan, text));
        more(plan.access().size(), "more doors", text);
        plan.ends().stream().limit(LISTED).forEach(ended -> ended(ended, text));
        more(plan.ends().size(), "more places whose sessions end", text);
    }

    private static void difference(AccessDifference difference, Plan plan, StringBuilder text) {
        text.append("- ").append(WORDS.difference(difference)).append("\n");
        String unguarded = WORDS.unguarded(difference, plan);
        text.append(unguarded.isEmpty() ? "" : "  - " + unguarded + "\n");
    }

    private static void ended(EndedSessions ended, StringBuilder text) {
        text.append("- ⚠️ ").append(WORDS.ended(ended)).append("\n");
    }

    private static void more(int all, String what, StringBuilder text) {
        if (all > LISTED) {
            text.append("- and ").append(all - LISTED).append(" ").append(what).append("\n");
        }
    }

    private static String capital(String words) {
        return Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }
}
