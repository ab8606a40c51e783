package io.axiomdb.plan;

import java.util.Collection;
import java.util.stream.Collectors;

/** Quotes names and text for SQL. Every identifier is quoted, also those read back from a catalogue. Pure. */
public final class SqlText {
    private SqlText() {}

    /**
     * A quoted identifier.
     *
     * @throws IllegalArgumentException for an empty name or one with a NUL character, which PostgreSQL can't hold
     */
    public static String identifier(String name) {
        if (name.isEmpty() || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("not an identifier");
        }
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    public static String identifiers(Collection<String> names) {
        return names.stream().map(SqlText::identifier).collect(Collectors.joining(", "));
    }

    /**
     * A quoted literal, for sessions with {@code standard_conforming_strings} on, as all of ours are.
     *
     * @throws IllegalArgumentException for text with a NUL character
     */
    public static String literal(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("not a literal");
        }
        return '\'' + text.replace("'", "''") + '\'';
    }

    public static String literals(Collection<String> texts) {
        return texts.stream().map(SqlText::literal).collect(Collectors.joining(", "));
    }
}
