package io.axiomdb.desired;

import io.axiomdb.core.Origin;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything that axiomdb.yaml declares, checked and with defaults filled in. Maps are keyed by name.
 *
 * @param organization the organization's name
 * @param members by e-mail address
 */
public record Desired(
        String organization,
        SortedMap<String, Member> members,
        SortedMap<String, Host> hosts,
        SortedMap<String, Project> projects,
        Origin origin) {
    public Desired {
        members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
        hosts = Collections.unmodifiableSortedMap(new TreeMap<>(hosts));
        projects = Collections.unmodifiableSortedMap(new TreeMap<>(projects));
    }
}
