package io.axiomdb.engine;

import io.axiomdb.apply.OpenHost;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Mark;
import io.axiomdb.host.KeptMark;
import io.axiomdb.host.Observation;
import io.axiomdb.port.HostWriter.HostFailure;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
     * @return where it could not be left
     */
    List<Diagnostic> begin(Collection<OpenHost> hosts, Mark mark, int days) {
        left = mark;
        return each(hosts, (open, there) -> {
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
     * @return where it could not be left; nowhere when nothing was begun
     */
    List<Diagnostic> end(Collection<OpenHost> hosts, Mark mark) {
        if (left == null) {
            return List.of();
        }
        List<Mark> begun = List.of(left);
        return each(hosts, (open, there) -> leave(open, begun, there.fileMarks().isPresent() ? begun : null, mark));
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

    /** On all of them at once; what failed on which. */
    private List<Diagnostic> each(Collection<OpenHost> hosts, Work work) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Optional<Diagnostic>>> all = new ArrayList<>();
            hosts.stream()
                    .filter(host -> seen.containsKey(host.host().name()))
                    .forEach(host -> all.add(threads.submit(() -> on(host, work))));
            return all.stream().map(HostMarks::result).flatMap(Optional::stream).toList();
        }
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
            return Optional.of(Diagnostic.of(
                    Code.NO_ANCHOR, "host " + name + ": " + Objects.requireNonNull(e.getMessage()), e.help()));
        }
    }

    private static <R> R result(Future<R> work) {
        try {
            return work.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while leaving marks on hosts", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("leaving a mark on a host", e.getCause());
        }
    }
}
