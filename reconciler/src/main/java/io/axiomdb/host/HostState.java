package io.axiomdb.host;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Roles and databases of one host, as they should be or as they are: {@code compile} makes the first, a
 * {@link io.axiomdb.port.HostReader} the second, and the plan is a comparison of the two.
 */
public record HostState(SortedMap<String, RoleState> roles, SortedMap<String, DatabaseState> databases) {
    public static final HostState EMPTY = new HostState(Collections.emptySortedMap(), Collections.emptySortedMap());

    public HostState {
        roles = Collections.unmodifiableSortedMap(new TreeMap<>(roles));
        databases = Collections.unmodifiableSortedMap(new TreeMap<>(databases));
    }
}
