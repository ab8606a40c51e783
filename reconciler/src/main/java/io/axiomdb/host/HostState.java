package io.axiomdb.host;

import io.axiomdb.core.Sorted;
import java.util.Collections;
import java.util.SortedMap;

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
}
