package io.axiomdb.plan;

import io.axiomdb.core.Cidr;
import io.axiomdb.host.Access;
import io.axiomdb.host.Access.Entry;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.host.AccessObservation.EndsPooled;
import io.axiomdb.host.AccessObservation.Sessions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Which live sessions a change of access ends. Pure. */
final class SessionEnds {
    private record From(Access.Port port, String database, String address) implements Comparable<From> {
        private static final Comparator<From> ORDER =
                Comparator.comparing(From::database).thenComparing(From::port).thenComparing(From::address);

        @Override
        public int compareTo(From other) {
            return ORDER.compare(this, other);
        }
    }

    private SessionEnds() {}

    /**
     * Sessions of our roles from where nothing lets them in. Those of others, the administrator's own look at the host
     * among them, are not ended: the host leaves them alone.
     *
     * @param allowed what will be, and what has expired so lately that its sessions may go on
     * @param roles of all branches that are or will be on the host
     * @param branch from a database's name to its branch's, for people
     */
    static List<EndedSessions> of(
            String host,
            AccessObservation.Seen seen,
            Collection<Entry> allowed,
            Collection<String> roles,
            UnaryOperator<String> branch) {
        SortedMap<From, Integer> ended = new TreeMap<>();
        for (Sessions sessions : seen.sessions()) {
            Cidr address = address(sessions.address());
            if (address != null
                    && roles.contains(sessions.role())
                    && allowed.stream().noneMatch(entry -> lets(entry, sessions, address))) {
                ended.merge(
                        new From(sessions.port(), sessions.database(), sessions.address()),
                        sessions.count(),
                        Integer::sum);
            }
        }
        boolean together = seen.endsPooled() == EndsPooled.DATABASE;
        List<EndedSessions> all = new ArrayList<>();
        ended.forEach((from, count) -> all.add(new EndedSessions(
                host,
                branch.apply(from.database()),
                from.port(),
                from.address(),
                count,
                together && from.port() == Access.Port.RUNTIME)));
        return all;
    }

    private static boolean lets(Entry entry, Sessions sessions, Cidr address) {
        return entry.port() == sessions.port()
                && entry.database().equals(sessions.database())
                && entry.cidr().covers(address);
    }

    /** Null for what comes over no network; the lines that decide are about addresses. */
    private static @Nullable Cidr address(String text) {
        return switch (Cidr.read(text)) {
            case Cidr.Read.Range(Cidr cidr) -> cidr;
            case Cidr.Read.Refused(String _, String meant) ->
                meant != null && Cidr.read(meant) instanceof Cidr.Read.Range(Cidr cidr) ? cidr : null;
        };
    }
}
