package io.axiomdb.crash;

import java.util.Locale;

/** Where an apply is cut short: right before or right after a call. */
record Point(Place place, When when) {
    /** On which side of the call. */
    enum When {
        BEFORE,
        AFTER
    }

    @Override
    public String toString() {
        return when.name().toLowerCase(Locale.ROOT) + " " + place;
    }
}
