package io.axiomdb.core;

import java.util.HashMap;
import java.util.Map;

/**
 * Makes one object of equal ones, while something large is read: what comes from outside says the same word again and
 * again, each time as a text of its own. To be dropped when the reading ends. For values that never change, and for one
 * thread.
 */
public final class Shared {
    private final Map<Object, Object> known = new HashMap<>();

    /** The first value equal to this one that was asked for. */
    @SuppressWarnings("unchecked")
    public <T> T of(T value) {
        Object first = known.putIfAbsent(value, value);
        return first == null ? value : (T) first;
    }
}
