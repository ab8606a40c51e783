package io.axiomdb.adapter.controlplane;

import io.axiomdb.host.PasswordMark;
import io.axiomdb.port.SecretStore;
import io.axiomdb.port.SecretsKey.Sealer;
import io.axiomdb.registry.Credential;
import io.axiomdb.registry.CredentialKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Passwords in the control plane's database, sealed before they get there and bound to their place.
 */
final class StoredSecrets implements SecretStore {
    private static final String INSERT = Credentials.recording(
            "INSERT INTO axiomdb.credentials (organization, project, branch, role, version, state, mark, key_id, sealed)"
                    + " SELECT organization, project, branch, role, version, 'PENDING', mark, key_id,"
                    + " decode(sealed, 'base64') FROM " + Credentials.ROWS
                    + " RETURNING organization, project, branch, role, version",
            "made");
    private static final String VERSIONS = "SELECT c.project, c.branch, c.role, max(c.version) AS version FROM "
            + Credentials.ROWS + " JOIN axiomdb.credentials c USING (organization, project, branch, role)"
            + " GROUP BY c.project, c.branch, c.role";
    private static final String READ = "WITH done AS (SELECT organization, project, branch, role, version, sealed"
            + " FROM axiomdb.credentials WHERE organization = :organization AND project = :project"
            + " AND branch = :branch AND role = :role AND state = 'CURRENT'), told AS ("
            + Credentials.events("read") + ") SELECT version, sealed FROM done";

    private final Transactions transactions;
    private final OwnKey key;

    StoredSecrets(Transactions transactions, OwnKey key) {
        this.transactions = transactions;
        this.key = key;
    }

    @Override
    public void ready() {
        key.sealer();
    }

    @Override
    public List<Credential> putPending(String organization, List<StoredSecret> secrets) {
        Sealer sealer = key.sealer();
        return transactions.write(handle -> {
            // One writer at a time from here on: versions count up.
            key.register(handle, sealer);
            List<Credential> credentials = numbered(secrets, versions(handle, organization, secrets));
            List<Write> writes = new ArrayList<>();
            for (int i = 0; i < secrets.size(); i++) {
                writes.add(insert(organization, credentials.get(i), secrets.get(i), sealer));
            }
            Batch.run(handle, writes);
            return credentials;
        });
    }

    /** The highest version of each, where there is one. */
    private static SortedMap<CredentialKey, Integer> versions(
            Handle handle, String organization, List<StoredSecret> secrets) {
        SortedMap<CredentialKey, Integer> last = new TreeMap<>();
        handle.createQuery(VERSIONS)
                .bind(
                        "rows",
                        Json.rows(secrets.stream()
                                .map(secret -> Credentials.row(organization, secret.key(), 0))
                                .toList()))
                .map((row, context) -> Map.entry(Credentials.key(row), row.getInt("version")))
                .forEach(entry -> last.put(entry.getKey(), entry.getValue()));
        return last;
    }

    private static List<Credential> numbered(List<StoredSecret> secrets, Map<CredentialKey, Integer> last) {
        Map<CredentialKey, Integer> versions = new HashMap<>(last);
        return secrets.stream()
                .map(secret -> new Credential(
                        secret.key(),
                        versions.merge(secret.key(), 1, Integer::sum),
                        PasswordMark.ofVerifier(secret.verifier().reveal()),
                        Credential.State.PENDING))
                .toList();
    }

    private static Write insert(String organization, Credential credential, StoredSecret secret, Sealer sealer) {
        Map<String, @Nullable Object> row = Credentials.row(organization, credential.key(), credential.version());
        row.put("mark", credential.mark().text());
        row.put("key_id", sealer.keyId());
        byte[] sealed = sealer.seal(
                Sealed.join(secret.password(), secret.verifier()),
                Sealed.place(organization, credential.key(), credential.version()));
        row.put("sealed", Base64.getEncoder().encodeToString(sealed));
        return new Write(INSERT, row, List.of(credential.key(), credential.version()));
    }

    @Override
    public Optional<StoredSecret> current(String organization, CredentialKey credential) {
        Sealer sealer = key.sealer();
        return transactions.write(handle -> handle.createQuery(READ)
                .bind("organization", organization)
                .bind("project", credential.project())
                .bind("branch", credential.branch())
                .bind("role", credential.role().name())
                .map((row, context) -> Sealed.split(
                        credential,
                        sealer.open(
                                row.getBytes("sealed"), Sealed.place(organization, credential, row.getInt("version")))))
                .findOne());
    }
}
