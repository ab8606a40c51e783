package io.axiomdb.load;

import java.util.Collection;
import java.util.Optional;

/** Finds what was probably meant. Gives up after so many questions that the answers would be noise, and slow. */
public final class Suggest {
    private static final int QUESTIONS = 200;

    private int asked;

    /** Ready-made words for a hint, or empty text. */
    public String hint(String written, Collection<String> known) {
        return nearest(written, known).map(n -> "did you mean \"" + n + "\"?").orElse("");
    }

    private Optional<String> nearest(String written, Collection<String> known) {
        if (asked++ >= QUESTIONS || written.length() > 100) {
            return Optional.empty();
        }
        String best = null;
        int least = Math.max(1, written.length() / 3) + 1;
        for (String candidate : known) {
            int distance = distance(written, candidate, least);
            if (distance < least) {
                least = distance;
                best = candidate;
            }
        }
        return best != null ? Optional.of(best) : longerOrShorter(written, known);
    }

    /** {@code enviroment} for {@code env}. */
    private static Optional<String> longerOrShorter(String written, Collection<String> known) {
        return known.stream()
                .filter(k -> k.length() >= 3 && written.startsWith(k) || written.length() >= 3 && k.startsWith(written))
                .findFirst();
    }

    /** Edits from one to the other, a swap of neighbours counted as one; the limit when there are as many or more. */
    static int distance(String a, String b, int limit) {
        if (Math.abs(a.length() - b.length()) >= limit) {
            return limit;
        }
        int[] before = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                boolean same = a.charAt(i - 1) == b.charAt(j - 1);
                row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + (same ? 0 : 1));
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], before[j - 2] + 1);
                }
            }
            int[] free = before;
            before = last;
            last = row;
            row = free;
        }
        return Math.min(limit, last[b.length()]);
    }
}
