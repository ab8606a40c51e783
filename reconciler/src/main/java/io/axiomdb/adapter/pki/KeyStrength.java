package io.axiomdb.adapter.pki;

import io.axiomdb.core.AxiomException;
import java.io.IOException;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.util.PublicKeyFactory;

/** Which keys a server may have: those that every client can check and nobody can break. */
final class KeyStrength {
    private static final Set<ASN1ObjectIdentifier> CURVES =
            Set.of(SECObjectIdentifiers.secp256r1, SECObjectIdentifiers.secp384r1);

    /** Bits. More than the upper one makes every handshake slow. */
    private static final int RSA_LEAST = 2048;

    private static final int RSA_MOST = 8192;

    /** 65537 has 17 bits; smaller exponents have a history. */
    private static final int EXPONENT_LEAST = 17;

    private static final int EXPONENT_MOST = 64;

    private KeyStrength() {}

    /**
     * Also that a point is on its curve, and that a modulus is no obvious nonsense.
     *
     * @throws AxiomException with NOT_SIGNED when it is any other key
     */
    static void check(SubjectPublicKeyInfo key) {
        if (!fit(read(key))) {
            throw refused("it is of another kind, or too short");
        }
    }

    /** Bouncy Castle fails on a curve that it does not know with a NullPointerException, on other keys with others. */
    private static AsymmetricKeyParameter read(SubjectPublicKeyInfo key) {
        try {
            return PublicKeyFactory.createKey(key);
        } catch (IOException | RuntimeException e) {
            throw refused("it can't be read (" + e.getClass().getSimpleName() + ")");
        }
    }

    private static boolean fit(AsymmetricKeyParameter key) {
        return switch (key) {
            case ECPublicKeyParameters ec ->
                ec.getParameters() instanceof ECNamedDomainParameters named && CURVES.contains(named.getName());
            case RSAKeyParameters rsa -> {
                int size = rsa.getModulus().bitLength();
                int exponent = rsa.getExponent().bitLength();
                yield size >= RSA_LEAST && size <= RSA_MOST && exponent >= EXPONENT_LEAST && exponent <= EXPONENT_MOST;
            }
            case Ed25519PublicKeyParameters _ -> true;
            // Bouncy Castle knows dozens of other keys, and more with each version.
            default -> false;
        };
    }

    private static AxiomException refused(String why) {
        return SigningRequest.refused(
                "the key in the host's certificate request is not fit for a server: " + why,
                "have the host make one on the curve P-256 or P-384, an Ed25519 key, or an RSA key of 2048 to 8192"
                        + " bits");
    }
}
