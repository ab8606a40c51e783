package io.axiomdb.port;

import io.axiomdb.core.Mark;
import io.axiomdb.core.Secret;
import io.axiomdb.core.Sorted;
import io.axiomdb.desired.Host;
import io.axiomdb.host.CopyWay;
import io.axiomdb.registry.Lease;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Changes hosts, for {@code apply} alone. */
public interface HostWriter {
    /**
     * Opens a host for changes: first ends what connections with lower epochs are left, then takes the host's own
     * lock and keeps it until closed.
     *
     * @throws io.axiomdb.core.AxiomException with LEASE_HELD when someone else has the host's lock, or with a code of
     *     group 05 when the host does not let us in
     */
    Session open(Host host, Lease lease);

    /** Major versions of PostgreSQL whose pg_dump and pg_restore can be run on this machine. */
    SortedSet<Integer> tools();

    /**
     * What a server knows its own things by.
     *
     * @param system its system identifier
     * @param oids numbers by name
     */
    record Numbers(String system, SortedMap<String, Long> oids) {
        public Numbers {
            oids = Sorted.map(oids);
        }
    }

    /** A host open for changes. Thread-safe: several branches are worked on at once. */
    interface Session extends AutoCloseable {
        /**
         * Runs all statements in one transaction.
         *
         * @param database empty for the maintenance database
         */
        void transaction(String database, List<String> statements) throws HostFailure;

        /** Runs one statement outside any transaction. */
        void alone(String database, String statement) throws HostFailure;

        /**
         * Runs statements that make roles in one transaction of the maintenance database.
         *
         * @param note gets their numbers before it commits; when it throws, nothing was made. It may be called again, with
         *     others, when another transaction was in the way
         */
        void makeRoles(List<String> statements, SortedSet<String> roles, Consumer<Numbers> note) throws HostFailure;

        /** The number of a database that belongs to a superuser; refused when there is none of that name. */
        Numbers numberOf(String database) throws HostFailure;

        /** Sets password verifiers by role name, in one transaction, and reads back that they are stored as sent. */
        void setVerifiers(SortedMap<String, Secret> verifiers) throws HostFailure;

        /**
         * Makes a database from the files of another one, whatever its size; only superusers may connect to it. When it
         * throws, the original is as it was, but its sessions may have ended.
         */
        void copy(String from, String to, CopyWay.Template way) throws HostFailure;

        /**
         * Makes the empty database for a copy: of the original's encoding and locale, and besides superusers only the
         * login may connect to it. What is half made when it throws stays.
         */
        void blank(DumpCopy copy) throws HostFailure;

        /**
         * Copies by pg_dump and pg_restore of this machine, for as long as it takes. What is half restored when it throws
         * stays.
         */
        void restore(DumpCopy copy) throws HostFailure;

        /**
         * Takes from everybody in the copy, before anyone is let in, the right to run what not everybody may run in the
         * original: tools that leave rights behind leave that behind too.
         */
        void closeRoutines(DumpCopy copy) throws HostFailure;

        /**
         * Runs a script in one transaction, in a database that only superusers and {@code login} may connect to.
         *
         * @param login who connects, and is {@code role} from then on
         */
        void script(String database, String login, Secret password, String role, String sql) throws HostFailure;

        /**
         * The same, but refuses when a query of it returns a row, or when there is none. What it changes is taken back.
         *
         * @param file for people
         */
        void assertion(String database, String login, Secret password, String role, String file, String sql)
                throws HostFailure;

        /**
         * Empties what a database holds of its columns' values beside the rows, and makes it anew as {@code role}.
         *
         * @return what could not be made anew, and why, for people; no value is among it
         */
        List<String> refreshDerived(String database, String login, Secret password, String role) throws HostFailure;

        /**
         * What is retained of an organization on the server is kept for at least so many days from when it was removed: also
         * a control plane that knows of fewer keeps it. Never makes it shorter.
         */
        void promise(String organization, int days) throws HostFailure;

        /**
         * Keeps on the server how far a control plane is, in place of what is kept of the organization.
         *
         * @param before what a look saw kept there
         * @return false, and nothing is written, when something else is kept there by now: another apply has changed the host
         */
        boolean leaveMark(String organization, Collection<Mark> before, Mark mark) throws HostFailure;

        @Override
        void close();
    }

    /** The host said no, or nothing at all. Carries the host's own words and never a secret. */
    final class HostFailure extends Exception {
        private static final long serialVersionUID = 1L;

        private final String sqlState;
        private final boolean refusal;
        private final String help;

        /** Of PostgreSQL. A lost connection (class 08) and a server that ends (class 57) say nothing about the outcome. */
        public HostFailure(String sqlState, String words, @Nullable Throwable cause) {
            this(sqlState, words, isCertain(sqlState), "", cause);
        }

        /** The same, with how to mend it where the host is as it was. */
        public HostFailure(String sqlState, String words, String help, @Nullable Throwable cause) {
            this(sqlState, words, isCertain(sqlState), isCertain(sqlState) ? help : "", cause);
        }

        private static boolean isCertain(String sqlState) {
            return !sqlState.isEmpty() && !sqlState.startsWith("08") && !sqlState.startsWith("57");
        }

        private HostFailure(String sqlState, String words, boolean refusal, String help, @Nullable Throwable cause) {
            super(words, cause);
            this.sqlState = sqlState;
            this.refusal = refusal;
            this.help = help;
        }

        /** The host did nothing, or put back what was before. */
        public static HostFailure refused(String words, String help, @Nullable Throwable cause) {
            return new HostFailure("", words, true, help, cause);
        }

        /** Nobody knows what the host did, or it is on its way back. */
        public static HostFailure unknown(String words, String help, @Nullable Throwable cause) {
            return new HostFailure("", words, false, help, cause);
        }

        /** Five characters, or empty when there is none. */
        public String sqlState() {
            return sqlState;
        }

        /** Whether the host certainly is as it was before. */
        public boolean isRefusal() {
            return refusal;
        }

        /** How to mend it; empty when the host said nothing about that. */
        public String help() {
            return help;
        }
    }
}
