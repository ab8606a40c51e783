package io.axiomdb.desired;

import io.axiomdb.core.Origin;
import io.axiomdb.core.Sorted;
import java.util.SortedMap;

/**
 * Everything that axiomdb.yaml declares, checked and with defaults filled in. Maps are keyed by name.
 *
 * @param organization the organization's name
 * @param members by e-mail address
 * @param keepRemovedDays how long the data of a removed branch is kept
 */
public record Desired(
        String organization,
        SortedMap<String, Member> members,
        SortedMap<String, Host> hosts,
        SortedMap<String, Project> projects,
        int keepRemovedDays,
        Origin origin) {
    /** What counts where the file says nothing of it. */
    public static final int KEEP_REMOVED_DAYS = 7;

    private static final String KEEP_REMOVED = "keep_removed_days";

    public Desired {
        members = Sorted.map(members);
        hosts = Sorted.map(hosts);
        projects = Sorted.map(projects);
    }

    /** In which removed data is kept as long as it is where the file says nothing of it. */
    public Desired(
            String organization,
            SortedMap<String, Member> members,
            SortedMap<String, Host> hosts,
            SortedMap<String, Project> projects,
            Origin origin) {
        this(organization, members, hosts, projects, KEEP_REMOVED_DAYS, origin);
    }

    /** The same with other projects. */
    public Desired with(SortedMap<String, Project> others) {
        return new Desired(organization, members, hosts, others, keepRemovedDays, origin);
    }

    static int keepRemovedDays(Fields organization) {
        return organization.number(KEEP_REMOVED, KEEP_REMOVED_DAYS);
    }

    /** The organization alone; all else are resources of their own. Empty where nothing differs from what counts anyway. */
    public SortedMap<String, String> fields() {
        return new Fields.Writer()
                .put(KEEP_REMOVED, keepRemovedDays == KEEP_REMOVED_DAYS ? null : keepRemovedDays)
                .done();
    }
}
