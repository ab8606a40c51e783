package io.axiomdb.host;

import io.axiomdb.core.Sorted;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What AxiomDB wrote down on a server about what it made there, in the database that no tenant can enter: the only proof that
 * something is ours. Names and comments prove nothing, for tenants choose theirs.
 *
 * @param system the server's own identifier, as it is now
 * @param clock what time it was there when it was looked at; null where it was not
 * @param branches rows of all organizations and of other servers whose files this one may have been made from
 * @param retained likewise
 * @param marks by organization, of the control planes that changed it here
 */
public record Ledger(
        String system,
        @Nullable Instant clock,
        List<BranchRow> branches,
        List<RetainedRow> retained,
        SortedMap<String, List<KeptMark>> marks) {
    /** What the names of retained databases and roles begin with; a name alone proves nothing. */
    public static final String RETAINED = "axm_del_";

    /** Of a server that nothing is known of. */
    public static final Ledger EMPTY = new Ledger("", null, List.of(), List.of(), Collections.emptySortedMap());

    public Ledger {
        branches = List.copyOf(branches);
        retained = List.copyOf(retained);
        marks = Sorted.map(marks);
    }

    /** How rows of a parent came into a database, whatever is declared of it since. */
    public enum Rows {
        /** It began empty or with a schema alone, or was taken over without a parent. */
        NONE,
        /** A script ran before anyone could connect. */
        MASKED,
        /** As they are. */
        UNMASKED,
        /** It was taken over, and has a parent. */
        UNKNOWN;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Rows of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    /** Which branch something is of. */
    public record Whose(String organization, String project, String branch) {
        /** For people. */
        @Override
        public String toString() {
            return "branch " + project + "/" + branch + " of organization " + organization;
        }
    }

    /**
     * A branch whose database and roles AxiomDB gave their names, or took over.
     *
     * @param system the server that the OIDs are of
     * @param id the registry's
     * @param name what the database is called now; empty when it is not there
     * @param rows how those of a parent came into it
     */
    public record BranchRow(
            String system,
            Whose whose,
            String id,
            long database,
            String name,
            long owner,
            long rw,
            long ro,
            Rows rows) {}

    /**
     * What was removed and is retained.
     *
     * @param number of the row
     * @param system the server that the OIDs are of
     * @param id the registry's
     * @param name of the database, or of the roles without their kind
     * @param database 0 for none; likewise the roles
     * @param origin why it is there
     * @param keepUntil null for ever
     * @param memberships what its roles lost when access ended, and what hung on that
     * @param connectionLimit of the database before access ended; -1 is unlimited
     * @param keeper the administrator whom the database was given to
     * @param rows how those of a parent came into it, when it was made
     */
    public record RetainedRow(
            long number,
            String system,
            Whose whose,
            String id,
            String name,
            long database,
            long owner,
            long rw,
            long ro,
            String origin,
            Instant removed,
            @Nullable Instant keepUntil,
            List<KeptMembership> memberships,
            int connectionLimit,
            String keeper,
            Rows rows) {
        public RetainedRow {
            memberships = List.copyOf(memberships);
        }
    }

    /** A membership that was taken off a retained role. */
    public record KeptMembership(Party role, Party member, Party grantor) {
        /** Whether everybody whom it needs is still there. */
        public boolean isComplete() {
            return role.there() && member.there() && grantor.there();
        }
    }

    /**
     * A role of a membership.
     *
     * @param name as it is called now, or was when it is not there; empty where nobody knows
     */
    public record Party(long number, String name, boolean there) {}

    /** What is written down of a branch on this server. */
    public Optional<BranchRow> branch(Whose whose) {
        return branches.stream()
                .filter(row -> row.system().equals(system) && row.whose().equals(whose))
                .findFirst();
    }

    /** The branch that the database of this number is of. */
    public Optional<BranchRow> branchOf(long database) {
        return branches.stream()
                .filter(row -> row.system().equals(system) && row.database() == database)
                .findFirst();
    }

    /** The branch that the role of this number is of. */
    public Optional<BranchRow> branchOfRole(long role) {
        return branches.stream()
                .filter(row ->
                        row.system().equals(system) && (row.owner() == role || row.rw() == role || row.ro() == role))
                .findFirst();
    }

    /** The retained set that the database of this number is of. */
    public Optional<RetainedRow> retainedOf(long database) {
        return retained.stream()
                .filter(row -> row.system().equals(system) && row.database() == database)
                .findFirst();
    }

    /** The retained set that the role of this number is of. */
    public Optional<RetainedRow> retainedOfRole(long role) {
        return retained.stream()
                .filter(row ->
                        row.system().equals(system) && (row.owner() == role || row.rw() == role || row.ro() == role))
                .findFirst();
    }
}
