package io.axiomdb.engine;

import io.axiomdb.core.Anchor;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Mark;
import io.axiomdb.host.KeptMark;
import io.axiomdb.host.Observation;
import io.axiomdb.port.ControlPlane;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Whether this control plane is the one that the hosts know, and not older than they are, by the marks that they keep. A registry
 * of an unknown age closes and destroys nothing.
 *
 * @param own this control plane's, at the moment of the comparison
 * @param old hosts that are farther than this control plane, or on another way since
 * @param others hosts that another control plane changed for this organization
 * @param highest number of an apply of this control plane that a host knows
 * @param overruled marks that are forgotten when it goes on all the same, by host, for the audit trail
 */
record Lineage(
        Mark own, List<Diagnostic> old, List<Diagnostic> others, long highest, SortedMap<String, String> overruled) {
    private static final String DISASTER = "docs/disaster.md";

    static Lineage of(ControlPlane controlPlane, String organization, SortedMap<String, Observation> seen) {
        Mark own = controlPlane.mark(organization);
        SortedMap<String, List<KeptMark>> kept = new TreeMap<>();
        seen.forEach((host, observation) -> {
            if (observation instanceof Observation.Seen there) {
                kept.put(host, there.marks(organization));
            }
        });
        Set<Anchor> strangers = controlPlane.strangers(kept.values().stream()
                .flatMap(List::stream)
                .map(KeptMark::mark)
                .filter(mark -> mark.controlPlane().equals(own.controlPlane()))
                .map(Mark::anchor)
                .toList());
        List<Diagnostic> old = new ArrayList<>();
        List<Diagnostic> others = new ArrayList<>();
        long highest = 0;
        SortedMap<String, String> overruled = new TreeMap<>();
        for (String host : kept.keySet()) {
            for (KeptMark one : kept.getOrDefault(host, List.of())) {
                Mark mark = one.mark();
                if (!mark.controlPlane().equals(own.controlPlane())) {
                    others.add(other(host, organization, one));
                    overruled.merge("host " + host, words(mark), Lineage::both);
                    continue;
                }
                highest = Math.max(highest, mark.apply());
                if (mark.apply() > own.apply() || strangers.contains(mark.anchor())) {
                    old.add(old(host, organization, one, own));
                    overruled.merge("host " + host, words(mark), Lineage::both);
                }
            }
        }
        return new Lineage(own, distinct(old), distinct(others), highest, overruled);
    }

    private static String words(Mark mark) {
        return "control plane " + mark.controlPlane() + ", apply " + mark.apply() + ", row "
                + mark.anchor().sequence() + ", " + mark.anchor().hash();
    }

    private static String both(String one, String other) {
        return one.equals(other) ? one : one + "; " + other;
    }

    /** A host says the same in two places. */
    private static List<Diagnostic> distinct(List<Diagnostic> all) {
        return all.stream().distinct().toList();
    }

    private static Diagnostic old(String host, String organization, KeptMark kept, Mark own) {
        Mark mark = kept.mark();
        String than = mark.apply() > own.apply()
                ? "this control plane has had " + own.apply()
                : "row " + mark.anchor().sequence() + " of this control plane's audit trail is another one, or gone";
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
                "see whether AXM_CONTROL_PLANE_URL names the right one. If that one is lost, take the branches over: axm adopt ("
                        + DISASTER + ")");
    }
}
