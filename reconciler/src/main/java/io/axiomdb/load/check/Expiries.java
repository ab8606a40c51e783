package io.axiomdb.load.check;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Origin;
import io.axiomdb.desired.Desired;
import io.axiomdb.desired.Network;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What has expired is a warning: a file does not become invalid by waiting. */
final class Expiries {
    private Expiries() {}

    static void check(Desired desired, Instant now, Consumer<Diagnostic> problems) {
        desired.projects().values().forEach(project -> {
            project.branches()
                    .values()
                    .forEach(branch -> one(
                            "branch " + branch.name(),
                            "if it is there the next apply ends it and keeps its data; if not, it is not made",
                            branch.expiresAt(),
                            branch.origin(),
                            now,
                            problems));
            Network network = project.network();
            if (network != null) {
                network.rules()
                        .values()
                        .forEach(rule -> one(
                                "rule " + rule.name(),
                                "the host closes what it opened, by its own clock: axm network rule get shows whether it has; take it out,"
                                        + " or give it a later time",
                                rule.expiresAt(),
                                rule.origin(),
                                now,
                                problems));
            }
        });
    }

    private static void one(
            String what, String help, @Nullable Instant at, Origin origin, Instant now, Consumer<Diagnostic> problems) {
        if (at != null && !at.isAfter(now)) {
            problems.accept(Diagnostic.of(Code.EXPIRED, origin.of("expires_at"), what + " expired at " + at, help));
        }
    }
}
