package io.axiomdb.plan;

import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.RoleState;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What was set aside of a branch on one host at one moment: everything whose name holds the same id and moment and whose
 * comment names the same branch.
 *
 * @param moment by the host's clock
 * @param database null when it is gone; roles may be left
 * @param roles those that are there
 * @param ties databases in which the roles hold something beside the one that was set aside with them, sorted
 */
record SetAside(
        ResourceKey branch,
        String host,
        Instant moment,
        @Nullable DatabaseState database,
        SortedMap<RoleKind, RoleState> roles,
        List<String> ties) {
    SetAside {
        roles = Collections.unmodifiableSortedMap(new TreeMap<>(roles));
        ties = List.copyOf(ties);
    }

    /** The database's name; else the first role's. */
    String name() {
        return database == null ? roles.firstEntry().getValue().name() : database.name();
    }

    /** Names of the database and of the roles, as far as they are there. */
    List<String> names() {
        return Stream.concat(
                        Stream.ofNullable(database).map(DatabaseState::name),
                        roles.values().stream().map(RoleState::name))
                .toList();
    }

    /**
     * Whether nobody but AxiomDB can have put this together: a tenant can call a database of its own anything, but it has
     * none that belongs to a role which was set aside.
     *
     * @param owner the live branch's owner, where it is the one that lost this copy; else null
     */
    boolean isGenuine(@Nullable String owner) {
        RoleState kept = roles.get(RoleKind.OWNER);
        return database == null
                || kept != null && database.owner().equals(kept.name())
                || database.owner().equals(owner);
    }

    /** Until when it is kept at least. */
    Instant until(int days) {
        return moment.plus(Duration.ofDays(days));
    }

    /** The database, which is there. */
    DatabaseState requireDatabase() {
        return Objects.requireNonNull(database);
    }
}
