package io.axiomdb.engine;

import io.axiomdb.apply.OpenHost;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.core.Mark;
import io.axiomdb.port.HostWriter.HostFailure;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Leaves on hosts how far the control plane is: on their servers, and where there is {@code ssh} in their files too. */
final class HostMarks {
    private HostMarks() {}

    /**
     * Before the first effect: the number of this apply, and for how long at least what is retained is kept.
     *
     * @param days for which it is kept
     * @param anew whether they forget what they kept of the organization before
     * @return where it could not be left
     */
    static List<Diagnostic> begin(
            Outside outside, String organization, Collection<OpenHost> hosts, Mark mark, int days, boolean anew) {
        return each(hosts, open -> {
            open.session().promise(organization, days);
            leave(outside, organization, open, mark, anew);
        });
    }

    /**
     * After the last outcome: where the audit trail ends.
     *
     * @return where it could not be left
     */
    static List<Diagnostic> end(Outside outside, String organization, Collection<OpenHost> hosts, Mark mark) {
        return each(hosts, open -> leave(outside, organization, open, mark, false));
    }

    private static void leave(Outside outside, String organization, OpenHost open, Mark mark, boolean anew)
            throws HostFailure {
        open.session().leaveMark(organization, mark, anew);
        outside.files().leaveMark(open.host(), organization, open.lease(), mark, anew);
    }

    /** What is done on one host. */
    private interface Work {
        void on(OpenHost host) throws HostFailure;
    }

    /** On all of them at once; what failed on which. */
    private static List<Diagnostic> each(Collection<OpenHost> hosts, Work work) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Optional<Diagnostic>>> all = new ArrayList<>();
            hosts.forEach(host -> all.add(threads.submit(() -> on(host, work))));
            return all.stream().map(HostMarks::result).flatMap(Optional::stream).toList();
        }
    }

    private static Optional<Diagnostic> on(OpenHost host, Work work) {
        try {
            work.on(host);
            return Optional.empty();
        } catch (HostFailure e) {
            return Optional.of(Diagnostic.of(
                    Code.NO_ANCHOR,
                    "host " + host.host().name() + ": " + Objects.requireNonNull(e.getMessage()),
                    e.help()));
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
