package io.axiomdb.load;

import io.axiomdb.core.Source;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A part of a file with its place. */
sealed interface Node {
    Source at();

    /** In words, for messages. */
    String words();

    /** Keys in the order of the file. */
    record Mapping(Source at, Map<String, Entry> entries) implements Node {
        public Mapping {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }

        @Nullable
        Node get(String key) {
            Entry entry = entries.get(key);
            return entry == null ? null : entry.value();
        }

        @Override
        public String words() {
            return "a mapping";
        }
    }

    /** A list. */
    record Sequence(Source at, List<Node> items) implements Node {
        public Sequence {
            items = List.copyOf(items);
        }

        @Override
        public String words() {
            return "a list";
        }
    }

    /**
     * One value.
     *
     * @param text canonical for integers, booleans and null; as written for everything else
     */
    record Scalar(Source at, Type type, String text, Span span) implements Node {
        @Override
        public String words() {
            return type.words;
        }
    }

    /** What was refused already: later stages leave it alone. */
    record Refused(Source at) implements Node {
        @Override
        public String words() {
            return "something refused";
        }
    }

    /**
     * A key and what it holds.
     *
     * @param key the place of the key
     */
    record Entry(Source key, Node value) {}

    /** Code points of the file's text that a scalar takes up, quotes included. */
    record Span(int from, int to) {}

    /** Types of YAML's core schema. */
    enum Type {
        NULL("empty"),
        BOOLEAN("a boolean"),
        INTEGER("an integer"),
        FLOAT("a number"),
        TEXT("text");

        private final String words;

        Type(String words) {
            this.words = words;
        }
    }
}
