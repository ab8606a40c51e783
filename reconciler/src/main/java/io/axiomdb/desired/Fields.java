package io.axiomdb.desired;

import io.axiomdb.core.Origin;
import io.axiomdb.core.Sorted;
import java.time.Instant;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One declared thing as dotted field paths and canonical text: what the loader makes of a YAML mapping, what the
 * registry stores, and what two declarations are compared by. Lists are joined by commas, times are ISO 8601 in UTC.
 *
 * @param values such as {@code connection_limits.rw -> 20}; a field that is not set is not in the map
 */
public record Fields(SortedMap<String, String> values, Origin origin) {
    public Fields {
        values = Sorted.map(values);
    }

    public @Nullable String text(String path) {
        return values.get(path);
    }

    public String text(String path, String otherwise) {
        return values.getOrDefault(path, otherwise);
    }

    public @Nullable Integer number(String path) {
        String text = values.get(path);
        return text == null ? null : Integer.valueOf(text);
    }

    public int number(String path, int otherwise) {
        String text = values.get(path);
        return text == null ? otherwise : Integer.parseInt(text);
    }

    public boolean flag(String path, boolean otherwise) {
        String text = values.get(path);
        return text == null ? otherwise : Boolean.parseBoolean(text);
    }

    public @Nullable Instant instant(String path) {
        String text = values.get(path);
        return text == null ? null : Instant.parse(text);
    }

    public SortedSet<String> list(String path) {
        String text = values.get(path);
        return text == null || text.isEmpty() ? new TreeSet<>() : new TreeSet<>(Arrays.asList(text.split(",")));
    }

    /** Everything below a prefix, keyed by the rest of the path. */
    public SortedMap<String, String> below(String prefix) {
        SortedMap<String, String> found = new TreeMap<>();
        values.tailMap(prefix + ".").forEach((path, value) -> {
            if (path.startsWith(prefix + ".")) {
                found.put(path.substring(prefix.length() + 1), value);
            }
        });
        return found;
    }

    /** Collects fields and leaves out what is null. */
    static final class Writer {
        private final SortedMap<String, String> values = new TreeMap<>();

        Writer put(String path, @Nullable Object value) {
            if (value != null) {
                values.put(path, value.toString());
            }
            return this;
        }

        Writer list(String path, SortedSet<String> list) {
            return put(path, list.isEmpty() ? null : String.join(",", list));
        }

        Writer below(String prefix, SortedMap<String, String> map) {
            map.forEach((key, value) -> put(prefix + "." + key, value));
            return this;
        }

        SortedMap<String, String> done() {
            return values;
        }
    }
}
