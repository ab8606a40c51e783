package io.axiomdb.plan;

import io.axiomdb.compile.BranchWant;
import io.axiomdb.plan.Difference.Nature;
import io.axiomdb.plan.HeldBack.Named;
import io.axiomdb.plan.HeldBack.Repair;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Sorts drift into what apply repairs and what it holds back until somebody names it. */
final class DriftSorting {
    private final Set<Named> named;
    private final Findings findings;

    DriftSorting(Set<Named> named, Findings findings) {
        this.named = named;
        this.findings = findings;
    }

    /** What is to be repaired; empty when nothing is. What is held back goes to the findings. */
    Optional<List<Difference>> sort(BranchWant want, List<Difference> drift) {
        boolean gone = drift.stream().anyMatch(d -> d.nature() == Nature.GONE);
        List<Difference> repaired = new ArrayList<>();
        Map<Repair, List<Difference>> held = new EnumMap<>(Repair.class);
        for (Difference difference : drift) {
            Repair kind = kind(difference, gone);
            if (kind == null || named.contains(new Named(kind, want.key().path()))) {
                repaired.add(difference);
            } else {
                held.computeIfAbsent(kind, _ -> new ArrayList<>()).add(difference);
            }
        }
        held.forEach((kind, differences) -> findings.heldBack.add(new HeldBack(
                want.key(),
                want.host(),
                shown(kind, differences).stream().map(Difference::toFieldChange).toList(),
                kind,
                reason(kind))));
        return repaired.isEmpty() ? Optional.empty() : Optional.of(repaired);
    }

    /**
     * Null: repaired without being named. A database that is gone takes the whole branch along: perhaps this is not the
     * server that it was on.
     */
    private static @Nullable Repair kind(Difference difference, boolean gone) {
        if (gone) {
            return Repair.DATABASE;
        }
        return switch (difference.nature()) {
            case ORDINARY, UNASKED -> null;
            case LOSS -> Repair.PRIVILEGES;
            case PASSWORD -> Repair.PASSWORD;
            case GONE -> Repair.DATABASE;
        };
    }

    private static List<Difference> shown(Repair kind, List<Difference> differences) {
        return switch (kind) {
            case PASSWORD, PRIVILEGES -> differences;
            case DATABASE ->
                differences.stream().filter(d -> d.nature() == Nature.GONE).toList();
        };
    }

    private static String reason(Repair kind) {
        return switch (kind) {
            case PASSWORD -> "changed outside; who uses the new one would be locked out";
            case PRIVILEGES -> "taken away outside, perhaps on purpose";
            case DATABASE -> "it is gone, and a new one would be empty; restore it first if there is a backup";
        };
    }
}
