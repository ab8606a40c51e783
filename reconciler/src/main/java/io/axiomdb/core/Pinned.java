package io.axiomdb.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parameters that a connection with an administrator's rights begins with, and how it is proved that it has them. The
 * owner of a database can set almost any of them for all who connect (ALTER DATABASE SET), and a pooler in between drops
 * what a connection begins with without a word; so they are read back, on each connection, before it is used. Pure.
 *
 * @param values by name, as SHOW writes them or in another unit
 */
public record Pinned(SortedMap<String, String> values) {
    private static final Pattern TIME = Pattern.compile("(-?[0-9]+)(ms|s|min|h|d|)");
    private static final Map<String, Long> MILLIS =
            Map.of("", 1L, "ms", 1L, "s", 1000L, "min", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

    public Pinned {
        values = Sorted.map(values);
    }

    /** As the startup packet carries them. */
    public String options() {
        StringBuilder options = new StringBuilder();
        values.forEach((name, value) -> options.append("-c ")
                .append(name)
                .append('=')
                .append(value.replace("\\", "\\\\").replace(" ", "\\ "))
                .append(' '));
        return options.toString();
    }

    /**
     * Asks for the process that serves the connection, and for each parameter in their order. Nothing in it can be resolved
     * to something of a user's, whatever the parameters are.
     */
    public String query() {
        List<String> columns = new ArrayList<>(List.of("pg_catalog.pg_backend_pid()"));
        values.keySet().forEach(name -> columns.add("pg_catalog.current_setting('" + name + "')"));
        return "SELECT " + String.join(", ", columns);
    }

    /**
     * What is otherwise than it was pinned, for people; empty when nothing is.
     *
     * @param shown what the query gave, without its first column
     */
    public Optional<String> difference(List<String> shown) {
        int column = 0;
        for (Map.Entry<String, String> pinned : values.entrySet()) {
            String there = shown.get(column++);
            if (!same(pinned.getKey(), pinned.getValue(), there)) {
                return Optional.of(pinned.getKey() + " is \"" + there + "\" instead of \"" + pinned.getValue() + "\"");
            }
        }
        return Optional.empty();
    }

    private static boolean same(String name, String pinned, String shown) {
        if (name.equals("DateStyle")) {
            // Its second half, how dates are read, stays as it was.
            return shown.startsWith(pinned + ",");
        }
        Matcher wanted = TIME.matcher(pinned);
        Matcher there = TIME.matcher(shown);
        return name.endsWith("_timeout") && wanted.matches() && there.matches()
                ? millis(wanted) == millis(there)
                : pinned.equals(shown);
    }

    private static long millis(Matcher time) {
        return Long.parseLong(time.group(1)) * Objects.requireNonNull(MILLIS.get(time.group(2)));
    }
}
