package io.axiomdb.edit;

import io.axiomdb.core.Visible;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Texts as YAML: bare where every reader of YAML takes them for the same text, else in double quotes. */
public final class Quoting {
    private static final Pattern BARE = Pattern.compile("[A-Za-z][A-Za-z0-9._/-]*( [A-Za-z0-9._/-]+)*+");
    private static final Pattern RANGE = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}(/[0-9]{1,2})?");
    private static final Pattern TIME = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z");

    /** Older readers take these for booleans or for nothing. */
    private static final Set<String> WORDS =
            Set.of("y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf");

    private Quoting() {}

    /** A key of a mapping. */
    public static String key(String name) {
        return isBare(name) ? name : quoted(name);
    }

    /** A value, or an element of a list. */
    public static String value(String text) {
        boolean bare = isBare(text)
                || RANGE.matcher(text).matches()
                || TIME.matcher(text).matches();
        return bare ? text : quoted(text);
    }

    private static boolean isBare(String text) {
        return BARE.matcher(text).matches() && !WORDS.contains(text.toLowerCase(Locale.ROOT));
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                out.append('\\').appendCodePoint(c);
            } else if (Visible.harmless(c)) {
                out.appendCodePoint(c);
            } else {
                out.append("\\U%08X".formatted(c));
            }
        });
        return out.append('"').toString();
    }
}
