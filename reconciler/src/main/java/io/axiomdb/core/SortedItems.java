package io.axiomdb.core;

import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** A sorted set in one array. Parts of it are copies. */
final class SortedItems<T extends Comparable<? super T>> extends AbstractSet<T> implements SortedSet<T> {
    private final Object[] items;

    /**
     * Takes the array over.
     *
     * @param items of type T, in order, each once
     */
    SortedItems(Object[] items) {
        this.items = items;
    }

    @Override
    public int size() {
        return items.length;
    }

    @Override
    public boolean contains(Object item) {
        return Arrays.binarySearch(items, item) >= 0;
    }

    @Override
    public Iterator<T> iterator() {
        return new Iterator<>() {
            private int next;

            @Override
            public boolean hasNext() {
                return next < items.length;
            }

            @Override
            public T next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return at(next++);
            }
        };
    }

    @Override
    public @Nullable Comparator<? super T> comparator() {
        return null;
    }

    @Override
    public SortedSet<T> subSet(T from, T to) {
        return part(place(from), place(to));
    }

    @Override
    public SortedSet<T> headSet(T to) {
        return part(0, place(to));
    }

    @Override
    public SortedSet<T> tailSet(T from) {
        return part(place(from), items.length);
    }

    @Override
    public T first() {
        return at(0);
    }

    @Override
    public T last() {
        return at(items.length - 1);
    }

    private SortedSet<T> part(int from, int to) {
        return from == to ? Collections.emptySortedSet() : new SortedItems<>(Arrays.copyOfRange(items, from, to));
    }

    private int place(T item) {
        int found = Arrays.binarySearch(items, item);
        return found >= 0 ? found : -found - 1;
    }

    @SuppressWarnings("unchecked")
    private T at(int place) {
        return (T) items[place];
    }
}
