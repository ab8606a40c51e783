package io.axiomdb.plan;

import io.axiomdb.desired.NameList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Configuration parameters as ALTER DATABASE SET takes them and as the catalogue gives them back. Pure. */
final class Parameters {
    private Parameters() {}

    static String assignment(String name, String value) {
        String literal = NameList.isFor(name)
                ? elements(value).stream().map(SqlText::literal).collect(Collectors.joining(", "))
                : SqlText.literal(value);
        return quoted(name) + " TO " + literal;
    }

    /** A name may have a prefix with a dot, each part quoted by itself. */
    static String quoted(String name) {
        return Arrays.stream(name.split("\\.", -1)).map(SqlText::identifier).collect(Collectors.joining("."));
    }

    static boolean same(String name, String stored, String wanted) {
        return NameList.isFor(name) ? elements(stored).equals(elements(wanted)) : stored.equals(wanted);
    }

    /** What is no list, and so was never accepted, is one name, as a literal is to the server. */
    private static List<String> elements(String list) {
        return NameList.read(list).orElseGet(() -> List.of(list));
    }
}
