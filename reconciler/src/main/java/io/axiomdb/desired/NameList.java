package io.axiomdb.desired;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Values of parameters that are lists of names, read as PostgreSQL's SplitIdentifierString reads them: between commas, a name
 * in double quotes may hold anything, a double quote twice. Other than there, the case of a bare name is kept, and it may have
 * spaces inside. Pure.
 */
public final class NameList {
    /** PostgreSQL keeps these with each name quoted by itself (GUC_LIST_QUOTE in its guc_tables.c). */
    private static final Set<String> PARAMETERS =
            Set.of("search_path", "temp_tablespaces", "session_preload_libraries", "local_preload_libraries");

    private final String text;
    private int at;

    private NameList(String text) {
        this.text = text;
    }

    /** Whether a parameter's value is one. */
    public static boolean isFor(String parameter) {
        return PARAMETERS.contains(parameter);
    }

    /**
     * The names, without their quotes. A blank list is one empty name, as in {@code SET search_path TO ''}.
     *
     * @return empty when a quote is not closed, something stands behind a closing one, or a name is missing
     */
    public static Optional<List<String>> read(String text) {
        return text.chars().allMatch(c -> isSpace((char) c)) ? Optional.of(List.of("")) : new NameList(text).names();
    }

    private Optional<List<String>> names() {
        List<String> names = new ArrayList<>();
        do {
            skipSpace();
            Optional<String> name = at < text.length() && text.charAt(at) == '"' ? quoted() : bare();
            skipSpace();
            if (name.isEmpty() || at < text.length() && text.charAt(at) != ',') {
                return Optional.empty();
            }
            names.add(name.get());
        } while (at++ < text.length());
        return Optional.of(List.copyOf(names));
    }

    private Optional<String> quoted() {
        StringBuilder name = new StringBuilder();
        while (true) {
            int quote = text.indexOf('"', at + 1);
            if (quote < 0) {
                return Optional.empty();
            }
            name.append(text, at + 1, quote);
            at = quote + 1;
            if (at == text.length() || text.charAt(at) != '"') {
                return Optional.of(name.toString());
            }
            name.append('"');
        }
    }

    private Optional<String> bare() {
        int comma = text.indexOf(',', at);
        int end = comma < 0 ? text.length() : comma;
        int last = end;
        while (last > at && isSpace(text.charAt(last - 1))) {
            last--;
        }
        String name = text.substring(at, last);
        at = end;
        return name.isEmpty() ? Optional.empty() : Optional.of(name);
    }

    private void skipSpace() {
        while (at < text.length() && isSpace(text.charAt(at))) {
            at++;
        }
    }

    /** As the server's scanner_isspace has it; other white space is part of a name. */
    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\u000b';
    }
}
