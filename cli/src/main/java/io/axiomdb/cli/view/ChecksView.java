package io.axiomdb.cli.view;

import io.axiomdb.host.Check;
import java.util.List;
import java.util.SortedMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What was looked at on hosts, for people and for programs. */
public final class ChecksView {
    private static final int SUBJECT = 18;

    private ChecksView() {}

    /** By host. */
    public static String text(SortedMap<String, List<Check>> checks, Style style) {
        Page page = new Page(style);
        checks.forEach((host, all) -> {
            page.blank();
            page.line(style.bold(Escape.terminal(host)));
            all.forEach(check -> line(check, style, page));
        });
        page.blank();
        page.line(total(checks, style));
        return page.text();
    }

    private static void line(Check check, Style style, Page page) {
        String word = switch (check.status()) {
            case OK -> style.green("ok  ");
            case NOTE -> style.yellow("note");
            case BAD -> style.red("BAD ");
        };
        String subject = Escape.terminal(check.subject());
        String gap = " ".repeat(Math.max(1, SUBJECT - subject.length()));
        page.wrapped(2, word + " " + subject + gap + Escape.terminal(check.what()), 7);
        if (!check.mend().isEmpty()) {
            page.wrapped(7, "= " + Escape.terminal(check.mend()), 9);
        }
    }

    private static String total(SortedMap<String, List<Check>> checks, Style style) {
        long bad = count(checks, Check.Status.BAD);
        long notes = count(checks, Check.Status.NOTE);
        String hosts = Words.count(checks.size(), "host");
        String known = notes == 0 ? "" : ", " + Words.count(notes, "note");
        return bad == 0
                ? style.green("All is well") + " on " + hosts + known + "."
                : style.red(bad + " to mend") + " on " + hosts + known + ".";
    }

    private static long count(SortedMap<String, List<Check>> checks, Check.Status status) {
        return checks.values().stream()
                .flatMap(List::stream)
                .filter(check -> check.status() == status)
                .count();
    }

    /** {@code axiomdb.doctor/1}. */
    public static String json(SortedMap<String, List<Check>> checks) {
        ObjectNode root = Json.format("axiomdb.doctor/1").put("well", count(checks, Check.Status.BAD) == 0);
        ArrayNode hosts = root.putArray("hosts");
        checks.forEach((host, all) -> {
            ObjectNode one = hosts.addObject().put("host", host);
            one.set("checks", Json.array(all, ChecksView::json));
        });
        return Json.write(root);
    }

    private static ObjectNode json(Check check) {
        return Json.object()
                .put("subject", check.subject())
                .put("status", check.status().word())
                .put("what", check.what())
                .put("mend", check.mend());
    }

    /** {@code axiomdb.my-ip/1}. */
    public static String json(String host, String address) {
        return Json.write(Json.format("axiomdb.my-ip/1").put("host", host).put("address", address));
    }
}
