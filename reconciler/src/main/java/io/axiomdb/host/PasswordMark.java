package io.axiomdb.host;

import io.axiomdb.core.Digest;

/**
 * Tells stored passwords apart without holding one: a fingerprint of the verifier that PostgreSQL stores.
 *
 * @param text {@code none}, {@code new}, {@code unknown}, or the first 16 hex digits of the verifier's SHA-256
 */
public record PasswordMark(String text) {
    /** The role has no password. */
    public static final PasswordMark NONE = new PasswordMark("none");
    /** Wanted: one that apply is to make. */
    public static final PasswordMark TO_BE_MADE = new PasswordMark("new");
    /** Wanted: whatever is there, for roles that were adopted with their passwords. */
    public static final PasswordMark UNKNOWN = new PasswordMark("unknown");

    public static PasswordMark ofVerifier(String verifier) {
        return new PasswordMark(Digest.of(verifier).abbreviated());
    }
}
