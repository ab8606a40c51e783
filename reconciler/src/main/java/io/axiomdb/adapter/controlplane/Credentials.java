package io.axiomdb.adapter.controlplane;

import io.axiomdb.core.Shared;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.PasswordMark;
import io.axiomdb.registry.Credential;
import io.axiomdb.registry.CredentialKey;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The versions of credentials, without their passwords, and what happens to them. */
final class Credentials {
    /** The rows of a statement, with the columns that a credential has. */
    static final String ROWS = "jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (organization text, project text,"
            + " branch text, role text, version integer, mark text, key_id text, sealed text)";

    private static final String TOUCHED = " RETURNING c.organization, c.project, c.branch, c.role, c.version";
    private static final String SAME = " WHERE c.organization = r.organization AND c.project = r.project"
            + " AND c.branch = r.branch AND c.role = r.role";
    private static final String RETIRED =
            "UPDATE axiomdb.credentials c SET state = 'RETIRED', retired_at = clock_timestamp()";
    private static final String RETIRE_OTHERS = recording(
            RETIRED + " FROM " + ROWS + SAME + " AND c.version <> r.version AND c.state IN ('PENDING', 'CURRENT')"
                    + TOUCHED,
            "retired");
    private static final String CONFIRM = recording(
            "UPDATE axiomdb.credentials c SET state = CASE c.state WHEN 'LOST' THEN c.state ELSE 'CURRENT' END, retired_at = NULL, confirmed_at = clock_timestamp() FROM "
                    + ROWS + SAME + " AND c.version = r.version" + TOUCHED,
            "confirmed");

    private Credentials() {}

    /** Pending and current versions, lowest first. */
    static SortedMap<CredentialKey, List<Credential>> read(Handle handle, String organization) {
        SortedMap<CredentialKey, List<Credential>> found = new TreeMap<>();
        Shared shared = new Shared();
        handle.createQuery("SELECT project, branch, role, version, mark, state FROM axiomdb.credentials"
                        + " WHERE organization = :organization AND state IN ('PENDING', 'CURRENT') ORDER BY version")
                .bind("organization", organization)
                .map((row, context) -> credential(row, shared))
                .forEach(c ->
                        found.computeIfAbsent(c.key(), key -> new ArrayList<>()).add(c));
        found.replaceAll((key, versions) -> List.copyOf(versions));
        return found;
    }

    /** Retired versions of branches that were removed and not purged, lowest first. */
    static SortedMap<ResourceKey, List<Credential>> ofRemoved(Handle handle, String organization) {
        SortedMap<ResourceKey, List<Credential>> found = new TreeMap<>();
        Shared shared = new Shared();
        handle.createQuery(
                        "SELECT DISTINCT c.project, c.branch, c.role, c.version, c.mark, c.state FROM axiomdb.credentials c"
                                + " JOIN axiomdb.project_branches b ON b.organization = c.organization AND b.project = c.project"
                                + " AND b.name = c.branch WHERE b.organization = :organization AND b.removed_at IS NOT NULL"
                                + " AND b.purged_at IS NULL AND c.state = 'RETIRED' ORDER BY c.version")
                .bind("organization", organization)
                .map((row, context) -> credential(row, shared))
                .forEach(c -> found.computeIfAbsent(
                                ResourceKey.branch(c.key().project(), c.key().branch()), key -> new ArrayList<>())
                        .add(c));
        return found;
    }

    /**
     * Roles of every organization whose passwords are sealed with one of the keys: of branches that are there, and of removed
     * ones whose data is retained.
     */
    static SortedMap<String, List<CredentialKey>> sealed(Handle handle, Collection<String> keys) {
        SortedMap<String, List<CredentialKey>> found = new TreeMap<>();
        handle.createQuery("SELECT DISTINCT c.organization, c.project, c.branch, c.role FROM axiomdb.credentials c"
                        + " WHERE c.key_id = ANY (:keys) AND (c.state IN ('PENDING', 'CURRENT') OR c.state = 'RETIRED'"
                        + " AND EXISTS (SELECT FROM axiomdb.project_branches b WHERE b.organization = c.organization"
                        + " AND b.project = c.project AND b.name = c.branch AND b.removed_at IS NOT NULL"
                        + " AND b.purged_at IS NULL))")
                .bindArray("keys", String.class, keys)
                .map((row, context) -> Map.entry(row.getString("organization"), key(row)))
                .forEach(entry -> found.computeIfAbsent(entry.getKey(), organization -> new ArrayList<>())
                        .add(entry.getValue()));
        found.replaceAll((organization, roles) -> roles.stream().sorted().toList());
        return found;
    }

