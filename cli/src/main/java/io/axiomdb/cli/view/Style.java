package io.axiomdb.cli.view;

/**
 * How text may look where it goes.
 *
 * @param colors whether escape sequences are understood and wanted
 * @param width in columns
 */
public record Style(boolean colors, int width) {
    public static final int FALLBACK_WIDTH = 100;
    /** No colours, a sane width: for files, pipes and tests. */
    public static final Style PLAIN = new Style(false, FALLBACK_WIDTH);

    public String bold(String text) {
        return paint("1", text);
    }

    public String dim(String text) {
        return paint("2", text);
    }

    public String red(String text) {
        return paint("31", text);
    }

    public String loud(String text) {
        return paint("1;31", text);
    }

    public String green(String text) {
        return paint("32", text);
    }

    public String yellow(String text) {
        return paint("33", text);
    }

    public String cyan(String text) {
        return paint("36", text);
    }

    private String paint(String how, String text) {
        return colors && !text.isEmpty() ? "\033[" + how + "m" + text + "\033[0m" : text;
    }

    /** Columns that a text takes once its colours are gone. */
    static int visible(String text) {
        String bare = text.indexOf('\033') < 0 ? text : text.replaceAll("\033\\[[0-9;]*m", "");
        return bare.codePointCount(0, bare.length());
    }
}
