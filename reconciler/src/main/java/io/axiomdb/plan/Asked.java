package io.axiomdb.plan;

import io.axiomdb.desired.ResourceKey;
import java.util.Collections;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What somebody asked for beside the file, by name.
 *
 * @param repairs dangerous drift to repair
 * @param allowDestroy how many removals of projects and branches are allowed; 1 unless the user says more
 * @param adopt branches whose databases and roles are there already and are to be taken over
 * @param reset branches that are to be copied from their parents again
 * @param purge removed branches whose kept data is to be dropped now
 * @param due background work: what has come due by itself, and nothing else
 */
public record Asked(
        Set<HeldBack.Named> repairs,
        int allowDestroy,
        SortedSet<ResourceKey> adopt,
        SortedSet<ResourceKey> reset,
        SortedSet<ResourceKey> purge,
        boolean due) {
    /** Nothing but what the file says. */
    public static final Asked NOTHING = of(Set.of(), 1);

    /** What only time asks for. */
    public static final Asked DUE = new Asked(
            Set.of(),
            1,
            Collections.emptySortedSet(),
            Collections.emptySortedSet(),
            Collections.emptySortedSet(),
            true);

    public Asked {
        repairs = Set.copyOf(repairs);
        adopt = Collections.unmodifiableSortedSet(new TreeSet<>(adopt));
        reset = Collections.unmodifiableSortedSet(new TreeSet<>(reset));
        purge = Collections.unmodifiableSortedSet(new TreeSet<>(purge));
    }

    /** What the flags of plan and apply can ask for. */
    public static Asked of(Set<HeldBack.Named> repairs, int allowDestroy) {
        return new Asked(
                repairs,
                allowDestroy,
                Collections.emptySortedSet(),
                Collections.emptySortedSet(),
                Collections.emptySortedSet(),
                false);
    }

    /** Dropping what is kept of these, and nothing else. */
    public static Asked purge(SortedSet<ResourceKey> branches) {
        return new Asked(Set.of(), 1, Collections.emptySortedSet(), Collections.emptySortedSet(), branches, false);
    }

    /** The same, and these branches are taken over. */
    public Asked adopting(SortedSet<ResourceKey> branches) {
        return new Asked(repairs, allowDestroy, branches, reset, purge, due);
    }

    /** For the look afterwards, when all that was named has been done. */
    public Asked afterwards() {
        if (due) {
            return DUE;
        }
        return purge.isEmpty() ? of(Set.of(), allowDestroy) : purge(purge);
    }
}
