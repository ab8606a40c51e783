package io.axiomdb.adapter.pki;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/** What we wrote ourselves, as text and back. Failures quote nothing, for there are private keys among it. */
final class Pem {
    private Pem() {}

    static String certificate(X509Certificate certificate) {
        try {
            return text("CERTIFICATE", certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    static X509Certificate certificate(String pem) {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
        } catch (CertificateException e) {
            throw new IllegalStateException("a certificate that AxiomDB made can't be read", e);
        }
    }

    static String privateKey(PrivateKey key) {
        return text("PRIVATE KEY", key.getEncoded());
    }

    static PrivateKey privateKey(String pem) {
        try (PemReader reader = new PemReader(new StringReader(pem))) {
            PemObject found = reader.readPemObject();
            if (found == null) {
                throw new IllegalStateException("there is no key in what was stored as one");
            }
            return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(found.getContent()));
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("a key that AxiomDB made can't be read: " + e.getClass());
        }
    }

    private static String text(String type, byte[] content) {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(type, content));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString().replace("\r\n", "\n");
    }
}
