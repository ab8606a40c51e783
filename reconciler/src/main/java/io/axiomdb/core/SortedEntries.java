package io.axiomdb.core;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A sorted map in two arrays. Parts of it are copies. */
final class SortedEntries<K extends Comparable<? super K>, V> extends AbstractMap<K, V> implements SortedMap<K, V> {
    private final Object[] keys;
    private final Object[] values;

    /**
     * Takes the arrays over.
     *
     * @param keys of type K, in order, each once
     * @param values of type V, one for each key
     */
    SortedEntries(Object[] keys, Object[] values) {
        this.keys = keys;
        this.values = values;
    }

    @Override
    public int size() {
        return keys.length;
    }

    @Override
    public boolean containsKey(Object key) {
        return Arrays.binarySearch(keys, key) >= 0;
    }

    @Override
    public @Nullable V get(Object key) {
        int found = Arrays.binarySearch(keys, key);
        return found < 0 ? null : value(found);
    }

    @Override
    public void forEach(BiConsumer<? super K, ? super V> action) {
        for (int i = 0; i < keys.length; i++) {
            action.accept(key(i), value(i));
        }
    }

    @Override
    public Set<Map.Entry<K, V>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public int size() {
                return keys.length;
            }

            @Override
            public Iterator<Map.Entry<K, V>> iterator() {
                return new Entries();
            }
        };
    }

    private final class Entries implements Iterator<Map.Entry<K, V>> {
        private int next;

        @Override
        public boolean hasNext() {
            return next < keys.length;
        }

        @Override
        public Map.Entry<K, V> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return Map.entry(key(next), value(next++));
        }
    }

    @Override
    public @Nullable Comparator<? super K> comparator() {
        return null;
    }

    @Override
    public SortedMap<K, V> subMap(K from, K to) {
        return part(place(from), place(to));
    }

    @Override
    public SortedMap<K, V> headMap(K to) {
        return part(0, place(to));
    }

    @Override
    public SortedMap<K, V> tailMap(K from) {
        return part(place(from), keys.length);
    }

    @Override
    public K firstKey() {
        return key(0);
    }

    @Override
    public K lastKey() {
        return key(keys.length - 1);
    }

    private SortedMap<K, V> part(int from, int to) {
        return from == to
                ? Collections.emptySortedMap()
                : new SortedEntries<>(Arrays.copyOfRange(keys, from, to), Arrays.copyOfRange(values, from, to));
    }

    private int place(K key) {
        int found = Arrays.binarySearch(keys, key);
        return found >= 0 ? found : -found - 1;
    }

    @SuppressWarnings("unchecked")
    private K key(int place) {
        return (K) keys[place];
    }

    @SuppressWarnings("unchecked")
    private V value(int place) {
        return (V) values[place];
    }
}
