package io.axiomdb.plan;

import io.axiomdb.compile.BranchWant;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.Branch;
import io.axiomdb.host.AccessObservation;
import io.axiomdb.host.CopyWay;
import io.axiomdb.host.CopyWay.Place;
import io.axiomdb.host.Observation;
import io.axiomdb.host.Observation.Measure;
import java.util.Optional;
import java.util.SortedSet;

/** Which way a parent is copied. It follows from what is declared and installed, never from who is connected. Pure. */
final class CopyWays {
    private CopyWays() {}

    /**
     * The way.
     *
     * @param parent its database
     * @param tools major versions of PostgreSQL whose tools are on this machine
     */
    static Optional<CopyWay> of(Branch branch, String parent, Observation.Seen seen, SortedSet<Integer> tools) {
        boolean schemaOnly = branch.data() == Branch.Data.SCHEMA;
        Measure measure = seen.measured().get(parent);
        boolean clones = measure != null && measure.clones();
        if (!schemaOnly && branch.holdSessions()) {
            return Optional.of(new CopyWay.Template(true, clones));
        }
        Optional<CopyWay> dump = place(seen, tools).map(place -> new CopyWay.Dump(place, schemaOnly));
        return schemaOnly || dump.isPresent() ? dump : Optional.of(new CopyWay.Template(false, clones));
    }

    private static Optional<Place> place(Observation.Seen seen, SortedSet<Integer> tools) {
        if (seen.access() instanceof AccessObservation.Seen files
                && files.facts().dumps()) {
            return Optional.of(Place.HOST);
        }
        return tools.contains(seen.serverVersion() / 10_000) ? Optional.of(Place.HERE) : Optional.empty();
    }

    /** Rows are left behind by pg_dump alone. */
    static Diagnostic impossible(BranchWant want, String parent, Observation.Seen seen) {
        int major = seen.serverVersion() / 10_000;
        boolean machine = seen.access() instanceof AccessObservation.Seen;
        return Diagnostic.of(
                Code.CANNOT_COPY,
                want.origin().of("data"),
                want.key() + " asks for the schema of " + parent
                        + " without its rows, which takes pg_dump and pg_restore"
                        + " of PostgreSQL " + major + ", and they are "
                        + (machine ? "neither on host " + want.host() + " nor on this machine" : "not on this machine"),
                "install them (postgresql-client-" + major + ") " + (machine ? "there or here" : "here")
                        + ", or write data: full, with a transform: script that empties what is not wanted, or data:"
                        + " empty");
    }
}
