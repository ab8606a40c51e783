package io.axiomdb.core;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Sorted collections that never change and take no room for what nobody will add: a fleet holds millions of them, most of
 * them empty or small. What is such a collection already is not copied again.
 */
public final class Sorted {
    private Sorted() {}

    /** The same items in their natural order. */
    public static <T extends Comparable<? super T>> SortedSet<T> set(Collection<T> items) {
        if (items instanceof SortedItems<T> || items.isEmpty()) {
            return items instanceof SortedItems<T> same ? same : Collections.emptySortedSet();
        }
        SortedSet<T> sorted =
                items instanceof SortedSet<T> set && set.comparator() == null ? set : new TreeSet<>(items);
        return new SortedItems<>(sorted.toArray());
    }

    /** The same entries, their keys in natural order. */
    public static <K extends Comparable<? super K>, V> SortedMap<K, V> map(SortedMap<K, V> entries) {
        if (entries instanceof SortedEntries<K, V> || entries.isEmpty()) {
            return entries instanceof SortedEntries<K, V> same ? same : Collections.emptySortedMap();
        }
        SortedMap<K, V> sorted = entries;
        if (entries.comparator() != null) {
            sorted = new TreeMap<>();
            sorted.putAll(entries);
        }
        Object[] keys = new Object[sorted.size()];
        Object[] values = new Object[keys.length];
        int at = 0;
        for (SortedMap.Entry<K, V> entry : sorted.entrySet()) {
            keys[at] = entry.getKey();
            values[at++] = entry.getValue();
        }
        return new SortedEntries<>(keys, values);
    }
}
