package io.axiomdb.cli.command;

import io.axiomdb.cli.view.KeptRow;
import io.axiomdb.plan.KeptUntil;
import io.axiomdb.plan.Planner;
import io.axiomdb.registry.Registry;
import java.util.Comparator;
import java.util.List;

/** What the registry knows to be kept of removed branches. */
final class KeptRows {
    private KeptRows() {}

    /** By project and branch, the newest last. */
    static List<KeptRow> of(Registry registry) {
        int days = Planner.applied(registry).keepRemovedDays();
        return registry.removed().stream()
                .map(removed -> new KeptRow(
                        removed.resource().project(),
                        removed.resource().name(),
                        removed.since(),
                        KeptUntil.of(removed.since(), days)))
                .sorted(Comparator.comparing(KeptRow::project)
                        .thenComparing(KeptRow::branch)
                        .thenComparing(KeptRow::since))
                .toList();
    }
}
