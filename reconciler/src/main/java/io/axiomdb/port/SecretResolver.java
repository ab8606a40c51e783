package io.axiomdb.port;

import io.axiomdb.core.Secret;
import io.axiomdb.core.SecretRef;

/** Finds what a reference in the file points at. */
public interface SecretResolver {
    /**
     * The secret.
     *
     * @throws io.axiomdb.core.AxiomException with SECRET_UNRESOLVED, saying where it looked
     */
    Secret resolve(SecretRef ref);
}
