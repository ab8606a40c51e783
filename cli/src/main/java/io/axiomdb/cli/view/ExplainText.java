package io.axiomdb.cli.view;

import io.axiomdb.core.Code;

/** Shows what docs/errors.md says about codes. */
public final class ExplainText {
    private ExplainText() {}

    /** One code with its section. */
    public static String one(Code code, String document, Style style) {
        String heading = "\n### " + code.id() + " " + code.summary() + "\n";
        int from = document.indexOf(heading);
        if (from < 0) {
            throw new IllegalStateException("docs/errors.md has no section " + code.id());
        }
        int start = from + heading.length();
        int end = document.indexOf("\n#", start);
        String text =
                document.substring(start, end < 0 ? document.length() : end).strip();
        return style.bold(code.severity().word() + "[" + code.id() + "]: " + code.summary()) + "\n\n"
                + text.replaceAll("\\[([^\\]]+)]\\([^)]*\\)", "$1") + "\n";
    }

    /** All codes with their summaries. */
    public static String all(Style style) {
        Table table = new Table("CODE", "", "SUMMARY");
        for (Code code : Code.values()) {
            table.row(code.id(), code.severity().word(), code.summary());
        }
        return table.text(style);
    }
}
