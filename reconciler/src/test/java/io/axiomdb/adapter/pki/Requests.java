package io.axiomdb.adapter.pki;

import java.io.IOException;
import java.io.StringWriter;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;
import org.jspecify.annotations.Nullable;

/** Certificate requests as hosts make them, good ones and others. */
final class Requests {
    private Requests() {}

    static KeyPair p256() {
        return pair("EC", new ECGenParameterSpec("secp256r1"));
    }

    /**
     * A new key.
     *
     * @param kind such as {@code P-256}, {@code RSA 2048}, {@code Ed25519}
     */
    static KeyPair pair(String kind) {
        return switch (kind) {
            case "P-256" -> p256();
            case "P-384" -> pair("EC", new ECGenParameterSpec("secp384r1"));
            case "P-521" -> pair("EC", new ECGenParameterSpec("secp521r1"));
            case "RSA 1024" -> pair("RSA", new RSAKeyGenParameterSpec(1024, RSAKeyGenParameterSpec.F4));
            case "RSA 2048" -> pair("RSA", new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4));
            case "RSA 2048 with 3" -> pair("RSA", new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F0));
            default -> pair(kind, null);
        };
    }

    private static KeyPair pair(String algorithm, @Nullable AlgorithmParameterSpec of) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (of != null) {
                generator.initialize(of);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static String of(KeyPair pair) {
        return of(pair.getPublic(), pair);
    }

    /** One that names a key and is signed by another. */
    static String of(PublicKey named, KeyPair signer) {
        return pem("CERTIFICATE REQUEST", bytes(named, signer));
    }

    /** It also asks to be an authority, for a name that is not the host's. */
    static byte[] bytes(PublicKey named, KeyPair signer) {
        try {
            ExtensionsGenerator wishes = new ExtensionsGenerator();
            wishes.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
            wishes.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.dNSName, "evil.example")));
            return new PKCS10CertificationRequestBuilder(
                            new X500Name("CN=evil.example"), SubjectPublicKeyInfo.getInstance(named.getEncoded()))
                    .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, wishes.generate())
                    .build(new JcaContentSignerBuilder(algorithm(signer)).build(signer.getPrivate()))
                    .getEncoded();
        } catch (IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String algorithm(KeyPair signer) {
        return switch (signer.getPrivate().getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            case "DSA" -> "SHA256withDSA";
            case "EdDSA" -> signer.getPublic().getEncoded().length < 50 ? "Ed25519" : "Ed448";
            default -> throw new IllegalArgumentException(signer.getPrivate().getAlgorithm());
        };
    }

    static String pem(String type, byte[] content) {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(type, content));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return text.toString();
    }
}
