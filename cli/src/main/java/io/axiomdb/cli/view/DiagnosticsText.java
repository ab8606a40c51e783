package io.axiomdb.cli.view;

import io.axiomdb.core.Diagnostic;
import java.util.List;
import java.util.Map;

/** Diagnostics for people. The one place that decides how they look on a terminal. */
public final class DiagnosticsText {
    private DiagnosticsText() {}

    /**
     * All of them, an empty line between two.
     *
     * @param texts of the files they point into, by name, for carets; may be empty
     */
    public static String render(List<Diagnostic> diagnostics, Map<String, String> texts) {
        return String.join("\n", diagnostics.stream().map(d -> one(d, texts)).toList());
    }

    private static String one(Diagnostic d, Map<String, String> texts) {
        StringBuilder text =
                new StringBuilder(d.severity().word() + "[" + d.code().id() + "]: "
                        + d.code().summary() + (d.detail().isEmpty() ? "" : ": " + indented(d.detail())) + "\n");
        if (d.source().known()) {
            text.append("  --> ").append(Escape.terminal(d.source().toString())).append("\n");
            caret(d, texts, text);
        }
        d.related()
                .forEach(r -> text.append("  --> ")
                        .append(Escape.terminal(r.source() + "   " + r.text()))
                        .append("\n"));
        if (!d.help().isEmpty()) {
            text.append("   = ").append(indented(d.help())).append("\n");
        }
        return text.toString();
    }

    private static void caret(Diagnostic d, Map<String, String> texts, StringBuilder text) {
        List<String> lines = texts.getOrDefault(d.source().file(), "").lines().toList();
        if (d.source().line() > lines.size()) {
            return;
        }
        String number = Integer.toString(d.source().line());
        String gutter = " ".repeat(number.length());
        String hint = d.hint().isEmpty() ? "" : " " + Escape.terminal(d.hint());
        text.append(gutter).append(" |\n");
        text.append(number)
                .append(" | ")
                .append(Escape.terminal(lines.get(d.source().line() - 1)));
        text.append("\n").append(gutter).append(" | ");
        text.append(" ".repeat(Math.max(0, d.source().column() - 1)));
        text.append("^".repeat(Math.max(1, d.source().length()))).append(hint).append("\n");
    }

    private static String indented(String text) {
        return Escape.lines(text).replace("\n", "\n     ");
    }
}
