package io.axiomdb.adapter.pki;

import io.axiomdb.core.AxiomException;
import io.axiomdb.core.Code;
import io.axiomdb.core.Diagnostic;
import java.io.IOException;
import java.io.StringReader;
import java.util.SortedSet;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.jspecify.annotations.Nullable;

/**
 * What may be signed.
 *
 * @param key whoever asked has the private one
 * @param commonName what clients look at that don't know addresses in certificates
 */
record SigningRequest(SubjectPublicKeyInfo key, String commonName, GeneralNames names) {
    /** Characters; a request with a large RSA key has some two thousand. */
    private static final int LIMIT = 64 * 1024;

    /**
     * Takes nothing but the public key from the request.
     *
     * @param pem PKCS #10, from a host, and so anything at all
     * @throws AxiomException with NOT_SIGNED when the request, its key or a name is not fit for it
     */
    static SigningRequest read(String pem, SortedSet<String> names) {
        GeneralNames served = ServerNames.read(names);
        PKCS10CertificationRequest request = parse(pem);
        SubjectPublicKeyInfo key = request.getSubjectPublicKeyInfo();
        KeyStrength.check(key);
        if (!provesPossession(request, key)) {
            throw refused(
                    "the signature in the host's certificate request does not belong to its key",
                    "remove the request on the host, the host helper makes another one; look for who changed it");
        }
        return new SigningRequest(key, ServerNames.commonName(names), served);
    }

    private static PKCS10CertificationRequest parse(String pem) {
        if (pem.length() > LIMIT) {
            throw unreadable("it is longer than 64 KiB");
        }
        if (object(pem) instanceof PKCS10CertificationRequest request) {
            return request;
        }
        throw unreadable("it is not one certificate request in PEM");
    }

    /** Bouncy Castle fails on bytes that mean nothing with whatever exception comes up, NullPointerException included. */
    private static @Nullable Object object(String pem) {
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            Object first = parser.readObject();
            return parser.readObject() == null ? first : null;
        } catch (IOException | RuntimeException e) {
            throw unreadable(String.valueOf(e.getMessage()));
        }
    }

    private static boolean provesPossession(PKCS10CertificationRequest request, SubjectPublicKeyInfo key) {
        try {
            return request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key));
        } catch (OperatorCreationException | PKCSException | RuntimeException e) {
            return false;
        }
    }

    private static AxiomException unreadable(String why) {
        return refused(
                "the host's certificate request can't be read: " + why,
                "remove the request on the host, the host helper makes another one");
    }

    static AxiomException refused(String detail, String help) {
        return new AxiomException(Diagnostic.of(Code.NOT_SIGNED, detail, help));
    }
}
