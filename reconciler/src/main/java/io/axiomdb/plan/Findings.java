package io.axiomdb.plan;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.ResourceKey;
import java.time.Instant;
import java.util.ArrayList;
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
    /** Branches whose databases or roles get other names, by host: who reaches them stays who reached them. */
    final SortedMap<String, List<RenamePair>> renamedOn = new TreeMap<>();

    /** Until when the data of what is removed is kept. */
    final SortedMap<ResourceKey, Instant> keptUntil = new TreeMap<>();

    final List<AccessDifference> access = new ArrayList<>();
    final List<EndedSessions> ends = new ArrayList<>();

    /** New names of databases by their old ones. */
    SortedMap<String, String> newNames(String host) {
        SortedMap<String, String> names = new TreeMap<>();
        renamedOn
                .getOrDefault(host, List.of())
                .forEach(pair ->
                        names.put(pair.oldNames().database(), pair.names().database()));
        return names;
    }

    void renamed(String host, RenamePair pair) {
        if (!pair.keepsNames()) {
            renamedOn.computeIfAbsent(host, _ -> new ArrayList<>()).add(pair);
        }
    }
}
