package io.axiomdb.host;

import io.axiomdb.core.Sorted;
import java.util.Collections;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Roles and databases of one host, as they should be or as they are: {@code compile} makes the first, a
 * {@link io.axiomdb.port.HostReader} the second, and the plan is a comparison of the two.
 */
public record HostState(SortedMap<String, RoleState> roles, SortedMap<String, DatabaseState> databases) {
    public static final HostState EMPTY = new HostState(Collections.emptySortedMap(), Collections.emptySortedMap());

    public HostState {
        roles = Sorted.map(roles);
        databases = Sorted.map(databases);
    }

    /** The database of a number, whatever it is called; null when none has it. */
    public @Nullable DatabaseState database(long oid) {
        return databases.values().stream()
                .filter(database -> oid != 0 && database.oid() == oid)
                .findFirst()
                .orElse(null);
    }

    /** The role of a number, whatever it is called; null when none has it. */
    public @Nullable RoleState role(long oid) {
        return roles.values().stream()
                .filter(role -> oid != 0 && role.oid() == oid)
                .findFirst()
                .orElse(null);
    }
}
