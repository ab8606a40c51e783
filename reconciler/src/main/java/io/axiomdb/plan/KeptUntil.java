package io.axiomdb.plan;

import io.axiomdb.desired.ResourceKey;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;

/** Until when the data of a removed branch is kept, in words. Pure. */
public final class KeptUntil {
    private KeptUntil() {}

    public static Instant of(Instant since, int days) {
        return since.plus(Duration.ofDays(days));
    }

    /** {@code 2026-11-29}: the day in UTC. */
    public static String day(Instant until) {
        return until.atOffset(ZoneOffset.UTC).toLocalDate().toString();
    }

    /** {@code axm undelete shop/feature/auth}. */
    public static String command(ResourceKey branch) {
        return "axm undelete " + branch.path();
    }
}
