package io.axiomdb.plan;

import io.axiomdb.host.Access.Port;
import java.util.Comparator;

/**
 * Open sessions that a plan ends, because nobody may come from their address any more.
 *
 * @param branch its path, such as {@code shop/main}
 * @param address where they come from
 * @param count how many there were when the host was looked at
 * @param wholeDatabase the pooler can't end single clients: every pooled session of the database ends with them
 */
public record EndedSessions(String host, String branch, Port port, String address, int count, boolean wholeDatabase)
        implements Comparable<EndedSessions> {
    private static final Comparator<EndedSessions> ORDER = Comparator.comparing(EndedSessions::branch)
            .thenComparing(EndedSessions::port)
            .thenComparing(EndedSessions::address)
            .thenComparing(EndedSessions::host);

    @Override
    public int compareTo(EndedSessions other) {
        return ORDER.compare(this, other);
    }
}
