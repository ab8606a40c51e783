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

    /**
     * The database of a number, whatever it is called; null when none has it.
     *
     * @param name what it is most likely called, for then no other is looked at
     */
    public @Nullable DatabaseState database(long oid, String name) {
        DatabaseState likely = databases.get(name);
        if (oid == 0 || likely != null && likely.oid() == oid) {
            return oid == 0 ? null : likely;
        }
        for (DatabaseState database : databases.values()) {
            if (database.oid() == oid) {
                return database;
            }
        }
        return null;
    }

    /**
     * The role of a number, whatever it is called; null when none has it.
     *
     * @param name what it is most likely called, for then no other is looked at
     */
    public @Nullable RoleState role(long oid, String name) {
        RoleState likely = roles.get(name);
        if (oid == 0 || likely != null && likely.oid() == oid) {
            return oid == 0 ? null : likely;
        }
        for (RoleState role : roles.values()) {
            if (role.oid() == oid) {
                return role;
            }
        }
        return null;
    }
}
