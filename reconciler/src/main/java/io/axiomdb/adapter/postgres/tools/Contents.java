package io.axiomdb.adapter.postgres.tools;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An archive's table of contents, by who restores what; each line is one of {@code pg_restore --list}. Names in it are
 * users' choice, and so a line is judged by the catalogue that its object is in.
 *
 * @param schemas which come first, as extensions are made in them
 * @param extensions with their comments; an administrator makes them, before anything that a user wrote is there
 */
record Contents(List<String> schemas, List<String> extensions, List<String> rest) {
    private static final Pattern ENTRY = Pattern.compile("\\d+; (\\d+) \\d+ (.*)");
    private static final String PG_NAMESPACE = "2615";
    private static final String PG_EXTENSION = "3079";
    private static final String COMMENT = "COMMENT - EXTENSION ";
    private static final String EXTENSION = "EXTENSION - ";

    Contents {
        schemas = List.copyOf(schemas);
        extensions = List.copyOf(extensions);
        rest = List.copyOf(rest);
    }

    /** @param list all that pg_restore listed */
    static Contents of(String list) {
        List<String> schemas = new ArrayList<>();
        List<String> extensions = new ArrayList<>();
        List<String> rest = new ArrayList<>();
        Set<String> made = new HashSet<>();
        for (String line : list.split("\n")) {
            Matcher entry = ENTRY.matcher(line);
            if (!entry.matches()) {
                continue;
            }
            String catalogue = entry.group(1);
            String what = entry.group(2);
            if (catalogue.equals(PG_NAMESPACE) && what.startsWith("SCHEMA ")) {
                schemas.add(line);
            } else if (catalogue.equals(PG_EXTENSION) && what.startsWith(EXTENSION)) {
                extensions.add(line);
                String name = what.substring(EXTENSION.length()).strip();
                made.add(name);
                made.add('"' + name + '"'); // in titles of comments names are quoted where SQL wants it
            } else if (what.startsWith(COMMENT)
                    && made.contains(what.substring(COMMENT.length()).strip())) {
                extensions.add(line);
            } else {
                rest.add(line);
            }
        }
        return new Contents(schemas, extensions, rest);
    }
}
