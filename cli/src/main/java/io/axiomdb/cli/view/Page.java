package io.axiomdb.cli.view;

import java.util.ArrayList;
import java.util.List;

/** Lines of text, some with a right column that starts at the same place on all of them. */
final class Page {
    private static final int GAP = 3;

    private record Row(String left, String right) {}

    private final List<Row> rows = new ArrayList<>();
    private final Style style;

    Page(Style style) {
        this.style = style;
    }

    Page line(String left) {
        return line(left, "");
    }

    /** The right text is dimmed; an empty one takes no room. */
    Page line(String left, String right) {
        rows.add(new Row(left, right));
        return this;
    }

    /** One empty line, never two in a row and none at the top. */
    Page blank() {
        if (!rows.isEmpty() && !rows.getLast().left().isEmpty()) {
            line("");
        }
        return this;
    }

    /** Words that are wrapped at the page's width, every line but the first indented further. */
    Page wrapped(int indent, String text, int hanging) {
        String prefix = " ".repeat(indent);
        StringBuilder current = new StringBuilder(prefix);
        for (String word : text.split(" ", -1)) {
            boolean fits = Style.visible(current.toString()) + 1 + Style.visible(word) <= style.width();
            if (!fits && !current.toString().isBlank()) {
                line(current.toString());
                current = new StringBuilder(" ".repeat(hanging)).append(word);
            } else {
                current.append(current.toString().isBlank() ? "" : " ").append(word);
            }
        }
        return line(current.toString());
    }

    String text() {
        int column = column();
        StringBuilder text = new StringBuilder();
        for (Row row : rows) {
            text.append(row.left());
            if (!row.right().isEmpty()) {
                int gap = Math.max(GAP, column - Style.visible(row.left()));
                text.append(" ".repeat(gap)).append(style.dim(row.right()));
            }
            text.append('\n');
        }
        return text.toString();
    }

    /** As far left as the lines allow, but never so far right that the widest right text would not fit. */
    private int column() {
        int left = 0;
        int right = 0;
        for (Row row : rows) {
            if (!row.right().isEmpty()) {
                left = Math.max(left, Style.visible(row.left()));
                right = Math.max(right, Style.visible(row.right()));
            }
        }
        return Math.min(left + GAP, Math.max(0, style.width() - right));
    }
}
