package io.axiomdb.plan;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.ResourceKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Collects what the planners find. */
final class Findings {
    final List<Change> changes = new ArrayList<>();
    final List<HeldBack> heldBack = new ArrayList<>();
    final List<Blocked> blocked = new ArrayList<>();
    final List<Diagnostic> notices = new ArrayList<>();
    /** Hosts whose address must stay registered, because something may still be there. */
    final Set<String> keptHosts = new TreeSet<>();
    /** Hosts whose access can't be planned, and why: what has to do with it stays pending. */
    final SortedMap<String, List<Diagnostic>> pendingHosts = new TreeMap<>();

    /** Old names of branches that are called otherwise now: nothing is removed. */
    final Set<ResourceKey> renamed = new TreeSet<>();
    /** New names of databases by their old ones, by host: who reaches them stays who reached them. */
    private final SortedMap<String, SortedMap<String, String>> newNames = new TreeMap<>();

    /** Until when the data of what is removed is kept. */
    final SortedMap<ResourceKey, Instant> keptUntil = new TreeMap<>();

    final List<AccessDifference> access = new ArrayList<>();
    final List<EndedSessions> ends = new ArrayList<>();

    SortedMap<String, String> newNames(String host) {
        return newNames.getOrDefault(host, Collections.emptySortedMap());
    }

    void newName(String host, RenamePair pair) {
        newNames.computeIfAbsent(host, _ -> new TreeMap<>())
                .put(pair.oldNames().database(), pair.names().database());
    }
}
