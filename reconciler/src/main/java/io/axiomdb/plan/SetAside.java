package io.axiomdb.plan;

import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.Ledger.RetainedRow;
import io.axiomdb.host.RoleState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is retained of one branch on one host, as a row of axiomdb_lock has it: the database and the roles that have the
 * numbers which stand there.
 *
 * @param database null when it is gone; roles may be left
 * @param roles those that are there
 * @param ties databases in which the roles hold something in addition to the one that is retained with them, sorted
 */
record SetAside(
        ResourceKey branch,
        String host,
        RetainedRow row,
        @Nullable DatabaseState database,
        SortedMap<RoleKind, RoleState> roles,
        List<String> ties) {
    SetAside {
        roles = Collections.unmodifiableSortedMap(new TreeMap<>(roles));
        ties = List.copyOf(ties);
    }

    /** Its database alone. */
    SetAside withoutRoles() {
        return new SetAside(branch, host, row, database, Collections.emptySortedMap(), List.of());
    }

    /** The name that it was given. */
    String name() {
        return row.name();
    }

    /** When it was removed, by the host's clock. */
    Instant moment() {
        return row.removed();
    }

    /** Names of the database and of the roles, as far as they are there. */
    List<String> names() {
        return Stream.concat(
                        Stream.ofNullable(database).map(DatabaseState::name),
                        roles.values().stream().map(RoleState::name))
                .toList();
    }

    /** Everything that is not as it was left, whether it keeps the rest from coming back and from being dropped or not. */
    List<String> drift() {
        List<String> found = changes();
        if (database == null && row.database() != 0) {
            found.add("database " + row.name() + " on host " + host + " is gone");
        } else if (database != null && database.template()) {
            found.add("database " + database.name() + " on host " + host
                    + " is a template, which every role that may create databases can copy");
        }
        if (database != null && database.connectionLimit() != 0) {
            found.add("database " + database.name() + " on host " + host + " has the connection limit "
                    + Limits.words(database.connectionLimit()) + " instead of 0");
        }
        List<String> own = names();
        roles.values().forEach(role -> {
            role.members()
                    .forEach(member ->
                            found.add("role " + role.name() + " on host " + host + " has member " + member.role()));
            role.memberOf().stream()
                    .filter(of -> !own.contains(of.role()))
                    .forEach(of ->
                            found.add("role " + role.name() + " on host " + host + " is a member of " + of.role()));
        });
        return found;
    }

    /** What was done to it since and keeps it from coming back and from being dropped; none when it is as it was left. */
    List<String> changes() {
        List<String> found = new ArrayList<>();
        if (database != null) {
            String what = "database " + row.name() + " on host " + host;
            if (!database.name().equals(row.name())) {
                found.add(what + " is called " + database.name() + " now");
            }
            if (!database.owner().equals(row.keeper())) {
                found.add(what + " belongs to role " + database.owner() + ", and was given to " + row.keeper());
            }
            if (database.allowConnections()) {
                found.add(what + " allows connections again");
            }
        }
        roles.values().stream()
                .filter(role -> role.attributes().login())
                .forEach(role -> found.add("role " + role.name() + " on host " + host + " may log in again"));
        return found;
    }

    /** Until when it is retained at least. */
    Instant until(int days) {
        Instant counted = moment().plus(Duration.ofDays(days));
        Instant promised = row.keepUntil();
        return promised == null || promised.isBefore(counted) ? counted : promised;
    }

    /** The database, which is there. */
    DatabaseState requireDatabase() {
        return Objects.requireNonNull(database);
    }
}
