package io.axiomdb.plan;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Digest;
import io.axiomdb.core.Sorted;
import io.axiomdb.desired.ResourceKey;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What apply would do, why, and what it would leave alone.
 *
 * @param changes in the order in which they are shown and made; removals first
 * @param heldBack drift that is dangerous to repair silently
 * @param blocked what can't be planned, and why; the rest of the plan goes on
 * @param notices what a person should know: foreign things, expired entries
 * @param refusals guards that keep apply from starting
 * @param notEnforced declared, stored, but not carried out on hosts by this version; in words, such as {@code network (2 rules) of shop}
 * @param access who gains and who loses access in effect; follows from the steps, so it is not part of the digest
 * @param ends sessions that are open now and that the plan ends; not part of the digest, for they come and go
 * @param forgets marks of control planes that hosts forget when this one goes on over them, by host, in words
 * @param keptUntil until when the data of removed branches is kept; follows from the clock, so it is not part of the digest
 * @param digest over what is to be done and what was there before
 */
public record Plan(
        String organization,
        List<Change> changes,
        List<HeldBack> heldBack,
        List<Blocked> blocked,
        List<Diagnostic> notices,
        List<Diagnostic> refusals,
        List<String> notEnforced,
        List<AccessDifference> access,
        List<EndedSessions> ends,
        SortedMap<String, String> forgets,
        SortedMap<ResourceKey, Instant> keptUntil,
        Digest digest) {
    public Plan {
        forgets = Sorted.map(forgets);
        keptUntil = Collections.unmodifiableSortedMap(new TreeMap<>(keptUntil));
        changes = List.copyOf(changes);
        heldBack = List.copyOf(heldBack);
        blocked = List.copyOf(blocked);
        notices = List.copyOf(notices);
        refusals = List.copyOf(refusals);
        notEnforced = List.copyOf(notEnforced);
        access = List.copyOf(access);
        ends = List.copyOf(ends);
    }

    /** In which no data is set aside, and no mark is forgotten. */
    public Plan(
            String organization,
            List<Change> changes,
            List<HeldBack> heldBack,
            List<Blocked> blocked,
            List<Diagnostic> notices,
            List<Diagnostic> refusals,
            List<String> notEnforced,
            List<AccessDifference> access,
            List<EndedSessions> ends,
            Digest digest) {
        this(
                organization,
                changes,
                heldBack,
                blocked,
                notices,
                refusals,
                notEnforced,
                access,
                ends,
                Collections.emptySortedMap(),
                Collections.emptySortedMap(),
                digest);
    }

    /** The same, with more to know and more that keeps apply from starting. */
    public Plan with(List<Diagnostic> moreNotices, List<Diagnostic> moreRefusals) {
        return new Plan(
                organization,
                changes,
                heldBack,
                blocked,
                Stream.concat(notices.stream(), moreNotices.stream()).toList(),
                Stream.concat(moreRefusals.stream(), refusals.stream()).toList(),
                notEnforced,
                access,
                ends,
                forgets,
                keptUntil,
                digest);
    }

    /** The same, and before anything is changed hosts forget these marks. */
    public Plan forgetting(SortedMap<String, String> marks) {
        return new Plan(
                organization,
                changes,
                heldBack,
                blocked,
                notices,
                refusals,
                notEnforced,
                access,
                ends,
                marks,
                keptUntil,
                PlanDigest.of(organization, changes, marks));
    }

    /** Whether there is nothing for apply to do. What is held back or blocked does not count. */
    public boolean isEmpty() {
        return changes.isEmpty() && forgets.isEmpty();
    }

    /** Whether something was done to retained data, which no apply undoes. */
    public boolean hasRetainedDrift() {
        return notices.stream().anyMatch(notice -> notice.code() == Code.RETAINED_DRIFT);
    }

    /**
     * Whose changes wait until those of others have ended, however they end, because the two exclude each other on a shared
     * thing; without those who wait for nobody. Follows from the changes, so it is not part of the digest.
     */
    public SortedMap<ResourceKey, SortedSet<ResourceKey>> turns() {
        return Turns.of(changes);
    }

    public long count(Action action) {
        return changes.stream().filter(c -> c.action() == action).count();
    }
}
