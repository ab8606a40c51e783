package io.axiomdb.plan;

import io.axiomdb.desired.ResourceKey;
import io.axiomdb.host.HostState;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The database of a branch that goes on living and gets another one: it is retained, and its roles stay. Pure.
 *
 * @param id the registry's
 * @param before the host, on which it is what was planned for
 * @param days for how long it is retained at least
 */
record Replaced(String organization, ResourceKey branch, String id, String database, HostState before, int days) {
    /** The last step's renaming needs a database that nobody is connected to. */
    List<Step> close() {
        return SetAsideSteps.close(List.of(database), List.of(), before);
    }

    /** When the last step fails: its name is still the one that it had. */
    List<Undo> reopen(Step closing) {
        return Reopening.of(new TreeMap<>(Map.of(database, database)), new TreeMap<>(), before)
                .undo(closing);
    }

    /** In the transaction that puts another in its place. */
    List<String> keep() {
        return List.of(
                SetAsideSteps.same(List.of(database), List.of(), before),
                SetAsideSteps.replace(organization, branch, id, database, days));
    }
}
