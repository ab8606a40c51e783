package io.axiomdb.plan;

import io.axiomdb.desired.BranchNames;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.Ledger.Rows;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The statements that write into axiomdb_lock what is AxiomDB's on a host. Each belongs into the transaction of its effect, in
 * a step without a database. OIDs are looked up by the names that things have at that point of the transaction; a name that
 * is not there fails the transaction. Pure.
 */
final class LedgerSql {
    private static final String SYSTEM = "(SELECT system_identifier::text FROM pg_control_system())";

    private static final String INSERT =
            "INSERT INTO axiomdb.branch AS b (system, organization, project, branch, id, database, owner, rw, ro, rows) ";

    private static final String REPLACE =
            " ON CONFLICT (organization, project, branch) DO UPDATE SET system = EXCLUDED.system, id = EXCLUDED.id,"
                    + " database = EXCLUDED.database, owner = EXCLUDED.owner, rw = EXCLUDED.rw, ro = EXCLUDED.ro, made = now(),"
                    + " rows = ";

    private LedgerSql() {}

    /** A branch was made, with these names; what was written of it before is replaced. */
    static String branch(String organization, ResourceKey branch, String id, BranchNames names, Rows rows) {
        return INSERT + "VALUES (" + values(organization, branch, id, names, rows) + ")" + REPLACE + "EXCLUDED.rows";
    }

    /**
     * A database that was there is a branch's now. What is written of its rows stays; of another that the branch had, only
     * that it held none of a parent says anything.
     *
     * @param isChild whether the branch has a parent, whose rows they may be
     */
    static String takenOver(String organization, ResourceKey branch, String id, BranchNames names, boolean isChild) {
        return INSERT + "VALUES (" + values(organization, branch, id, names, isChild ? Rows.UNKNOWN : Rows.NONE) + ")"
                + REPLACE + "CASE WHEN (b.system, b.database) = (EXCLUDED.system, EXCLUDED.database) THEN b.rows"
                + " WHEN b.rows = " + word(Rows.NONE) + " THEN EXCLUDED.rows ELSE " + word(Rows.UNKNOWN) + " END";
    }

    /** A retained database has its branch's names again, and its roles, as far as there are any yet. */
    static String broughtBack(String organization, ResourceKey branch, long number, BranchNames names) {
        return INSERT + "SELECT r.system, " + key(organization, branch) + ", r.id, r.database, "
                + Stream.of(RoleKind.values())
                        .map(kind -> "coalesce(to_regrole(" + SqlText.literal(SqlText.identifier(names.role(kind)))
                                + ")::oid, 0)")
                        .collect(Collectors.joining(", "))
                + ", r.rows FROM axiomdb.retained r WHERE r.number = " + number + REPLACE + "EXCLUDED.rows";
    }

    private static String values(String organization, ResourceKey branch, String id, BranchNames names, Rows rows) {
        return SYSTEM + ", " + key(organization, branch) + ", " + SqlText.literal(id) + ", "
                + database(names.database()) + ", " + role(names.owner()) + ", " + role(names.rw()) + ", "
                + role(names.ro()) + ", " + word(rows);
    }

    private static String word(Rows rows) {
        return SqlText.literal(rows.word());
    }

    /** A branch has another name. What was written under it is of something that is gone. */
    static List<String> renamed(String organization, ResourceKey from, ResourceKey to) {
        return List.of(
                noBranch(organization, to),
                "UPDATE axiomdb.branch SET (project, branch) = (" + SqlText.literal(to.project()) + ", "
                        + SqlText.literal(to.name()) + ") WHERE " + where(organization, from));
    }

    /** A database is about to be another branch's than the one that it is written down for, and its row goes along. */
    static List<String> moved(String organization, ResourceKey branch, String database) {
        String its = "organization = " + SqlText.literal(organization) + " AND system = " + SYSTEM + " AND database = "
                + database(database);
        return List.of(
                noBranch(organization, branch) + " AND EXISTS (SELECT FROM axiomdb.branch WHERE " + its + " AND NOT "
                        + where(organization, branch) + ")",
                "UPDATE axiomdb.branch SET (project, branch) = (" + SqlText.literal(branch.project()) + ", "
                        + SqlText.literal(branch.name()) + ") WHERE " + its);
    }

    /** A branch is not there under its names. */
    static String noBranch(String organization, ResourceKey branch) {
        return "DELETE FROM axiomdb.branch WHERE " + where(organization, branch);
    }

    /**
     * Access to what a branch has of its own has ended, and it is retained, with what is written of its rows. Done again, it leaves what was written first: by
     * then the database's own limit is no longer to be seen.
     *
     * @param database null when it is not there
     * @param roles those that are there
     * @param origin why, in one word
     * @param days for how long at least
     */
    static String retain(
            String organization,
            ResourceKey branch,
            String id,
            @Nullable String database,
            SortedMap<RoleKind, String> roles,
            String origin,
            int days) {
        String name =
                SqlText.literal(database == null ? roles.values().iterator().next() : database);
        String columns = Stream.of(RoleKind.values())
                .map(kind -> roles.containsKey(kind) ? role(Objects.requireNonNull(roles.get(kind))) : "NULL::oid")
                .collect(Collectors.joining(", "));
        return "INSERT INTO axiomdb.retained (system, organization, project, branch, id, name, database, connection_limit, owner, rw,"
                + " ro, rows, origin, keep_until) SELECT " + SYSTEM + ", " + key(organization, branch) + ", "
                + SqlText.literal(id) + ", " + name + ", "
                + (database == null ? "NULL::oid, -1" : "d.oid, d.datconnlimit") + ", " + columns + ", "
                + (database == null
                        ? word(Rows.UNKNOWN)
                        : "coalesce((SELECT b.rows FROM axiomdb.branch b WHERE b.system = " + SYSTEM
                                + " AND b.database = d.oid), " + word(Rows.UNKNOWN) + ")")
                + ", " + SqlText.literal(origin) + ", now() + make_interval(days => " + days + ")"
                + (database == null
                        ? " WHERE NOT EXISTS (SELECT FROM axiomdb.retained r WHERE r.id = " + SqlText.literal(id)
                                + " AND r.name = " + name + ")"
                        : " FROM pg_database d WHERE d.datname = " + name
                                + " ON CONFLICT (system, database) DO NOTHING");
    }

    /** A retained set is not there. */
    static String notRetained(long number) {
        return "DELETE FROM axiomdb.retained WHERE number = " + number;
    }

    /** What is written of retained sets of which nothing is left, as when a purge was cut short: numbers are given again some day. */
    static String forgetGone() {
        return "DELETE FROM axiomdb.retained r WHERE r.system = " + SYSTEM
                + " AND NOT EXISTS (SELECT FROM pg_database d WHERE d.oid = r.database)"
                + " AND NOT EXISTS (SELECT FROM pg_authid a WHERE a.oid IN (r.owner, r.rw, r.ro))";
    }

    private static String key(String organization, ResourceKey branch) {
        return SqlText.literal(organization) + ", " + SqlText.literal(branch.project()) + ", "
                + SqlText.literal(branch.name());
    }

    private static String where(String organization, ResourceKey branch) {
        return "(organization, project, branch) = (" + key(organization, branch) + ")";
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
