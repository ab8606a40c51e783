package io.axiomdb.registry;

import io.axiomdb.host.PasswordMark;

/**
 * One version of a password, without the password.
 *
 * @param version counts from 1
 * @param mark fingerprint of its verifier
 * @param state a pending version was stored, but nobody knows yet whether the host took it
 */
public record Credential(CredentialKey key, int version, PasswordMark mark, State state) {
    /** Where a version is in its life. */
    public enum State {
        PENDING,
        CURRENT,
        RETIRED
    }
}
