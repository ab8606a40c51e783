package io.axiomdb.core;

/** Makes text harmless to show: what a terminal would obey or hide is written as {@code \}{@code u+XXXX}. */
public final class Visible {
    private Visible() {}

    public static String of(String text) {
        if (text.codePoints().allMatch(Visible::harmless)) {
            return text;
        }
        StringBuilder shown = new StringBuilder();
        text.codePoints().forEach(c -> shown.append(of(c)));
        return shown.toString();
    }

    /** One code point, as itself or escaped. */
    public static String of(int codePoint) {
        return harmless(codePoint) ? Character.toString(codePoint) : "\\u+%04X".formatted(codePoint);
    }

    /** Whether it shows as itself and does nothing else. */
    public static boolean harmless(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> false;
            // The last two of each plane stand for no character at all; YAML refuses some of them without a place.
            default -> (codePoint & 0xfffe) != 0xfffe;
        };
    }
}
