package io.axiomdb.engine;

import io.axiomdb.core.Anchor;
import io.axiomdb.core.Diagnostic;
import java.util.List;

/**
 * Whether the audit trail is whole.
 *
 * @param findings what is wrong; empty when it is whole
 * @param notices what it could not be compared with
 * @param end where it ends: an anchor for the next time, worth nothing where something is wrong
 */
public record TrailLook(List<Diagnostic> findings, List<Diagnostic> notices, Anchor end) {
    public TrailLook {
        findings = List.copyOf(findings);
        notices = List.copyOf(notices);
    }
}
