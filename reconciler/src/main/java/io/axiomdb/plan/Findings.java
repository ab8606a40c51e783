package io.axiomdb.plan;

import io.axiomdb.core.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Collects what the planners find. */
final class Findings {
    final List<Change> changes = new ArrayList<>();
    final List<HeldBack> heldBack = new ArrayList<>();
    final List<Blocked> blocked = new ArrayList<>();
    final List<Diagnostic> notices = new ArrayList<>();
    /** Hosts whose address must stay registered, because something may still be there. */
    final Set<String> keptHosts = new TreeSet<>();
}
