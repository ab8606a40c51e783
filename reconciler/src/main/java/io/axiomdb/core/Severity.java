package io.axiomdb.core;

/** How much a diagnostic weighs: an error stops, a warning does not. */
public enum Severity {
    ERROR,
    WARNING;

    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
