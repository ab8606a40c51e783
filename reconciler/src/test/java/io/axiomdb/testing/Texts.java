package io.axiomdb.testing;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * Text for fuzz tests. {@link #any} for what takes any text; {@link #near} for parsers with a small alphabet, such as
 * addresses and durations, which any text would not get far into.
 */
public final class Texts {
    private static final String SPECIAL = "'\"\\$`;%?{}()[]<>:=,*@/#&|!~^+-_. \t\n\r\u0007\u001b\u202e\u0301";

    private Texts() {}

    /** Any Unicode but NUL and halves of pairs; up to that many code points, often ones that mean something somewhere. */
    public static String any(Random random, int most) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            text.appendCodePoint(
                    switch (random.nextInt(5)) {
                        case 0, 1 -> SPECIAL.charAt(random.nextInt(SPECIAL.length()));
                        case 2 -> 'a' + random.nextInt(26);
                        case 3 -> basic(random);
                        default -> Character.MIN_SUPPLEMENTARY_CODE_POINT + random.nextInt(0x100000);
                    });
        }
        return text.toString();
    }

    private static int basic(Random random) {
        int codePoint = 1 + random.nextInt(0xffff);
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE ? '\ufffd' : codePoint;
    }

    /** Letters of an alphabet, and now and then one that is not of it. */
    public static String near(Random random, String alphabet, int most) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            text.append(random.nextInt(40) == 0 ? any(random, 1) : alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return text.toString();
    }

    /** A name as a PostgreSQL server takes it: 1 to 63 bytes, no line break, not one of its own. */
    public static String name(Random random) {
        String text = "n" + random.nextInt(1_000_000) + any(random, 12).replaceAll("[\r\n]", "'");
        while (text.getBytes(StandardCharsets.UTF_8).length > 63) {
            text = text.substring(0, text.offsetByCodePoints(0, text.codePointCount(0, text.length()) - 1));
        }
        return text;
    }
}
