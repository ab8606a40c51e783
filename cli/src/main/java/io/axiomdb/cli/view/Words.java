package io.axiomdb.cli.view;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Small pieces of English. */
public final class Words {
    private Words() {}

    /** {@code 84 ms}, {@code 1.2 s}, {@code 2 min 3 s}. */
    public static String took(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 1000) {
            return millis + " ms";
        }
        if (millis < 60_000) {
            return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
        }
        return duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
    }

    /** {@code 1 change}, {@code 2 changes}. */
    public static String count(long number, String noun) {
        if (number == 1) {
            return "1 " + noun;
        }
        return number + " " + (noun.endsWith("ch") ? noun + "es" : noun + "s");
    }

    /** {@code a}, {@code a and b}, {@code a, b and c}. */
    public static String and(List<String> words) {
        return joined(words, " and ");
    }

    /** {@code a}, {@code a or b}, {@code a, b or c}. */
    public static String or(List<String> words) {
        return joined(words, " or ");
    }

    private static String joined(List<String> words, String last) {
        return words.size() < 2
                ? String.join("", words)
                : String.join(", ", words.subList(0, words.size() - 1)) + last + words.getLast();
    }
}
