package io.axiomdb.plan;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Configuration parameters as ALTER DATABASE SET takes them and as the catalogue gives them back. Pure. */
final class Parameters {
    /** PostgreSQL keeps these as lists of names, each quoted by itself (GUC_LIST_QUOTE in its guc_tables.c). */
    private static final Set<String> LISTS =
            Set.of("search_path", "temp_tablespaces", "session_preload_libraries", "local_preload_libraries");

    private Parameters() {}

    static String assignment(String name, String value) {
        String literal = LISTS.contains(name)
                ? elements(value).stream().map(SqlText::literal).collect(Collectors.joining(", "))
                : SqlText.literal(value);
        return quoted(name) + " TO " + literal;
    }

    /** A name may have a prefix with a dot, each part quoted by itself. */
    static String quoted(String name) {
        return Arrays.stream(name.split("\\.", -1)).map(SqlText::identifier).collect(Collectors.joining("."));
    }

    static boolean same(String name, String stored, String wanted) {
        return LISTS.contains(name) ? elements(stored).equals(elements(wanted)) : stored.equals(wanted);
    }

    private static List<String> elements(String list) {
        return Arrays.stream(list.split(",", -1)).map(Parameters::unquoted).toList();
    }

    private static String unquoted(String element) {
        String text = element.strip();
        boolean quoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
        return quoted ? text.substring(1, text.length() - 1).replace("\"\"", "\"") : text;
    }
}
