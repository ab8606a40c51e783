package io.axiomdb.port;

import java.time.Instant;
import java.util.SortedSet;

/** AxiomDB's own certificate authority, one for each control plane. Its key never leaves the secret store in clear. */
public interface CertificateAuthority {
    /**
     * The authorities that are there and still good, PEM, newest first; empty when there are none. Makes none and needs
     * no key: plans are made where the key is not.
     */
    String trusted();

    /**
     * What clients have to trust, PEM: the authority's certificate, and before it that of its successor once there is
     * one, for both may have signed what servers show. Empty when there is none yet: signing makes them, this doesn't.
     *
     * @throws io.axiomdb.core.AxiomException with SECRETS_KEY when the key of the secret store is not the one
     */
    String certificate();

    /**
     * Makes the authority that signs, or its successor, where one is needed, so that clients can be given its certificate before
     * it signs. {@link #sign} does it by itself.
     *
     * @throws io.axiomdb.core.AxiomException with SECRETS_KEY when the key of the secret store is not the one
     */
    void ready();

    /**
     * Signs a server certificate, valid for 90 days, with the newest authority.
     *
     * @param request PKCS #10, PEM; nothing but its public key is believed
     * @param names DNS names and addresses that clients use
     * @return PEM, the server's certificate first, then the authority's
     * @throws io.axiomdb.core.AxiomException with NOT_SIGNED when the request, its key or a name is not fit for it; with
     *     SECRETS_KEY when the key of the secret store is not the one
     */
    String sign(String request, SortedSet<String> names, Instant now);
}
