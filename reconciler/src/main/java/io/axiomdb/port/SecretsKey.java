package io.axiomdb.port;

import io.axiomdb.core.Secret;
import java.util.SortedSet;

/** Where the key of the secret store is kept. */
public interface SecretsKey {
    /**
     * Opens the key, or makes one when there is none and none is needed yet.
     *
     * @param needed ids of the keys that what is stored was sealed with; empty when nothing is stored
     * @throws io.axiomdb.core.AxiomException with SECRETS_KEY when it is missing, readable by others, or not the one
     */
    Sealer open(SortedSet<String> needed);

    /** Authenticated encryption under an opened key. Thread-safe. */
    interface Sealer {
        /** Names the key that {@link #seal} uses, without telling it. */
        String keyId();

        /** All keys that {@link #open} knows, {@link #keyId} among them. */
        SortedSet<String> keyIds();

        /**
         * Encrypts.
         *
         * @param place where it will be kept: it can be opened in that place alone
         */
        byte[] seal(Secret secret, String place);

        /**
         * Decrypts.
         *
         * @throws io.axiomdb.core.AxiomException with SECRETS_KEY when it was changed, moved from another place, or
         *     sealed with another key
         */
        Secret open(byte[] sealed, String place);
    }
}
