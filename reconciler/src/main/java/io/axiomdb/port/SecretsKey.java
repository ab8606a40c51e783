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

    /**
     * A successor of a key that is lost. Nothing is put anywhere yet.
     *
     * @param lost names of the keys that what is stored was sealed with
     * @throws io.axiomdb.core.AxiomException with SECRETS_KEY when a key that can be read is there: it is never replaced
     */
    Successor successor(SortedSet<String> lost);

    /** Where the key is looked for, and who says so, for people. */
    String place();

    /** A new key that is not in its place yet. */
    interface Successor extends AutoCloseable {
        Sealer sealer();

        /**
         * Writes it durably beside its place, so that what can fail has failed before the old key is given up.
         *
         * @throws io.axiomdb.core.AxiomException with SECRETS_KEY
         */
        void prepare();

        /**
         * Puts it there, over nothing that can be read as a key.
         *
         * @throws io.axiomdb.core.AxiomException with SECRETS_KEY
         */
        void take();

        /** Leaves nothing behind of what was not taken. */
        @Override
        void close();
    }

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
