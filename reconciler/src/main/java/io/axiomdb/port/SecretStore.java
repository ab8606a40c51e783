package io.axiomdb.port;

import io.axiomdb.core.Secret;
import io.axiomdb.registry.Credential;
import io.axiomdb.registry.CredentialKey;
import java.util.List;
import java.util.Optional;

/** Keeps passwords. Every version that was ever sent to a host is here first. Thread-safe. */
public interface SecretStore {
    /**
     * Stores new versions as pending, durably, in one transaction.
     *
     * @return what was stored, in the same order
     */
    List<Credential> putPending(String organization, List<StoredSecret> secrets);

    /** The current version. */
    Optional<StoredSecret> current(String organization, CredentialKey key);

    /** A password and the verifier that belongs to it. */
    record StoredSecret(CredentialKey key, Secret password, Secret verifier) {}
}
