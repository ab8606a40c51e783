package io.axiomdb.adapter.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;

/**
 * PostgreSQL's own SQLSTATEs and their names. Whoever writes a function may raise any five letters, which can be a value: what is
 * not among these is never told.
 */
final class Conditions {
    private static final Properties NAMES = load("conditions.properties");
    private static final int CLASS = 2;

    private Conditions() {}

    static boolean isKnown(String state) {
        return NAMES.containsKey(state);
    }

    /** The name of a condition, else of its class. */
    static String name(String state) {
        String name = NAMES.getProperty(state);
        if (name != null) {
            return name;
        }
        String of = state.substring(0, Math.min(CLASS, state.length()));
        String ofClass = NAMES.getProperty(of + "000");
        return ofClass == null ? "an SQLSTATE that is not PostgreSQL's" : "class " + of + ", " + ofClass;
    }

    private static Properties load(String file) {
        Properties names = new Properties();
        try (InputStream in = Objects.requireNonNull(Conditions.class.getResourceAsStream(file), file)) {
            names.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return names;
    }
}
