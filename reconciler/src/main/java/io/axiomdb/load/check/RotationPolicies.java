package io.axiomdb.load.check;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.RotationPolicy;
import java.util.function.Consumer;

/** A warning comes before the rotation it warns of, and after the one before. */
final class RotationPolicies {
    private RotationPolicies() {}

    static void check(Desired desired, Consumer<Diagnostic> problems) {
        desired.projects().values().forEach(project -> {
            RotationPolicy policy = project.rotation();
            if (policy != null && policy.warnBeforeDays() >= policy.intervalDays()) {
                problems.accept(Diagnostic.of(
                        Code.BAD_VALUE,
                        policy.origin().of("warn_before_days"),
                        "the warning comes " + policy.warnBeforeDays() + " days before, the rotation every "
                                + policy.intervalDays() + " days",
                        "warn_before_days has to be less than interval_days"));
            }
        });
    }
}
