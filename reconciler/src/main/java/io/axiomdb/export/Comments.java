package io.axiomdb.export;

import io.axiomdb.core.Visible;
import java.util.ArrayList;
import java.util.List;

/** Comments in YAML. Nothing in a name can end one: whatever does not show as itself is escaped. */
final class Comments {
    private static final int WIDTH = 118;

    private Comments() {}

    /** Lines of their own, broken at spaces. */
    static String lines(String indent, String text) {
        StringBuilder out = new StringBuilder();
        for (String line : wrapped(Visible.of(text), WIDTH - indent.length() - 2)) {
            out.append(indent).append("# ").append(line).append('\n');
        }
        return out.toString();
    }

    /** Behind something on a line. */
    static String behind(String text) {
        return " # " + Visible.of(text);
    }

    private static List<String> wrapped(String text, int width) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ", -1)) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line = new StringBuilder("  ");
            } else if (!line.isEmpty()) {
                line.append(' ');
            }
            line.append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
