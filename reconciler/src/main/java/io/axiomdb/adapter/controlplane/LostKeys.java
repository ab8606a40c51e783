package io.axiomdb.adapter.controlplane;

import io.axiomdb.audit.Actor;
import io.axiomdb.audit.AuditEntry;
import io.axiomdb.audit.EventNames;
import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import io.axiomdb.desired.ResourceKey;
import io.axiomdb.port.KeyRenewal;
import io.axiomdb.port.SecretsKey.Sealer;
import io.axiomdb.port.SecretsKey.Successor;
import io.axiomdb.registry.CredentialKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** Gives up keys that are lost, for a new one. What they sealed stays where it is. */
final class LostKeys implements KeyRenewal {
    private final Transactions transactions;
    private final OwnKey own;

    LostKeys(Transactions transactions, OwnKey own) {
        this.transactions = transactions;
        this.own = own;
    }

    @Override
    public Lost lost() {
        Lost lost = transactions.snapshot(this::read);
        if (!lost.keys().isEmpty()) {
            own.key().successor(lost.keys()).close();
        }
        return lost;
    }

    private Lost read(Handle handle) {
        SortedSet<String> keys = OwnKey.inUse(handle);
        return new Lost(
                keys, own.key().place(), Credentials.sealed(handle, keys), StoredAuthorities.sealed(handle, keys));
    }

    /**
     * The new key is written first and put in its place last: what is cut short between leaves a key that is needed and not
     * there, as before, and is done again in the same way.
     */
    @Override
    public String renew(String organization, Lost shown, Actor actor) {
        try (Successor successor = own.key().successor(shown.keys())) {
            successor.prepare();
            Sealer sealer = successor.sealer();
            transactions.write(handle -> {
                SortedSet<String> organizations = new TreeSet<>(shown.roles().keySet());
                organizations.add(organization);
                organizations.forEach(
                        each -> AuditTrail.append(handle, each, List.of(entry(each, shown, sealer.keyId(), actor))));
                OwnKey.lock(handle);
                if (!read(handle).equals(shown)) {
                    throw new AxiomException(Diagnostic.of(
                            Code.SECRETS_KEY,
                            "something else is sealed by now than was shown",
                            "run axm key new again and read what is lost. Nothing was changed."));
                }
                handle.createUpdate(
                                "UPDATE axiomdb.secret_keys SET lost_at = clock_timestamp() WHERE key_id = ANY (:keys)")
                        .bindArray("keys", String.class, shown.keys())
                        .execute();
                OwnKey.add(handle, sealer);
                Credentials.lose(handle, shown.keys());
                StoredAuthorities.lose(handle, sealer);
                return Optional.empty();
            });
            successor.take();
            own.forget();
            return sealer.keyId();
        }
    }

    private static AuditEntry entry(String organization, Lost lost, String key, Actor actor) {
        List<CredentialKey> roles = lost.roles().getOrDefault(organization, List.of());
        return new AuditEntry(
                UUID.randomUUID().toString(),
                AuditEntry.Phase.DONE,
                EventNames.KEY_RENEWED,
                actor,
                null,
                ResourceKey.organization(organization),
                "",
                new TreeMap<>(Map.of("keys", String.join(", ", lost.keys()))),
                new TreeMap<>(Map.of(
                        "key",
                        key,
                        "unknown passwords",
                        roles.stream().map(CredentialKey::toString).collect(Collectors.joining(", ")),
                        "lost authorities",
                        Integer.toString(lost.authorities().size()))),
                "manual",
                "");
    }
}
