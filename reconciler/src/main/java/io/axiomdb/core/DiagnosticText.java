package io.axiomdb.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Diagnostics as plain text, with the line they are about and a caret under the place. Pure. Whatever a file or a host
 * says is escaped, so that it can't speak to the terminal.
 */
public final class DiagnosticText {
    /** Lines longer than this are shown around the caret only. */
    private static final int WIDTH = 110;

    private final Map<String, String> texts;
    private final Map<String, List<String>> lines = new HashMap<>();
    private final StringBuilder out = new StringBuilder();

    private DiagnosticText(Map<String, String> texts) {
        this.texts = texts;
    }

    /**
     * All of them, one after another with an empty line between, ending with a line break.
     *
     * @param texts of the files by name; places in other files are shown without their line
     */
    public static String render(List<Diagnostic> diagnostics, Map<String, String> texts) {
        DiagnosticText text = new DiagnosticText(texts);
        for (Diagnostic diagnostic : diagnostics) {
            text.out.append(text.out.isEmpty() ? "" : "\n");
            text.add(diagnostic);
        }
        return text.out.toString();
    }

    private void add(Diagnostic d) {
        line(d.severity().word() + "[" + d.code().id() + "]: " + d.code().summary()
                + (d.detail().isEmpty() ? "" : ": " + Visible.of(d.detail())));
        if (d.source().known()) {
            line("  --> " + Visible.of(d.source().toString()));
            excerpt(d.source(), d.hint());
        } else {
            line(
                    d.source().file().isEmpty()
                            ? ""
                            : "  --> " + Visible.of(d.source().file()));
            line(d.hint().isEmpty() ? "" : "   = " + Visible.of(d.hint()));
        }
        for (Diagnostic.Related related : d.related()) {
            line("  --> " + Visible.of(related.source() + "   " + related.text()));
        }
        d.help().lines().forEach(help -> line("   = " + Visible.of(help)));
    }

    private void excerpt(Source source, String hint) {
        List<String> all = lines.computeIfAbsent(source.file(), f -> split(texts.getOrDefault(f, "")));
        if (source.line() > all.size()) {
            line(hint.isEmpty() ? "" : "   = " + Visible.of(hint));
            return;
        }
        String number = Integer.toString(source.line());
        String gutter = " ".repeat(number.length());
        Excerpt excerpt = Excerpt.of(all.get(source.line() - 1), source.column(), source.length(), WIDTH);
        line(gutter + " |");
        line((number + " | " + excerpt.text()).stripTrailing());
        line((gutter + " | " + excerpt.caret() + " " + Visible.of(hint)).stripTrailing());
    }

    private void line(String text) {
        if (!text.isEmpty()) {
            out.append(text).append('\n');
        }
    }

    /** As YAML breaks lines, so that line numbers agree. */
    private static List<String> split(String text) {
        List<String> found = new ArrayList<>(List.of(text.split("\r\n|\r|\n", -1)));
        if (found.size() > 1 && found.getLast().isEmpty()) {
            found.removeLast();
        }
        return found;
    }
}
