package io.axiomdb.adapter.ssh;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;

/** The names that a certificate is for. */
final class Names {
    private Names() {}

    /**
     * DNS names and addresses of the first certificate.
     *
     * @param chain PEM
     */
    static SortedSet<String> of(String chain) {
        try {
            Collection<? extends Certificate> all = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(chain.getBytes(StandardCharsets.US_ASCII)));
            X509Certificate first = (X509Certificate) all.iterator().next();
            SortedSet<String> names = new TreeSet<>();
            Collection<List<?>> alternatives =
                    Objects.requireNonNullElse(first.getSubjectAlternativeNames(), Collections.emptyList());
            alternatives.forEach(name -> names.add(String.valueOf(name.get(1))));
            return names;
        } catch (CertificateException e) {
            throw new IllegalArgumentException("the authority's certificate can't be read", e);
        }
    }
}
