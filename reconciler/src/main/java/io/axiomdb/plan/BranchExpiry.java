package io.axiomdb.plan;

import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Branch;
import io.axiomdb.desired.Fields;
import io.axiomdb.desired.Kind;
import io.axiomdb.desired.Project;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.registry.Applied;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Branches whose date has passed: they end as if they were taken out of the file, and their data is kept. Pure. */
public final class BranchExpiry {
    private BranchExpiry() {}

    static boolean hasExpired(Branch branch, Instant now) {
        return branch.expiresAt() != null && !branch.expiresAt().isAfter(now);
    }

    /** Whether it is over; a protected one never is, whether the file protects it or what was applied does. */
    static boolean isOver(Branch branch, @Nullable Applied applied, Instant now) {
        return hasExpired(branch, now) && (applied == null || !isProtected(branch, applied));
    }

    private static boolean isProtected(Branch branch, Applied applied) {
        return branch.isProtected() || applied.fields().flag("protected", false);
    }

    /** Whether a branch that goes away does so by its date: nobody took it out by mistake. */
    static boolean ends(ResourceKey key, PlanInput input) {
        Applied applied = input.registry().applied().get(key);
        if (key.kind() != Kind.BRANCH || applied == null) {
            return false;
        }
        Project project = input.desired().projects().get(key.project());
        Branch declared = project == null ? null : project.branches().get(key.name());
        return isOver(declared == null ? Branch.of(key.name(), applied.fields()) : declared, applied, input.now());
    }

    /** The branch as it is until somebody ends it, whatever the time is. */
    public static Applied withoutDate(Applied branch) {
        SortedMap<String, String> values = new TreeMap<>(branch.fields().values());
        values.remove("expires_at");
        return branch.with(new Fields(values, branch.fields().origin()));
    }

    static String reason(Branch branch) {
        return "expired at " + branch.expiresAt();
    }

    /** Told every time, until somebody decides. */
    static Diagnostic protectedOne(ResourceKey key, Branch branch) {
        return Diagnostic.of(
                Code.EXPIRED,
                branch.origin().of("expires_at"),
                key + " expired at " + branch.expiresAt() + " and is protected, so it stays",
                "to let it end, say protected: false and apply; to keep it, take expires_at out or give it a later time");
    }

    /**
     * Nothing is made of it, or nothing any more.
     *
     * @param until of what is kept, the latest; empty when nothing is
     */
    static Diagnostic notMade(ResourceKey key, Branch branch, Optional<Instant> until) {
        return Diagnostic.of(
                Code.EXPIRED,
                branch.origin().of("expires_at"),
                key + " expired at " + branch.expiresAt()
                        + until.map(t -> "; its data is kept until " + KeptUntil.day(t))
                                .orElse(", and there is none"),
                until.isPresent()
                        ? "a later expires_at brings it back with its data; or take it out of the file"
                        : "it is not made; give it a later date, or take it out of the file");
    }
}
