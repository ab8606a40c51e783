package io.axiomdb.cli.view;

import io.axiomdb.core.Diagnostic;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How things stand, as last applied.
 *
 * @param lastApply null when none is in the trail
 * @param findings what is in branches and belongs to none of their roles
 * @param kept removed branches whose data is kept
 */
public record StatusReport(
        String organization,
        Instant now,
        @Nullable LastApply lastApply,
        List<HostRow> hosts,
        List<BranchRow> branches,
        List<Diagnostic> findings,
        List<KeptRow> kept,
        List<RotationRow> rotations,
        List<ExpiryRow> expiries) {
    public StatusReport {
        hosts = List.copyOf(hosts);
        branches = List.copyOf(branches);
        findings = List.copyOf(findings);
        kept = List.copyOf(kept);
        rotations = List.copyOf(rotations);
        expiries = List.copyOf(expiries);
    }

    /** The newest change in the trail. */
    public record LastApply(
            Instant at, String actor, @Nullable String commit) {}

    /** Whether what is on a host is still what was applied. */
    public enum Drift {
        YES,
        NO,
        /** Not everything could be looked at. */
        UNKNOWN;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * A host.
     *
     * @param why of UNKNOWN; else empty
     */
    public record HostRow(String host, Drift drift, String why) {}

    /**
     * When a project's passwords change next.
     *
     * @param due null when no password of it is known to be on a host
     * @param auto whether it happens by itself
     */
    public record RotationRow(String project, @Nullable Instant due, int warnBeforeDays, boolean auto) {}

    /** What ends by itself, such as {@code branch shop/feature/auth}. */
    public record ExpiryRow(String what, Instant at) {}

    /** Whether drift was found on some host. */
    public boolean drifted() {
        return hosts.stream().anyMatch(h -> h.drift() == Drift.YES);
    }

    /** Whether all hosts were looked at. */
    public boolean complete() {
        return hosts.stream().noneMatch(h -> h.drift() == Drift.UNKNOWN);
    }
}
