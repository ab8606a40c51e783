package io.axiomdb.adapter.pki;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes certificates. P-256 with SHA-256, which every libpq and every Java can check. */
final class Issuing {
    static final Duration SERVER_LIFE = Duration.ofDays(90);
    static final Duration AUTHORITY_LIFE = Duration.ofDays(3652);

    /** Clocks of clients are not all right. */
    private static final Duration BACKDATED = Duration.ofMinutes(5);

    private static final int SERIAL_BITS = 128;
    private static final KeyUsage SIGNS_CERTIFICATES = new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign);

    private final SecureRandom random;

    Issuing(SecureRandom random) {
        this.random = random;
    }

    /** A certificate and the private key that belongs to it. */
    record Issuer(X509Certificate certificate, PrivateKey key) {
        X500Name name() {
            return X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
        }
    }

    /** What is certified, and until when. */
    private record Subject(X500Name name, SubjectPublicKeyInfo key, Instant until) {}

    /** Writes what is special to a kind of certificate. */
    private interface Extensions {
        void add(X509v3CertificateBuilder builder) throws CertIOException;
    }

    /** A new authority with a name and a key of its own. One authority may stand between it and a server: its successor. */
    Issuer authority(Instant now) {
        KeyPair pair = keyPair();
        SubjectPublicKeyInfo key =
                SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded());
        byte[] id = new byte[8];
        random.nextBytes(id);
        X500Name name = named("AxiomDB CA " + HexFormat.of().formatHex(id));
        X509Certificate certificate = signed(
                new Subject(name, key, now.plus(AUTHORITY_LIFE)),
                name,
                key,
                pair.getPrivate(),
                now,
                builder -> addAuthority(builder, 1));
        return new Issuer(certificate, pair.getPrivate());
    }

    /** A new authority's name and key, vouched for by the old one as long as that lasts. */
    X509Certificate bridge(Issuer made, Issuer old, Instant now) {
        Subject subject = new Subject(
                made.name(), publicKey(made), old.certificate().getNotAfter().toInstant());
        return signed(subject, old.name(), publicKey(old), old.key(), now, builder -> addAuthority(builder, 0));
    }

    X509Certificate server(SigningRequest request, Issuer issuer, Instant now) {
        Subject subject = new Subject(named(request.commonName()), request.key(), now.plus(SERVER_LIFE));
        return signed(
                subject,
                issuer.name(),
                publicKey(issuer),
                issuer.key(),
                now,
                builder -> builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                        .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                        .addExtension(
                                Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
                        .addExtension(Extension.subjectAlternativeName, false, request.names()));
    }

    private static void addAuthority(X509v3CertificateBuilder builder, int authoritiesBelow) throws CertIOException {
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authoritiesBelow))
                .addExtension(Extension.keyUsage, true, SIGNS_CERTIFICATES);
    }

    private X509Certificate signed(
            Subject subject,
            X500Name issuer,
            SubjectPublicKeyInfo issuerKey,
            PrivateKey with,
            Instant now,
            Extensions extensions) {
        try {
            X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
                    issuer,
                    new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS),
                    Date.from(now.minus(BACKDATED)),
                    Date.from(subject.until()),
                    subject.name(),
                    subject.key());
            extensions.add(builder);
            JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.subjectKeyIdentifier, false, ids.createSubjectKeyIdentifier(subject.key()));
            builder.addExtension(Extension.authorityKeyIdentifier, false, ids.createAuthorityKeyIdentifier(issuerKey));
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(with)));
        } catch (CertIOException | OperatorCreationException | GeneralSecurityException e) {
            throw new IllegalStateException("every Java can sign on P-256", e);
        }
    }

    private KeyPair keyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"), random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has P-256", e);
        }
    }

    private static SubjectPublicKeyInfo publicKey(Issuer issuer) {
        return SubjectPublicKeyInfo.getInstance(
                issuer.certificate().getPublicKey().getEncoded());
    }

    private static X500Name named(String commonName) {
        return new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.CN, commonName)
                .build();
    }
}
