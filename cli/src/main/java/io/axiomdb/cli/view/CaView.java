package io.axiomdb.cli.view;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Shows certificates of authorities to programs. */
public final class CaView {
    private static final int PEM_WIDTH = 64;

    private CaView() {}

    /** All of them, in the given order; fingerprints as {@code openssl x509 -fingerprint -sha256} has them, without colons. */
    public static String json(List<X509Certificate> certificates) {
        var root = Json.format("axiomdb.ca/1");
        root.set("certificates", Json.array(certificates, CaView::json));
        return Json.write(root);
    }

    private static ObjectNode json(X509Certificate certificate) {
        try {
            byte[] content = certificate.getEncoded();
            return Json.object()
                    .put("subject", certificate.getSubjectX500Principal().getName())
                    .put(
                            "fingerprint_sha256",
                            HexFormat.of()
                                    .formatHex(
                                            MessageDigest.getInstance("SHA-256").digest(content)))
                    .put("not_before", certificate.getNotBefore().toInstant().toString())
                    .put("not_after", certificate.getNotAfter().toInstant().toString())
                    .put("pem", pem(content));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256 and can encode what it has read", e);
        }
    }

    private static String pem(byte[] content) {
        String text = Base64.getMimeEncoder(PEM_WIDTH, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(content);
        return "-----BEGIN CERTIFICATE-----\n" + text + "\n-----END CERTIFICATE-----\n";
    }
}
