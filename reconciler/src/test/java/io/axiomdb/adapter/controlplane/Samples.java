package io.axiomdb.adapter.controlplane;

import io.axiomdb.audit.Actor;
import io.axiomdb.audit.AuditEntry;
import io.axiomdb.core.Secret;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.desired.RoleKind;
import io.axiomdb.port.ControlPlane.Claim;
import io.axiomdb.port.ControlPlane.Effect;
import io.axiomdb.port.ControlPlane.Intent;
import io.axiomdb.port.ControlPlane.Outcome;
import io.axiomdb.port.SecretStore.StoredSecret;
import io.axiomdb.registry.Credential;
import io.axiomdb.registry.CredentialKey;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Values for tests. */
final class Samples {
    private static final Actor ANN = new Actor("ann@acme.example", false, "192.0.2.7", "axm/0.1");

    private Samples() {}

    static SortedMap<String, String> fields(String... namesAndValues) {
        SortedMap<String, String> fields = new TreeMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return fields;
    }

    static AuditEntry entry(String mutation, ResourceKey target) {
        return new AuditEntry(
                mutation,
                AuditEntry.Phase.INTENT,
                target.kind().words().replace(' ', '.') + ".created",
                ANN,
                "4f2c1ab",
                target,
                "db1",
                fields(),
                fields("connection_limits.rw", "20"),
                "manual",
                "");
    }

    static Intent intent(String mutation, ResourceKey target, @Nullable SortedMap<String, String> claim) {
        return new Intent(entry(mutation, target), claim == null ? null : new Claim.Make(claim));
    }

    static Outcome done(String mutation, ResourceKey target, Effect effect, Credential... confirmed) {
        return new Outcome(entry(mutation, target).as(AuditEntry.Phase.DONE, ""), effect, Arrays.asList(confirmed));
    }

    static Effect store(ResourceKey key, String... fields) {
        return new Effect.Store(key, fields(fields), true);
    }

    static CredentialKey key(String branch, RoleKind role) {
        return new CredentialKey("shop", branch, role);
    }

    static StoredSecret secret(CredentialKey key, String password) {
        return new StoredSecret(key, Secret.of(password), Secret.of("SCRAM-SHA-256$4096:salt$" + password.hashCode()));
    }

    static List<ResourceKey> oneOfEachKind() {
        return List.of(
                ResourceKey.organization("acme"),
                ResourceKey.member("ann@acme.example"),
                ResourceKey.host("db1"),
                ResourceKey.project("shop"),
                ResourceKey.networkPolicy("shop"),
                ResourceKey.networkRule("shop", "office"),
                ResourceKey.rotationPolicy("shop"),
                ResourceKey.branch("shop", "main"));
    }
}
