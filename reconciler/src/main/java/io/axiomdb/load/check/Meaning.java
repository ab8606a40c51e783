package io.axiomdb.load.check;

import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Desired;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BiFunction;

/** All rules. To add one, write its class and name it here. */
public final class Meaning {
    private Meaning() {}

    /**
     * Problems in no order.
     *
     * @param desired without the parts that have the wrong form
     * @param allRead whether every file was read to its end; else what is missing may be in the rest
     * @param whole whether nothing was left out
     * @param hint from what was written and what is known to "did you mean"
     */
    public static List<Diagnostic> problems(
            Desired desired,
            Instant now,
            boolean allRead,
            boolean whole,
            BiFunction<String, Collection<String>, String> hint) {
        List<Diagnostic> found = new ArrayList<>();
        new References(hint, allRead).check(desired, found::add);
        BranchCycles.check(desired, found::add);
        NameCollisions.check(desired, found::add);
        Renames.check(desired, found::add);
        Names.check(desired, found::add);
        RuleOverlaps.check(desired, found::add);
        WorldCoverage.check(desired, now, found::add);
        Confirmations.check(desired, found::add);
        Expiries.check(desired, now, found::add);
        HostEncryption.check(desired, found::add);
        HostPasswords.check(desired, found::add);
        HostLogins.check(desired, found::add);
        Settings.check(desired, found::add);
        RotationPolicies.check(desired, found::add);
        if (whole) {
            Owners.check(desired, found::add);
        }
        return found;
    }
}
