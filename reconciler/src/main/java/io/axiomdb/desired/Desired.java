package io.axiomdb.desired;

import io.axiomdb.core.Origin;
import io.axiomdb.core.Sorted;
import java.util.SortedMap;

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
        members = Sorted.map(members);
        hosts = Sorted.map(hosts);
        projects = Sorted.map(projects);
    }
}
