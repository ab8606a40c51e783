package io.axiomdb.host;

import io.axiomdb.core.Diagnostic;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What came of looking at a host. Not having seen it is not the same as nothing being there. */
public sealed interface Observation {
    /**
     * The host answered.
     *
     * @param serverVersion as {@code server_version_num}, such as 150018
     * @param strangers databases that are owned by roles of ours but that nobody declared, and those that are called like ones
     *     that AxiomDB makes and stand in no intent
     * @param ties what roles hold that are retained or may be about to go, wherever it is
     * @param measured databases that are about to be copied, as they are now; sizes and sessions are never part of a digest
     * @param holds what is inside databases and keeps them from being renamed or dropped
     * @param ledger what is written down on the server of what AxiomDB made; empty where no apply was yet
     * @param access the files, the pooler and the firewall
     * @param took how long looking took; never part of a digest
     */
    record Seen(
            HostState state,
            int serverVersion,
            List<Stranger> strangers,
            List<Tie> ties,
            SortedMap<String, Measure> measured,
            List<Hold> holds,
            Ledger ledger,
            AccessObservation access,
            Duration took)
            implements Observation {
        public Seen {
            measured = Collections.unmodifiableSortedMap(new TreeMap<>(measured));
            strangers = List.copyOf(strangers);
            ties = List.copyOf(ties);
            holds = List.copyOf(holds);
        }

        /** On a host where nothing was set aside, nothing is about to be copied, and nothing is written down. */
        public Seen(
                HostState state, int serverVersion, List<Stranger> strangers, AccessObservation access, Duration took) {
            this(
                    state,
                    serverVersion,
                    strangers,
                    List.of(),
                    Collections.emptySortedMap(),
                    List.of(),
                    Ledger.EMPTY,
                    access,
                    took);
        }

        /** The server's system identifier; a different one is another server, and clones have the same. */
        public String system() {
            return ledger.system();
        }

        /** What the host's server keeps of the control planes that changed an organization there. */
        public List<KeptMark> serverMarks(String organization) {
            return ledger.marks().getOrDefault(organization, List.of());
        }

        /** The same in its files; empty where these were not seen. */
        public Optional<List<KeptMark>> fileMarks() {
            return access instanceof AccessObservation.Seen files
                    ? Optional.of(files.facts().marks())
                    : Optional.empty();
        }

        /** The same, with what was seen of the files. */
        public Seen with(AccessObservation seen) {
            return new Seen(state, serverVersion, strangers, ties, measured, holds, ledger, seen, took);
        }
    }

    /** The host did not answer, or can't be managed as it is: nothing on it is changed, nothing is concluded. */
    record Unreachable(Diagnostic why) implements Observation {}

    /**
     * How large and how busy a database is.
     *
     * @param sessions of anybody who is connected to it
     * @param clones whether the server is told to clone files when it copies them (file_copy_method); this is part of a
     *     digest, as the way of a copy follows from it
     */
    record Measure(long bytes, int sessions, boolean clones) {}

    /** A database that the owner of a branch created by itself, or that only has a name like one of AxiomDB's. */
    record Stranger(String database, String owner) {}

    /**
     * Something inside a database, or prepared elsewhere and about it, that only a person can settle.
     *
     * @param within the database in which it is settled
     * @param kind {@code prepared transaction}, {@code replication slot} or {@code subscription}
     */
    record Hold(String database, String kind, String name, String within) {}

    /**
     * A role owns something, or has rights on something, so that it can't be dropped before that.
     *
     * @param database where; empty where it is in no database, such as a tablespace
     */
    record Tie(String role, String database) {
        /** In words. */
        public static String where(String database) {
            return database.isEmpty() ? "no database, such as a tablespace" : "database " + database;
        }
    }
}
