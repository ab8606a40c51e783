package io.axiomdb.adapter.postgres.tools;

import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An archive's table of contents, by who restores what; each line is one of {@code pg_restore --list}. Names in it are
 * users' choice, and so a line is judged by the catalogue that its object is in, too: 0 for rows, values and comments.
 */
record Contents(List<String> lines) {
    private static final Pattern ENTRY = Pattern.compile("\\d+; (\\d+) (\\d+) (.*)");
    private static final String ROWS = "0";
    private static final String PG_NAMESPACE = "2615";
    private static final String PG_EXTENSION = "3079";
    private static final String COMMENT = "COMMENT - EXTENSION ";

    private record Entry(String catalogue, long number, String what) {
        boolean is(String kind, String from) {
            return catalogue.equals(from) && what.startsWith(kind);
        }

        boolean makes(Extensions extensions) {
            return is("EXTENSION - ", PG_EXTENSION)
                    || is(COMMENT, ROWS)
                            && extensions.named(what.substring(COMMENT.length()).strip());
        }

        boolean fills(Extensions extensions) {
            return is("TABLE DATA ", ROWS) && extensions.rows().containsKey(number) || is("SEQUENCE SET ", ROWS);
        }
    }

    Contents {
        lines = List.copyOf(lines);
    }

    /** @param list all that pg_restore listed */
    static Contents of(String list) {
        return new Contents(list.lines().toList());
    }

    /** Of an archive that holds little else: extensions with their comments and rows. An administrator restores them. */
    List<String> only(Extensions extensions) {
        return chosen(entry -> entry.makes(extensions) || entry.fills(extensions));
    }

    /** All that comes after them and the schemas that they are in. */
    List<String> without(Extensions extensions) {
        return chosen(entry -> !entry.makes(extensions)
                && !(entry.is("SCHEMA ", PG_NAMESPACE) && extensions.schemas().containsKey(entry.number())));
    }

    private List<String> chosen(Predicate<Entry> wanted) {
        return lines.stream()
                .filter(line -> {
                    Matcher entry = ENTRY.matcher(line);
                    return entry.matches()
                            && wanted.test(new Entry(entry.group(1), Long.parseLong(entry.group(2)), entry.group(3)));
                })
                .toList();
    }
}
