package io.axiomdb.port;

import io.axiomdb.core.Secret;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps AxiomDB's own certificate authorities, their private keys sealed. Nothing kept is ever changed. Thread-safe. */
public interface AuthorityStore {
    /** The certificates of all that were ever kept, PEM, newest first. Needs no key, for there is no secret in them. */
    List<String> certificates();

    /**
     * All that was ever kept, newest first.
     *
     * @throws io.axiomdb.core.AxiomException with SECRETS_KEY when a key can't be opened, or what belongs to it was changed
     */
    List<Kept> kept();

    /**
     * Keeps a new one, durably, unless another one of its number is there: two processes that make one at once both
     * get the one that was first.
     *
     * @return all that are there afterwards, newest first
     * @throws IllegalArgumentException when its number is not the next one
     */
    List<Kept> keep(Kept made);

    /**
     * An authority.
     *
     * @param number 1 for the first; the highest is the one that signs
     * @param certificate signed by itself, PEM
     * @param bridge the same name and key signed by the authority before it, PEM, for clients that know only that one;
     *     empty for the first
     * @param key PKCS #8, PEM; null when the key of the secret store that sealed it is lost: it signs no more
     */
    record Kept(
            int number,
            String certificate,
            String bridge,
            @Nullable Secret key) {}
}
