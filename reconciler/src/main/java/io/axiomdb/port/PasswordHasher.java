package io.axiomdb.port;

import io.axiomdb.core.Secret;

/** Computes SCRAM-SHA-256 verifiers, the only form of a password that is ever sent to a server. */
public interface PasswordHasher {
    /** {@code SCRAM-SHA-256$4096:salt$StoredKey:ServerKey} with a fresh salt. */
    Secret verifier(Secret password);
}