    /** What is sealed with one of the keys can't be opened again, and is no password that anybody has. */
    static void lose(Handle handle, Collection<String> keys) {
        handle.createUpdate(recording(
                        "UPDATE axiomdb.credentials c SET state = 'LOST' WHERE c.key_id = ANY (:keys) AND c.state <> 'LOST'"
                                + TOUCHED,
                        "lost"))
                .bindArray("keys", String.class, keys)
                .execute();
    }

    /** When each current version was confirmed. */
    static SortedMap<CredentialKey, Instant> since(Handle handle, String organization) {
        SortedMap<CredentialKey, Instant> since = new TreeMap<>();
        handle.createQuery("SELECT project, branch, role, coalesce(confirmed_at, created_at) AS since"
                        + " FROM axiomdb.credentials WHERE organization = :organization AND state = 'CURRENT'")
                .bind("organization", organization)
                .map((row, context) -> Map.entry(
                        key(row), row.getObject("since", OffsetDateTime.class).toInstant()))
                .forEach(entry -> since.put(entry.getKey(), entry.getValue()));
        return since;
    }

    private static Credential credential(ResultSet row, Shared shared) throws SQLException {
        CredentialKey key = key(row);
        return new Credential(
                new CredentialKey(shared.of(key.project()), shared.of(key.branch()), key.role()),
                row.getInt("version"),
                new PasswordMark(row.getString("mark")),
                Credential.State.valueOf(row.getString("state")));
    }

    static CredentialKey key(ResultSet row) throws SQLException {
        return new CredentialKey(
                row.getString("project"), row.getString("branch"), RoleKind.valueOf(row.getString("role")));
    }

    /** Makes the versions current and retires all others before, for only one may be current. */
    static void confirm(Handle handle, String organization, List<Credential> confirmed) {
        Collection<Credential> last = lastOfEach(confirmed);
        each(handle, organization, last, RETIRE_OTHERS);
        if (each(handle, organization, last, CONFIRM) != last.size()) {
            throw new IllegalArgumentException("a version of a credential was confirmed that is not stored");
        }
    }

    private static Collection<Credential> lastOfEach(List<Credential> credentials) {
        SortedMap<CredentialKey, Credential> last = new TreeMap<>();
        credentials.forEach(c -> last.put(c.key(), c));
        return last.values();
    }

    private static int each(Handle handle, String organization, Collection<Credential> credentials, String statement) {
        return Batch.run(
                handle,
                credentials.stream().map(c -> write(statement, organization, c)).toList());
    }

    private static Write write(String statement, String organization, Credential credential) {
        return new Write(statement, row(organization, credential.key(), credential.version()), credential.key());
    }

    /** Retires every version of the branches that the given update touches. */
    static String retireWith(String branchUpdate) {
        return retireWith(branchUpdate, "t.project", "t.name");
    }

    /**
     * The same.
     *
     * @param project what its project is called in its passwords
     * @param name what the branch is called there
     */
    static String retireWith(String branchUpdate, String project, String name) {
        return "WITH gone AS (" + branchUpdate + " RETURNING t.organization, " + project + " AS project, " + name
                + " AS name), done AS (" + RETIRED
                + " FROM gone WHERE c.organization = gone.organization AND c.project = gone.project"
                + " AND c.branch = gone.name AND c.state IN ('PENDING', 'CURRENT')" + TOUCHED + ") "
                + events("retired");
    }

    /** Every version of the branches that the given update touches is pending again: whichever the host has is current. */
    static String awaitWith(String branchUpdate) {
        return "WITH back AS (" + branchUpdate + " RETURNING t.organization, t.project, t.name)"
                + " UPDATE axiomdb.credentials c SET state = 'PENDING', retired_at = NULL FROM back"
                + " WHERE c.organization = back.organization AND c.project = back.project AND c.branch = back.name"
                + " AND c.state = 'RETIRED'";
    }

    /** The statement, which returns what it touches, and an event for each version of that. */
    static String recording(String statement, String event) {
        return "WITH done AS (" + statement + ") " + events(event);
    }

    static String events(String event) {
        return "INSERT INTO axiomdb.credential_events (organization, project, branch, role, version, event)"
                + " SELECT organization, project, branch, role, version, '" + event + "' FROM done";
    }

    static Map<String, @Nullable Object> row(String organization, CredentialKey key, int version) {
        Map<String, @Nullable Object> row = new TreeMap<>();
        row.put("organization", organization);
        row.put("project", key.project());
        row.put("branch", key.branch());
        row.put("role", key.role().name());
        row.put("version", version);
        return row;
    }
}
