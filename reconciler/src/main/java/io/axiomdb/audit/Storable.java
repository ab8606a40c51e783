package io.axiomdb.audit;

/**
 * Makes any text storable: PostgreSQL holds no NUL, and UTF-8 no half of a surrogate pair. They are replaced and not
 * refused, for an entry must never be lost because a server or a file had strange words.
 */
final class Storable {
    private static final char NUL_SYMBOL = '\u2400';
    private static final char REPLACEMENT = '\ufffd';

    private Storable() {}

    static String text(String text) {
        return text.codePoints().allMatch(Storable::fits)
                ? text
                : text.codePoints()
                        .map(Storable::fitting)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
    }

    private static boolean fits(int point) {
        return point == fitting(point);
    }

    private static int fitting(int point) {
        boolean halfAPair = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
        return point == 0 ? NUL_SYMBOL : halfAPair ? REPLACEMENT : point;
    }
}
