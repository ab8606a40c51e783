package io.axiomdb.edit;

import java.util.Comparator;
import java.util.List;

/** Puts a text in the place of the characters from one position to another of a file. */
record Splice(int from, int to, String text) {
    static Splice insert(int at, String text) {
        return new Splice(at, at, text);
    }

    static Splice delete(int from, int to) {
        return new Splice(from, to, "");
    }

    /** All of them at once; they must not overlap. Insertions at one place follow each other as they are listed. */
    static String all(String file, List<Splice> splices) {
        StringBuilder text = new StringBuilder(file);
        splices.reversed().stream()
                .sorted(Comparator.comparingInt(Splice::from)
                        .thenComparing(Splice::isInsertion, Comparator.reverseOrder())
                        .reversed())
                .forEach(s -> text.replace(s.from(), s.to(), s.text()));
        return text.toString();
    }

    /** At the same place it comes after a deletion, which would take it away. */
    private boolean isInsertion() {
        return from == to;
    }
}
