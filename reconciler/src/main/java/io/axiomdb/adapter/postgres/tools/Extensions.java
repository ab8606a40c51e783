package io.axiomdb.adapter.postgres.tools;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The extensions of a database that is copied. Numbers are those of its catalogues.
 *
 * @param rows tables and sequences in which extensions keep users' rows (pg_extension.extconfig), as pg_dump's patterns
 * @param schemas that extensions are in and none of them makes
 */
public record Extensions(SortedSet<String> names, SortedMap<Long, String> rows, SortedMap<Long, String> schemas) {
    /** Copies. */
    public Extensions {
        names = new TreeSet<>(names);
        rows = new TreeMap<>(rows);
        schemas = new TreeMap<>(schemas);
    }

    /** What has pg_dump read them and their rows, and little else. */
    List<String> only(boolean schemaOnly) {
        List<String> options = new ArrayList<>();
        names.forEach(name -> options.add("--extension=" + quoted(name)));
        if (schemaOnly || rows.isEmpty()) {
            options.add("--schema-only");
        } else {
            rows.values().forEach(pattern -> options.add("--table=" + pattern));
        }
        return options;
    }

    /** What has pg_dump read all else. */
    List<String> without(boolean schemaOnly) {
        List<String> options = new ArrayList<>();
        if (schemaOnly) {
            options.add("--schema-only");
        }
        rows.values().forEach(pattern -> options.add("--exclude-table-data=" + pattern));
        return options;
    }

    /** A pattern that means one name. */
    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** Whether a title of a comment ends so for one of them; there names are quoted where SQL wants it. */
    boolean named(String title) {
        return names.stream().anyMatch(name -> title.equals(name) || title.equals(quoted(name)));
    }
}
