package io.axiomdb.port;

import io.axiomdb.core.Secret;
import io.axiomdb.registry.Credential;
import io.axiomdb.registry.CredentialKey;
import java.util.List;
import java.util.Optional;

/** Keeps passwords. Every version that was ever sent to a host is here first. Thread-safe. */
public interface SecretStore {
    /**
     * Makes sure that the key is there and is the right one, before anything is begun that needs it.
     *
     * @throws io.axiomdb.core.AxiomException with SECRETS_KEY, saying which key is needed and where to put it
     */
    void ready();

    /**
     * Stores new versions as pending, durably, in one transaction.
     *
     * @return what was stored, in the same order
     */
    List<Credential> putPending(String organization, List<StoredSecret> secrets);

    /** The current version; that it was read is recorded. */
    Optional<StoredSecret> current(String organization, CredentialKey key);

    /** A password and the verifier that belongs to it. */
    record StoredSecret(CredentialKey key, Secret password, Secret verifier) {}
}
