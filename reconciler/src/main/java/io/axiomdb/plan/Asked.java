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
 * @param adopt branches whose databases and roles are there already and are to be taken over, and hosts that another control
 *     plane changed
 * @param reset branches that are to be copied from their parents again
 * @param purge removed branches whose kept data is to be dropped now
 * @param due background work: what has come due by itself, and nothing else
 * @param unmasked why rows of a parent may come into a branch as they are where the project asks for a mask; empty for not
 * @param restored why the control plane may go on though its hosts are farther than it is; empty for not
 * @param accept a host that is another server now, which is to be accepted, and nothing else; empty for none
 */
public record Asked(
        Set<HeldBack.Named> repairs,
        int allowDestroy,
        SortedSet<ResourceKey> adopt,
        SortedSet<ResourceKey> reset,
        SortedSet<ResourceKey> purge,
        boolean due,
        String unmasked,
        String restored,
        String accept) {
    /** Nothing but what the file says. */
    public static final Asked NOTHING = of(Set.of(), 1);

    /** What only time asks for. */
    public static final Asked DUE = new Asked(
            Set.of(),
            1,
            Collections.emptySortedSet(),
            Collections.emptySortedSet(),
            Collections.emptySortedSet(),
            true,
            "",
            "",
            "");

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
                false,
                "",
                "",
                "");
    }

    /** The same, and this branch is copied from its parent again. */
    public Asked withReset(ResourceKey branch) {
        SortedSet<ResourceKey> branches = new TreeSet<>(reset);
        branches.add(branch);
        return new Asked(repairs, allowDestroy, adopt, branches, purge, due, unmasked, restored, accept);
    }

    /** The same, and rows may come as they are, for this reason. */
    public Asked withUnmasked(String reason) {
        return new Asked(repairs, allowDestroy, adopt, reset, purge, due, reason, restored, accept);
    }

    /** The same, and a control plane that was restored from a backup goes on, for this reason. */
    public Asked withRestored(String reason) {
        return new Asked(repairs, allowDestroy, adopt, reset, purge, due, unmasked, reason, accept);
    }

    /** Dropping what is kept of these, and nothing else. */
    public static Asked purge(SortedSet<ResourceKey> branches) {
        return new Asked(
                Set.of(), 1, Collections.emptySortedSet(), Collections.emptySortedSet(), branches, false, "", "", "");
    }

    /** Accepting another server for a host, and nothing else. */
    public Asked accepting(String host) {
        return new Asked(
                Set.of(),
                1,
                Collections.emptySortedSet(),
                Collections.emptySortedSet(),
                Collections.emptySortedSet(),
                false,
                "",
                "",
                host);
    }

    /** The same, and these branches and hosts are taken over. */
    public Asked adopting(SortedSet<ResourceKey> keys) {
        return new Asked(repairs, allowDestroy, keys, reset, purge, due, unmasked, restored, accept);
    }

    /** For the look afterwards, when all that was named has been done. */
    public Asked afterwards() {
        if (due) {
            return DUE;
        }
        if (!accept.isEmpty()) {
            return accepting(accept);
        }
        return purge.isEmpty() ? of(Set.of(), allowDestroy) : purge(purge);
    }
}
