package io.axiomdb.cli.view;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows in columns that are as wide as they must be; columns with nothing in them are left out. */
final class Table {
    private final List<String> header;
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... header) {
        this.header = List.of(header);
    }

    void row(String... cells) {
        rows.add(Arrays.stream(cells).map(Escape::terminal).toList());
    }

    String text(Style style) {
        StringBuilder text = new StringBuilder(style.dim(line(header))).append("\n");
        rows.forEach(row -> text.append(line(row)).append("\n"));
        return text.toString();
    }

    private String line(List<String> cells) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            int column = i;
            int width = rows.stream()
                    .mapToInt(row -> Style.visible(row.get(column)))
                    .max()
                    .orElse(0);
            if (width > 0) {
                int full = Math.max(width, header.get(i).length());
                line.append(cells.get(i)).append(" ".repeat(Math.max(0, full - Style.visible(cells.get(i))) + 2));
            }
        }
        return line.toString().stripTrailing();
    }
}
