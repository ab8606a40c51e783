package io.axiomdb.load;

import io.axiomdb.load.Node.Type;
import java.util.Locale;
import java.util.regex.Pattern;

/** Types of plain scalars by YAML's core schema, decided from the text alone: a million digits cost nothing. */
final class Scalars {
    private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]+");
    private static final Pattern FLOAT = Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");

    private Scalars() {}

    static Type typeOf(String plain) {
        return switch (plain) {
            case "", "~", "null", "Null", "NULL" -> Type.NULL;
            case "true", "True", "TRUE", "false", "False", "FALSE" -> Type.BOOLEAN;
            default -> number(plain);
        };
    }

    private static Type number(String plain) {
        char first = plain.charAt(0);
        if (first != '-' && first != '+' && first != '.' && (first < '0' || first > '9')) {
            return Type.TEXT;
        }
        if (INTEGER.matcher(plain).matches()) {
            return Type.INTEGER;
        }
        return FLOAT.matcher(plain).matches() ? Type.FLOAT : Type.TEXT;
    }

    static boolean tooManyDigits(String integer) {
        int sign = integer.charAt(0) == '-' || integer.charAt(0) == '+' ? 1 : 0;
        return integer.length() - sign > Limits.INTEGER_DIGITS;
    }

    /** One text for each value. Integers have ten digits at most by now. */
    static String canonical(Type type, String plain) {
        return switch (type) {
            case INTEGER -> Long.toString(Long.parseLong(plain));
            case BOOLEAN -> plain.toLowerCase(Locale.ROOT);
            case NULL -> "";
            case FLOAT, TEXT -> plain;
        };
    }
}
