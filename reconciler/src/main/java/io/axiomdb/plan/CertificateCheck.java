package io.axiomdb.plan;

import io.axiomdb.core.Cidr;
import io.axiomdb.desired.Host;
import io.axiomdb.host.AccessObservation;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Whether the certificate that a host shows is the one it should show. Pure. */
final class CertificateCheck {
    /** Renewed when it has no longer than this to live: a third of its life. */
    private static final Duration EARLY = Duration.ofDays(30);

    /** What the names of AxiomDB's authorities begin with. */
    private static final String AUTHORITY = "AxiomDB CA ";

    private CertificateCheck() {}

    /**
     * Why another one is due.
     *
     * @param is what there is now, in words
     * @param drift whether somebody changed it on the host; otherwise it was never there, or is running out
     */
    record Due(String is, boolean drift) {}

    /** What clients call the host. */
    static SortedSet<String> names(Host host) {
        SortedSet<String> names = new TreeSet<>();
        if (host.publicEndpoint() != null) {
            names.add(canonical(host.publicEndpoint()));
        }
        if (host.ssh() != null) {
            names.add(canonical(host.ssh().address()));
        }
        return names;
    }

    /**
     * Empty when all is well.
     *
     * @param authority its certificates, PEM, for it may have a successor; empty when there is none yet, and then it has
     *     signed nothing
     */
    static Optional<Due> due(Host host, AccessObservation.Certificate shown, String authority, Instant now) {
        if (shown.installed() == null) {
            return Optional.of(new Due("none", false));
        }
        try {
            X509Certificate installed = read(shown.installed());
            Due wrong = switch (host.certificate()) {
                case Host.Certificate.Issued() -> issued(host, chain(shown.installed()), authority, now);
                case Host.Certificate.Files _ -> null;
            };
            return Optional.ofNullable(wrong == null ? served(host, shown, installed) : wrong);
        } catch (CertificateException e) {
            return Optional.of(new Due("unreadable", true));
        }
    }

    private static X509Certificate read(String pem) throws CertificateException {
        return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(bytes(pem));
    }

    private static ByteArrayInputStream bytes(String pem) {
        return new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
    }

    private static List<X509Certificate> chain(String pem) throws CertificateException {
        return CertificateFactory.getInstance("X.509").generateCertificates(bytes(pem)).stream()
                .map(X509Certificate.class::cast)
                .toList();
    }

    private static @Nullable Due issued(Host host, List<X509Certificate> shown, String authority, Instant now)
            throws CertificateException {
        X509Certificate installed = shown.getFirst();
        if (!signed(installed, authority) && !isHandedOver(shown, chain(authority))) {
            return new Due("not signed by AxiomDB's authority", true);
        }
        Instant end = installed.getNotAfter().toInstant();
        if (!end.isAfter(now.plus(EARLY))) {
            return new Due("valid until " + end, false);
        }
        SortedSet<String> names = namesIn(installed);
        return names.equals(names(host)) ? null : new Due("for " + String.join(", ", names), false);
    }

    private static boolean signed(X509Certificate installed, String authority) throws CertificateException {
        return chain(authority).stream().anyMatch(one -> isSignedBy(installed, one));
    }

    private static boolean isSignedBy(X509Certificate installed, X509Certificate authority) {
        try {
            installed.verify(authority.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /**
     * One of a lost control plane's authority, from before this one had any: clients know that authority, and get to know this
     * one before it ends. Who can put a certificate there is root on the host, and could show any.
     */
    private static boolean isHandedOver(List<X509Certificate> shown, List<X509Certificate> own)
            throws CertificateException {
        return shown.size() > 1
                && !own.isEmpty()
                && new String(shown.get(1).getEncoded(), StandardCharsets.ISO_8859_1).contains(AUTHORITY)
                && isSignedBy(shown.getFirst(), shown.get(1))
                && own.stream().noneMatch(one -> shown.getFirst().getNotBefore().after(one.getNotBefore()));
    }

    private static @Nullable Due served(Host host, AccessObservation.Certificate shown, X509Certificate installed)
            throws CertificateException {
        String hash = fingerprint(installed);
        if (!hash.equalsIgnoreCase(Objects.requireNonNullElse(shown.servedDirect(), ""))) {
            return new Due("another one is shown by PostgreSQL", true);
        }
        boolean pooled = host.runtimePort() != null;
        if (pooled && !hash.equalsIgnoreCase(Objects.requireNonNullElse(shown.servedRuntime(), ""))) {
            return new Due("another one is shown by the pooler", true);
        }
        return null;
    }

    private static String fingerprint(X509Certificate certificate) throws CertificateException {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(certificate.getEncoded()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static SortedSet<String> namesIn(X509Certificate certificate) throws CertificateParsingException {
        SortedSet<String> names = new TreeSet<>();
        Collection<List<?>> all = certificate.getSubjectAlternativeNames();
        if (all != null) {
            all.stream()
                    .filter(name -> name.get(1) instanceof String)
                    .forEach(name -> names.add(canonical((String) name.get(1))));
        }
        return names;
    }

    /** Certificates write IPv6 addresses in full. */
    private static String canonical(String name) {
        return switch (Cidr.read(name)) {
            case Cidr.Read.Range(Cidr cidr) -> withoutPrefix(cidr.toString());
            case Cidr.Read.Refused(String _, String meant) ->
                meant == null ? name.toLowerCase(Locale.ROOT) : withoutPrefix(meant);
        };
    }

    private static String withoutPrefix(String range) {
        int slash = range.indexOf('/');
        return slash < 0 ? range : range.substring(0, slash);
    }
}
