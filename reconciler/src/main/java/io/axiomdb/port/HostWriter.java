package io.axiomdb.port;

import io.axiomdb.core.Secret;
import io.axiomdb.desired.Host;
import io.axiomdb.registry.Lease;
import java.util.List;
import java.util.SortedMap;
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

        /** Sets password verifiers by role name, in one transaction, and reads back that they are stored as sent. */
        void setVerifiers(SortedMap<String, Secret> verifiers) throws HostFailure;

        @Override
        void close();
    }

    /** The host said no, or nothing at all. Carries the host's own words and never a secret. */
    final class HostFailure extends Exception {
        private static final long serialVersionUID = 1L;

        private final String sqlState;

        public HostFailure(String sqlState, String words, @Nullable Throwable cause) {
            super(words, cause);
            this.sqlState = sqlState;
        }

        /** Five characters, or empty when there is none. */
        public String sqlState() {
            return sqlState;
        }
    }
}
