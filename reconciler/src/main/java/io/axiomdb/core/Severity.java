package io.axiomdb.core;

import java.util.Locale;

/** How much a diagnostic weighs: an error stops, a warning does not. */
public enum Severity {
    ERROR,
    WARNING;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
