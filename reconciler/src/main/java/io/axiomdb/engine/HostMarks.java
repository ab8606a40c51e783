package io.axiomdb.engine;

import io.axiomdb.apply.OpenHost;
import io.axiomdb.audit.Mark;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Host;
import io.axiomdb.port.ControlPlane;
import io.axiomdb.port.HostWriter.HostFailure;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * What hosts keep of control planes: on their servers, and those with {@code ssh} in their files too.
 *
 * @param kept by where, for people
 * @param unknown hosts that keep none, or could not be asked
 */
record HostMarks(SortedMap<String, List<Mark>> kept, List<Diagnostic> unknown) {
    /**
     * Leaves a mark on all of these hosts, but where one stands that this trail does not follow: it is the only witness of that.
     *
     * @param alone whether they forget other control planes of the organization
     * @return where it was not left
     */
    static List<Diagnostic> leave(
            Outside outside, String organization, Collection<OpenHost> hosts, Mark mark, boolean alone) {
        return each(hosts, open -> leave(outside, organization, open, mark, alone)).stream()
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<Diagnostic> leave(
            Outside outside, String organization, OpenHost open, Mark mark, boolean alone) {
        String where = "host " + open.host().name();
        try {
            List<Mark> kept = new ArrayList<>(open.session().marks(organization));
            kept.addAll(outside.files().marks(open.host(), organization));
            if (!kept.stream().allMatch(one -> isFollowed(outside.controlPlane(), mark, one))) {
                return Optional.of(unknown(
                        where,
                        "what it keeps of the audit trail is not in the trail any more, and stays there",
                        "axm audit verify"));
            }
            open.session().leaveMark(organization, mark, alone);
            outside.files().leaveMark(open.host(), organization, open.lease(), mark, alone);
            return Optional.empty();
        } catch (HostFailure e) {
            return Optional.of(unknown(where, Objects.requireNonNull(e.getMessage()), e.help()));
        } catch (AxiomException e) {
            Diagnostic why = e.diagnostics().getFirst();
            return Optional.of(unknown(where, why.detail(), why.help()));
        }
    }

    private static boolean isFollowed(ControlPlane controlPlane, Mark mark, Mark kept) {
        return !kept.controlPlane().equals(mark.controlPlane()) || controlPlane.follows(kept.anchor());
    }

    /** What all of these hosts keep that may be contacted. */
    static HostMarks read(Outside outside, String organization, Collection<Host> hosts, Trust trust) {
        SortedMap<String, List<Mark>> kept = new TreeMap<>();
        List<Diagnostic> unknown = new ArrayList<>();
        each(hosts, host -> read(outside, organization, host, trust)).forEach(one -> {
            kept.putAll(one.kept);
            unknown.addAll(one.unknown);
        });
        return new HostMarks(kept, unknown);
    }

    private static HostMarks read(Outside outside, String organization, Host host, Trust trust) {
        SortedMap<String, List<Mark>> kept = new TreeMap<>();
        List<Diagnostic> unknown = new ArrayList<>();
        String where = "host " + host.name();
        try {
            trust.objection(host).ifPresent(why -> {
                throw new AxiomException(why);
            });
            kept.put(where, outside.reader().marks(host, organization));
            if (host.ssh() != null) {
                kept.put(where + " (its files)", outside.files().marks(host, organization));
            }
        } catch (AxiomException e) {
            Diagnostic why = e.diagnostics().getFirst();
            unknown.add(unknown(where, why.detail(), why.help()));
        }
        kept.forEach((place, marks) -> {
            if (marks.isEmpty()) {
                unknown.add(unknown(
                        place, "it keeps no anchor of this organization", "the next apply that changes it leaves one"));
            }
        });
        return new HostMarks(kept, unknown);
    }

    private static Diagnostic unknown(String where, String why, String help) {
        return Diagnostic.of(Code.NO_ANCHOR, where + ": " + why, help);
    }

    private static <T, R> List<R> each(Collection<T> hosts, Function<T, R> work) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<R>> all = hosts.stream()
                    .map(host -> threads.submit(() -> work.apply(host)))
                    .toList();
            return all.stream().map(HostMarks::result).toList();
        }
    }

    private static <R> R result(Future<R> work) {
        try {
            return work.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking hosts for their anchors", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("asking a host for its anchor", e.getCause());
        }
    }
}
