package io.axiomdb.engine;

import io.axiomdb.core.Anchor;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Mark;
import io.axiomdb.host.KeptMark;
import io.axiomdb.host.Observation;
import io.axiomdb.port.ControlPlane;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Whether this control plane is the one that the hosts know, and not older than they are, by the marks that they keep. A registry
 * of an unknown age closes and destroys nothing.
 *
 * @param own this control plane's, at the moment of the comparison
 * @param kept what was seen of each host, with its marks
 * @param old marks that are farther than this control plane, or on another way since
 * @param others marks of other control planes, which changed a host for this organization
 * @param highest number of an apply of this control plane that a host knows
 */
record Lineage(Mark own, SortedMap<String, Observation.Seen> kept, List<Stray> old, List<Stray> others, long highest) {
    private static final String DISASTER = "docs/disaster.md";

    /** No control plane is behind its hosts by so many applies; a number beyond was written by hand, and none follows it. */
    private static final long REACH = 1L << 32;

    /** A mark that this control plane did not leave. */
    record Stray(String host, Mark mark, Diagnostic why) {}

    static Lineage of(ControlPlane controlPlane, String organization, SortedMap<String, Observation> seen) {
        Mark own = controlPlane.mark(organization);
        SortedMap<String, Observation.Seen> kept = new TreeMap<>();
        seen.forEach((host, observation) -> {
            if (observation instanceof Observation.Seen there) {
                kept.put(host, there);
            }
        });
        Set<Anchor> strangers = controlPlane.strangers(kept.values().stream()
                .flatMap(there -> marks(there, organization).keySet().stream())
                .filter(mark -> mark.controlPlane().equals(own.controlPlane()))
                .map(Mark::anchor)
                .toList());
        List<Stray> old = new ArrayList<>();
        List<Stray> others = new ArrayList<>();
        long[] highest = {0};
        kept.forEach((host, there) -> marks(there, organization).forEach((mark, one) -> {
            if (!mark.controlPlane().equals(own.controlPlane())) {
                others.add(new Stray(host, mark, other(host, organization, one)));
                return;
            }
            if (isInReach(mark, own)) {
                highest[0] = Math.max(highest[0], mark.apply());
            }
            if (mark.apply() > own.apply() || strangers.contains(mark.anchor())) {
                old.add(new Stray(host, mark, old(host, organization, one, own)));
            }
        }));
        return new Lineage(own, kept, List.copyOf(old), List.copyOf(others), highest[0]);
    }

    /** Whether some host knows another control plane, or a later state of this one. */
    boolean hasStrays() {
        return !old.isEmpty() || !others.isEmpty();
    }

    private static boolean isInReach(Mark mark, Mark own) {
        return mark.apply() <= own.apply() + REACH;
    }

    /** A host may say the same in two places. */
    private static Map<Mark, KeptMark> marks(Observation.Seen there, String organization) {
        Map<Mark, KeptMark> marks = new LinkedHashMap<>();
        there.serverMarks(organization).forEach(one -> marks.putIfAbsent(one.mark(), one));
        there.fileMarks().orElse(List.of()).forEach(one -> marks.putIfAbsent(one.mark(), one));
        return marks;
    }

    /** By host, for people and for the audit trail. */
    static SortedMap<String, String> words(Collection<Stray> strays) {
        SortedMap<String, String> words = new TreeMap<>();
        strays.forEach(stray -> words.merge(stray.host(), words(stray.mark()), (one, other) -> one + "; " + other));
        return words;
    }

    private static String words(Mark mark) {
        return "apply " + mark.apply() + " of control plane " + mark.controlPlane() + ", row "
                + mark.anchor().sequence() + ", " + mark.anchor().hash();
    }

    private static Diagnostic old(String host, String organization, KeptMark kept, Mark own) {
        Mark mark = kept.mark();
        String than;
        if (!isInReach(mark, own)) {
            than = "this control plane has had " + own.apply() + ", and none has so many: it was written there by hand";
        } else if (mark.apply() > own.apply()) {
            than = "this control plane has had " + own.apply();
        } else {
            than = "row " + mark.anchor().sequence() + " of this control plane's audit trail is another one, or gone";
        }
        return Diagnostic.of(
                Code.CONTROL_PLANE_OLD,
                "host " + host + " knows apply " + mark.apply() + " of organization " + organization + ", of "
                        + kept.since() + "; " + than,
                "it was restored from a backup, or written past AxiomDB: nothing is changed on any host. If what came after is lost for"
                        + " good, an owner goes on with --control-plane-restored \"REASON\" (" + DISASTER + ")");
    }

    private static Diagnostic other(String host, String organization, KeptMark kept) {
        return Diagnostic.of(
                Code.OTHER_CONTROL_PLANE,
                "host " + host + " belongs, for organization " + organization + ", to control plane "
                        + kept.mark().controlPlane() + " (apply " + kept.mark().apply() + ", of " + kept.since() + ")",
                "see whether AXM_CONTROL_PLANE_URL names the right one. If that one is lost, an owner takes its branches over, and"
                        + " the host: axm adopt --all (" + DISASTER + ")");
    }
}
