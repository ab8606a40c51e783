package io.axiomdb.core;

import java.util.Comparator;

/**
 * Where something was declared.
 *
 * @param file as the user named it, relative to the directory of the root file; empty when nothing in a file asked for it
 * @param line 1-based; 0 when unknown
 * @param column 1-based, counted in code points; 0 when unknown
 * @param length of the marked text in code points, for the caret; at least 1
 */
public record Source(String file, int line, int column, int length) implements Comparable<Source> {
    /** Nothing in a file asked for it. */
    public static final Source NOWHERE = new Source("", 0, 0, 1);

    private static final Comparator<Source> ORDER = Comparator.comparing(Source::file)
            .thenComparingInt(Source::line)
            .thenComparingInt(Source::column)
            .thenComparingInt(Source::length);

    public boolean known() {
        return line > 0;
    }

    /** {@code axiomdb.yaml:24}, or empty text when unknown. */
    public String fileAndLine() {
        return known() ? file + ":" + line : file;
    }

    @Override
    public int compareTo(Source other) {
        return ORDER.compare(this, other);
    }

    /** {@code axiomdb.yaml:24:5}. */
    @Override
    public String toString() {
        return known() ? file + ":" + line + ":" + column : file;
    }
}
