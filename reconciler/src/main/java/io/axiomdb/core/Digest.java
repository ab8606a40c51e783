package io.axiomdb.core;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * SHA-256 in lower-case hexadecimal: the name by which a plan is reviewed and applied.
 *
 * @param hex 64 digits
 */
public record Digest(String hex) {
    private static final int SHORT = 16;

    public static Digest of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    public static Digest of(byte[] bytes) {
        try {
            return new Digest(HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The first 16 digits, as shown in text. */
    public String abbreviated() {
        return hex.substring(0, SHORT);
    }

    /** Whether a person meant this digest: 16 digits or more of its beginning, case ignored. */
    public boolean isNamedBy(String prefix) {
        return prefix.length() >= SHORT && hex.startsWith(prefix.toLowerCase(Locale.ROOT));
    }

    @Override
    public String toString() {
        return hex;
    }
}
