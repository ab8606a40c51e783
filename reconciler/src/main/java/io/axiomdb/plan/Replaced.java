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
 * @param days for how long it is retained at least
 */
record Replaced(String organization, ResourceKey branch, String id, String database, int days) {
    /** The last step's renaming needs a database that nobody is connected to. */
    List<Step> close() {
        return SetAsideSteps.close(database, List.of());
    }

    /** When the last step fails: its name is still the one that it had. */
    List<Undo> reopen(Step closing, HostState before) {
        return Reopening.of(new TreeMap<>(Map.of(database, database)), new TreeMap<>(), before)
                .undo(closing);
    }

    /** In the transaction that puts another in its place. */
    String keep() {
        return SetAsideSteps.replace(organization, branch, id, database, days);
    }
}
