package io.axiomdb.adapter.controlplane;

import io.axiomdb.desired.RoleKind;
import io.axiomdb.host.PasswordMark;
import io.axiomdb.registry.Credential;
import io.axiomdb.registry.CredentialKey;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;

/** The versions of credentials, without their passwords, and what happens to them. */
final class Credentials {
    private static final String KEY =
            " organization = :organization AND project = :project AND branch = :branch AND role = :role";
    private static final String RETIRE =
            "UPDATE axiomdb.credentials c SET state = 'RETIRED', retired_at = clock_timestamp()";

    private Credentials() {}

    /** Pending and current versions, lowest first. */
    static SortedMap<CredentialKey, List<Credential>> read(Handle handle, String organization) {
        SortedMap<CredentialKey, List<Credential>> found = new TreeMap<>();
        handle.createQuery("SELECT project, branch, role, version, mark, state FROM axiomdb.credentials"
                        + " WHERE organization = :organization AND state <> 'RETIRED' ORDER BY version")
                .bind("organization", organization)
                .map((row, context) -> credential(row))
                .forEach(c ->
                        found.computeIfAbsent(c.key(), key -> new ArrayList<>()).add(c));
        found.replaceAll((key, versions) -> List.copyOf(versions));
        return found;
    }

    private static Credential credential(ResultSet row) throws SQLException {
        return new Credential(
                key(row),
                row.getInt("version"),
                new PasswordMark(row.getString("mark")),
                Credential.State.valueOf(row.getString("state")));
    }

    static CredentialKey key(ResultSet row) throws SQLException {
        return new CredentialKey(
                row.getString("project"), row.getString("branch"), RoleKind.valueOf(row.getString("role")));
    }

    /** Makes the version current and retires all others, in this order of statements: only one may be current. */
    static void confirm(Handle handle, String organization, List<Credential> confirmed) {
        String retire =
                recording(RETIRE + " WHERE" + KEY + " AND version <> :version AND state <> 'RETIRED'", "retired");
        String confirm = recording(
                "UPDATE axiomdb.credentials c SET state = 'CURRENT', retired_at = NULL,"
                        + " confirmed_at = clock_timestamp() WHERE" + KEY + " AND version = :version",
                "confirmed");
        each(handle, organization, confirmed, retire);
        int found = each(handle, organization, confirmed, confirm);
        if (found != confirmed.size()) {
            throw new IllegalArgumentException("a version of a credential was confirmed that is not stored");
        }
    }

    private static int each(Handle handle, String organization, List<Credential> credentials, String statement) {
        return Batch.run(
                handle,
                credentials.stream()
                        .map(c -> new Write(statement, named(organization, c.key(), c.version())))
                        .toList());
    }

    /** Retires every version of a branch that the given update touches. */
    static String retireWith(String branchUpdate) {
        return "WITH gone AS (" + branchUpdate + " RETURNING organization, project, name), done AS (" + RETIRE
                + " FROM gone WHERE c.organization = gone.organization AND c.project = gone.project"
                + " AND c.branch = gone.name AND c.state <> 'RETIRED'"
                + " RETURNING c.organization, c.project, c.branch, c.role, c.version) " + events("retired");
    }

    /** The statement, and an event for each version that it touches. */
    static String recording(String statement, String event) {
        return "WITH done AS (" + statement + " RETURNING organization, project, branch, role, version) "
                + events(event);
    }

    static String events(String event) {
        return "INSERT INTO axiomdb.credential_events (organization, project, branch, role, version, event)"
                + " SELECT organization, project, branch, role, version, '" + event + "' FROM done";
    }

    static Map<String, Object> named(String organization, CredentialKey key) {
        Map<String, Object> values = new TreeMap<>();
        values.put("organization", organization);
        values.put("project", key.project());
        values.put("branch", key.branch());
        values.put("role", key.role().name());
        return values;
    }

    private static Map<String, Object> named(String organization, CredentialKey key, int version) {
        Map<String, Object> values = named(organization, key);
        values.put("version", version);
        return values;
    }
}
