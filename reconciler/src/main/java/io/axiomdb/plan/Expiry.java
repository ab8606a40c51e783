package io.axiomdb.plan;

import io.axiomdb.core.Cidr;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.Kind;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.host.AccessObservation.Expired;
import io.axiomdb.host.Observation;
import io.axiomdb.registry.Applied;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rules whose time has passed: gone by themselves, declared or not. Pure. */
public final class Expiry {
    private Expiry() {}

    /** What is declared counts, else what was applied. */
    public static boolean hasExpired(
            ResourceKey key, @Nullable Fields declared, @Nullable Applied applied, Instant now) {
        Fields fields = declared != null || applied == null ? declared : applied.fields();
        Instant end = key.kind() == Kind.NETWORK_RULE && fields != null ? fields.instant("expires_at") : null;
        return end != null && !end.isAfter(now);
    }

    static Diagnostic never(ResourceKey key, Fields declared) {
        return Diagnostic.of(
                Code.EXPIRED,
                declared.origin().of("expires_at"),
                key + " expired at " + declared.text("expires_at") + " and was never applied",
                "it opens nothing; give it a later time, or take it out of the file");
    }

    /** {@code expired}, and when the host closed what it had opened, if the host tells and nothing of it was seen open since. */
    static String reason(ResourceKey key, Applied applied, Enforcement enforcement, PlanInput input) {
        for (String host : enforcement.hosts(key)) {
            if (input.observations().get(host) instanceof Observation.Seen seen
                    && seen.access() instanceof AccessObservation.Seen access) {
                for (Expired closed : journal(access)) {
                    if (enforcement.isOf(key.project(), closed.database()) && isOf(applied.fields(), closed)) {
                        return isOpen(closed, access)
                                ? "expired, and host " + host + " lets it in all the same"
                                : "expired; host " + host + " closed it at " + closed.at();
                    }
                }
            }
        }
        return "expired";
    }

    private static List<Expired> journal(AccessObservation.Seen access) {
        return access.journal().stream()
                .sorted(Comparator.comparing(Expired::at))
                .toList();
    }

    private static boolean isOpen(Expired closed, AccessObservation.Seen access) {
        return access.access().entries().stream()
                .anyMatch(entry -> entry.port() == closed.port()
                        && entry.database().equals(closed.database())
                        && entry.cidr().toString().equals(closed.cidr()));
    }

    /** The host may have closed a wider range, of which the rule's was a part. */
    private static boolean isOf(Fields rule, Expired closed) {
        Instant end = rule.instant("expires_at");
        return end != null
                && !closed.at().isBefore(end)
                && Cidr.read(closed.cidr()) instanceof Cidr.Read.Range(Cidr wide)
                && Cidr.read(rule.text("cidr", "")) instanceof Cidr.Read.Range(Cidr own)
                && (wide.covers(own) || own.covers(wide));
    }
}
