package io.axiomdb.plan;

import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.ResourceKey;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The statements that write into axiomdb_lock what is AxiomDB's on a host. Each belongs into the transaction of its effect, in
 * a step without a database. OIDs are looked up by the names that things have at that point of the transaction; a name that
 * is not there fails the transaction. Pure.
 */
final class LedgerSql {
    private static final String SYSTEM = "(SELECT system_identifier::text FROM pg_control_system())";

    private LedgerSql() {}

    /** A branch is there now, with these names; what was written of it before is replaced. */
    static String branch(String organization, ResourceKey branch, String id, BranchNames names) {
        return "INSERT INTO axiomdb.branch (system, organization, project, branch, id, database, owner, rw, ro) VALUES ("
                + SYSTEM + ", " + key(organization, branch) + ", " + SqlText.literal(id) + ", "
                + database(names.database()) + ", " + role(names.owner()) + ", " + role(names.rw()) + ", "
                + role(names.ro())
                + ") ON CONFLICT (organization, project, branch) DO UPDATE SET system = EXCLUDED.system, id = EXCLUDED.id,"
                + " database = EXCLUDED.database, owner = EXCLUDED.owner, rw = EXCLUDED.rw, ro = EXCLUDED.ro, made = now()";
    }

    /** A branch has another name. What was written under it is of something that is gone. */
    static List<String> renamed(String organization, ResourceKey from, ResourceKey to) {
        return List.of(
                noBranch(organization, to),
                "UPDATE axiomdb.branch SET (project, branch) = (" + SqlText.literal(to.project()) + ", "
                        + SqlText.literal(to.name()) + ") WHERE " + where(organization, from));
    }

    /** A database is about to be another branch's than the one that it is written down for. */
    static String noOther(String organization, ResourceKey branch, String database) {
        return "DELETE FROM axiomdb.branch WHERE system = " + SYSTEM + " AND database = " + database(database)
                + " AND NOT " + where(organization, branch);
    }

    /** A branch is not there under its names. */
    static String noBranch(String organization, ResourceKey branch) {
        return "DELETE FROM axiomdb.branch WHERE " + where(organization, branch);
    }

    /**
     * What a branch has of its own, by the names that it has now, is retained.
     *
     * @param names null for a role or database that is not there
     * @param keepUntil null for ever
     */
    static String retained(
            String organization,
            ResourceKey branch,
            String id,
            RetainedNames names,
            String origin,
            @Nullable Instant keepUntil) {
        return "INSERT INTO axiomdb.retained (system, organization, project, branch, id, name, database, owner, rw, ro, origin,"
                + " keep_until) VALUES (" + SYSTEM + ", " + key(organization, branch) + ", " + SqlText.literal(id)
                + ", "
                + SqlText.literal(names.name()) + ", "
                + (names.database() == null ? "NULL" : database(names.database()))
                + ", " + roleOrNone(names.owner()) + ", " + roleOrNone(names.rw()) + ", " + roleOrNone(names.ro())
                + ", "
                + SqlText.literal(origin) + ", "
                + (keepUntil == null ? "NULL" : SqlText.literal(keepUntil.toString()) + "::timestamptz") + ")";
    }

    /** A retained set is not there. */
    static String notRetained(long number) {
        return "DELETE FROM axiomdb.retained WHERE number = " + number;
    }

    /** What a retained set consists of, by name; null for what is not there. */
    record RetainedNames(
            String name,
            @Nullable String database,
            @Nullable String owner,
            @Nullable String rw,
            @Nullable String ro) {}

    private static String key(String organization, ResourceKey branch) {
        return SqlText.literal(organization) + ", " + SqlText.literal(branch.project()) + ", "
                + SqlText.literal(branch.name());
    }

    private static String where(String organization, ResourceKey branch) {
        return "(organization, project, branch) = (" + key(organization, branch) + ")";
    }

    private static String roleOrNone(@Nullable String role) {
        return role == null ? "NULL" : role(role);
    }

    /** {@code regrole} fails for a name that is not there. */
    private static String role(String role) {
        return SqlText.literal(SqlText.identifier(role)) + "::regrole::oid";
    }

    /** The function fails for a name that is not there. */
    private static String database(String database) {
        String name = SqlText.literal(database);
        return "(SELECT oid FROM pg_database WHERE datname = " + name + " OR has_database_privilege(" + name
                + ", 'CONNECT') IS NULL)";
    }
}
