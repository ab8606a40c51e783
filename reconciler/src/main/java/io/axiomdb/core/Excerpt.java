package io.axiomdb.core;

/**
 * A line of a file as shown above a caret, and the caret.
 *
 * @param text escaped, tabs expanded, cut around the caret when too long
 * @param caret spaces and {@code ^} that stand under the marked part of the text
 */
record Excerpt(String text, String caret) {
    private static final int TAB = 4;
    private static final int BEFORE = 30;

    /**
     * Cuts a line.
     *
     * @param column 1-based, in code points
     * @param length of the marked part in code points
     * @param width how many code points of the line to show at most
     */
    static Excerpt of(String line, int column, int length, int width) {
        int[] points = line.codePoints().toArray();
        int begin = Math.min(column - 1, points.length);
        int end = Math.min(begin + length, points.length);
        int from = points.length <= width ? 0 : Math.max(0, begin - BEFORE);
        int to = Math.min(points.length, from + width);
        StringBuilder text = new StringBuilder(from > 0 ? "..." : "");
        StringBuilder caret = new StringBuilder(from > 0 ? "   " : "");
        for (int i = from; i < to; i++) {
            String shown = shown(points[i], text.length());
            text.append(shown);
            caret.append((i < begin || i >= end ? " " : "^").repeat(columns(points[i], shown)));
        }
        text.append(to < points.length ? "..." : "");
        String marks = caret.toString().stripTrailing();
        return new Excerpt(text.toString(), marks.isEmpty() ? caret.append('^').toString() : marks);
    }

    private static String shown(int codePoint, int at) {
        return codePoint == '\t' ? " ".repeat(TAB - at % TAB) : Visible.of(codePoint);
    }

    /** Combining marks take no room, East Asian wide characters and emoji two columns. */
    private static int columns(int codePoint, String shown) {
        int type = Character.getType(codePoint);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
            return 0;
        }
        return wide(codePoint) ? 2 : shown.codePointCount(0, shown.length());
    }

    private static boolean wide(int c) {
        return c >= 0x1100 && c <= 0x115f
                || c >= 0x2e80 && c <= 0xa4cf
                || c >= 0xac00 && c <= 0xd7a3
                || c >= 0xf900 && c <= 0xfaff
                || c >= 0xfe30 && c <= 0xfe6f
                || c >= 0xff00 && c <= 0xff60
                || c >= 0x1f300 && c <= 0x1faff
                || c >= 0x20000 && c <= 0x3fffd;
    }
}
