package io.axiomdb.port;

import java.time.Instant;
import java.util.SortedSet;

/** AxiomDB's own certificate authority, one for each control plane. Its key never leaves the secret store in clear. */
public interface CertificateAuthority {
    /** The authority's certificate, PEM; made at the first need. */
    String certificate();

    /**
     * Signs a server certificate, valid for 90 days.
     *
     * @param request PKCS #10, PEM; nothing but its public key is believed
     * @param names DNS names and addresses that clients use
     * @return PEM, the server's certificate first, then the authority's
     */
    String sign(String request, SortedSet<String> names, Instant now);
}
