package io.axiomdb.host;

import io.axiomdb.core.Digest;

/**
 * Tells stored passwords apart without holding one: a fingerprint of the verifier that PostgreSQL stores.
 *
 * @param text {@code none}, {@code new}, {@code unknown}, or the first 16 hex digits of the verifier's SHA-256, after
 *     {@code md5-} where that is what it is
 */
public record PasswordMark(String text) {
    /** The role has no password. */
    public static final PasswordMark NONE = new PasswordMark("none");
    /** Wanted: one that apply is to make. */
    public static final PasswordMark TO_BE_MADE = new PasswordMark("new");
    /** Wanted: whatever is there, for roles that were adopted with their passwords. */
    public static final PasswordMark UNKNOWN = new PasswordMark("unknown");

    private static final String MD5 = "md5-";

    public static PasswordMark ofVerifier(String verifier) {
        return new PasswordMark(
                (verifier.startsWith("md5") ? MD5 : "") + Digest.of(verifier).abbreviated());
    }

    /** The role's name is a part of it, so that PostgreSQL clears it when the role is renamed. */
    public boolean isMd5() {
        return text.startsWith(MD5);
    }
}
