package io.axiomdb.crash;

import java.util.Locale;

/** Where an apply is cut short: right before or right after a call. */
public record Point(Place place, When when) {
    /** On which side of the call. */
    public enum When {
        BEFORE,
        AFTER
    }

    @Override
    public String toString() {
        return when.name().toLowerCase(Locale.ROOT) + " " + place;
    }
}
