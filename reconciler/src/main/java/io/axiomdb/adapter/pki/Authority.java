package io.axiomdb.adapter.pki;

import io.axiomdb.port.CertificateAuthority;
import java.time.Instant;
import java.util.SortedSet;

/** Signs with the key that the secret store keeps. */
public final class Authority implements CertificateAuthority {
    @Override
    public String certificate() {
        throw new UnsupportedOperationException("not yet");
    }

    @Override
    public String sign(String request, SortedSet<String> names, Instant now) {
        throw new UnsupportedOperationException("not yet");
    }
}
