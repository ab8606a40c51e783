package io.axiomdb.load;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where everything stands in one file, to the character, for those who edit its text. Positions are indexes into the
 * text; {@code to} is behind the last character of the thing itself, without white space or comments that follow it.
 */
public sealed interface Layout {
    int from();

    int to();

    /** A mapping. */
    sealed interface Mapping extends Layout {
        /** In the order of the file. */
        Map<String, Entry> entries();
    }

    /** A mapping of lines; never empty. */
    record Block(int from, int to, Map<String, Entry> entries) implements Mapping {
        public Block {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }
    }

    /** A mapping in braces; the positions are those of the braces. */
    record Flow(int from, int to, Map<String, Entry> entries) implements Mapping {
        public Flow {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }
    }

    /**
     * A list.
     *
     * @param lines whether its items are lines that begin with a dash
     */
    record Items(int from, int to, boolean lines) implements Layout {}

    /**
     * One value, quotes included.
     *
     * @param empty whether it says nothing: {@code ~}, {@code null}, or no character at all
     */
    record Value(int from, int to, boolean empty) implements Layout {}

    /** A key with its quotes, and what it holds. */
    record Entry(int keyFrom, int keyTo, Layout value) {
        /** Behind the last character of the value, or of the key where there is none. */
        public int to() {
            return Math.max(keyTo, value.to());
        }
    }

    /**
     * The layout of a file that {@link Loader} found no error in.
     *
     * @throws IllegalArgumentException for any other
     */
    static Mapping of(String text) {
        return LayoutReader.read(text);
    }
}
