package io.axiomdb.edit;

import io.axiomdb.core.Origin;
import io.axiomdb.desired.Fields;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is to be written behind a key. */
sealed interface Content {
    /** On one line. */
    String flow();

    /** As the loader will read it; empty text for keys, which have none. */
    String canonical();

    /** Text, in quotes where it needs them. */
    record Text(String text) implements Content {
        @Override
        public String flow() {
            return Quoting.value(text);
        }

        @Override
        public String canonical() {
            return text;
        }
    }

    /** A number or a boolean. */
    record Bare(Object value) implements Content {
        @Override
        public String flow() {
            return value.toString();
        }

        @Override
        public String canonical() {
            return value.toString();
        }
    }

    /** A list of texts. */
    record Words(List<String> words) implements Content {
        public Words {
            words = List.copyOf(words);
        }

        @Override
        public String flow() {
            return words.stream().map(Quoting::value).collect(Collectors.joining(", ", "[", "]"));
        }

        @Override
        public String canonical() {
            return String.join(",", new TreeSet<>(words));
        }
    }

    /** Keys in the order in which they are written. */
    record Keys(Map<String, Content> entries) implements Content {
        public Keys {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }

        @Override
        public String flow() {
            return entries.isEmpty()
                    ? "{}"
                    : entries.entrySet().stream()
                            .map(e -> Quoting.key(e.getKey()) + ": "
                                    + e.getValue().flow())
                            .collect(Collectors.joining(", ", "{ ", " }"));
        }

        @Override
        public String canonical() {
            return "";
        }

        /** What the loader will read of them. */
        Fields fields() {
            SortedMap<String, String> texts = new TreeMap<>();
            entries.forEach((key, content) -> texts.put(key, content.canonical()));
            return new Fields(texts, Origin.UNKNOWN);
        }

        /** Collects keys and leaves out those without a value. */
        static final class Writer {
            private final Map<String, Content> entries = new LinkedHashMap<>();

            Writer text(String key, @Nullable Object value) {
                return put(key, value == null ? null : new Text(value.toString()));
            }

            Writer bare(String key, @Nullable Object value) {
                return put(key, value == null ? null : new Bare(value));
            }

            Writer words(String key, @Nullable Collection<String> words) {
                return put(key, words == null ? null : new Words(List.copyOf(words)));
            }

            /** Keys below a key, unless there are none. */
            Writer keys(String key, Keys keys) {
                return put(key, keys.entries().isEmpty() ? null : keys);
            }

            private Writer put(String key, @Nullable Content content) {
                if (content != null) {
                    entries.put(key, content);
                }
                return this;
            }

            Keys done() {
                return new Keys(entries);
            }
        }
    }
}
