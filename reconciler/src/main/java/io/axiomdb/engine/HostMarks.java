package io.axiomdb.engine;

import io.axiomdb.apply.OpenHost;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Mark;
import io.axiomdb.host.KeptMark;
import io.axiomdb.host.Observation;
import io.axiomdb.port.HostWriter.HostFailure;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Leaves on hosts how far the control plane is: on their servers, and where there is {@code ssh} in their files too. Each place
 * is compared, under its host's lock, with what the look saw there: an apply that went on in between is not passed over. What was
 * not seen gets no mark, and nothing of it is changed.
 */
final class HostMarks {
    private final Outside outside;
    private final String organization;
    private final SortedMap<String, Observation.Seen> seen;
    private @Nullable Mark left;

    /** @param seen by the look that this apply goes by */
    HostMarks(Outside outside, String organization, SortedMap<String, Observation.Seen> seen) {
        this.outside = outside;
        this.organization = organization;
        this.seen = seen;
    }

    /**
     * Before the first effect: the number of this apply, and for how long at least what is retained is kept.
     *
     * @param days for which it is kept
     * @param within for all of them together
     * @return why it could not be left, by host
     */
    SortedMap<String, Diagnostic> begin(Collection<OpenHost> hosts, Mark mark, int days, Duration within) {
        left = mark;
        return each(hosts, within, (open, there) -> {
            List<Mark> files = there.fileMarks().map(HostMarks::marks).orElse(null);
            if (!leave(open, marks(there.serverMarks(organization)), files, mark)) {
                return false;
            }
            open.session().promise(organization, days);
            return true;
        });
    }

    /**
     * After the last outcome: where the audit trail ends.
     *
     * @param within for all of them together
     * @return why it could not be left, by host; nothing when nothing was begun
     */
    SortedMap<String, Diagnostic> end(Collection<OpenHost> hosts, Mark mark, Duration within) {
        if (left == null) {
            return Collections.emptySortedMap();
        }
        List<Mark> begun = List.of(left);
        return each(
                hosts,
                within,
                (open, there) -> leave(open, begun, there.fileMarks().isPresent() ? begun : null, mark));
    }

    private static List<Mark> marks(List<KeptMark> kept) {
        return kept.stream().map(KeptMark::mark).toList();
    }

    private boolean leave(OpenHost open, List<Mark> server, @Nullable List<Mark> files, Mark mark) throws HostFailure {
        return open.session().leaveMark(organization, server, mark)
                && (files == null || outside.files().leaveMark(open.host(), organization, open.lease(), files, mark));
    }

    /** What is done on one host. */
    private interface Work {
        /** False when another apply was there since the look. */
        boolean on(OpenHost host, Observation.Seen there) throws HostFailure;
    }

    /** On all of them at once; what failed, by host. */
    private SortedMap<String, Diagnostic> each(Collection<OpenHost> hosts, Duration within, Work work) {
        SortedMap<String, OpenHost> open = new TreeMap<>();
        hosts.stream()
                .filter(host -> seen.containsKey(host.host().name()))
                .forEach(host -> open.put(host.host().name(), host));
        AtOnce<Optional<Diagnostic>> atOnce = new AtOnce<>(within, host -> Optional.of(late(host, within)), _ -> {});
        SortedMap<String, Diagnostic> failed = new TreeMap<>();
        atOnce.on(open.keySet(), host -> on(Objects.requireNonNull(open.get(host)), work))
                .forEach((host, why) -> why.ifPresent(one -> failed.put(host, one)));
        return failed;
    }

    private Optional<Diagnostic> on(OpenHost host, Work work) {
        String name = host.host().name();
        try {
            return work.on(host, Objects.requireNonNull(seen.get(name)))
                    ? Optional.empty()
                    : Optional.of(Diagnostic.of(
                            Code.CONTROL_PLANE_OLD,
                            "host " + name + " was changed for organization " + organization
                                    + " by another control plane, or a copy of this one, since it was looked at",
                            "nothing was changed there by this apply; see what the host knows: axm plan"));
        } catch (HostFailure e) {
            return Optional.of(unmarked(name, Objects.requireNonNull(e.getMessage()), e.help()));
        }
    }

    /** A commit that waits for a standby looks like this. */
    static Diagnostic late(String host, Duration within) {
        return unmarked(
                host,
                "it did not take the number of this apply within " + within.toSeconds() + " s",
                "see whether its disk is full, or a commit there waits for a standby that is gone (pg_stat_activity)");
    }

    private static Diagnostic unmarked(String host, String why, String help) {
        return Diagnostic.of(Code.NO_ANCHOR, "host " + host + ": " + why, help);
    }
}
