package io.axiomdb.adapter.postgres;

import io.axiomdb.core.Secret;
import io.axiomdb.port.PasswordHasher;
import org.postgresql.util.PasswordUtil;

/** SCRAM-SHA-256 with 4096 rounds and 16 random bytes of salt, as PostgreSQL itself makes them. Thread-safe. */
public final class ScramHasher implements PasswordHasher {
    @Override
    public Secret verifier(Secret password) {
        return Secret.of(PasswordUtil.encodeScramSha256(password.reveal().toCharArray()));
    }
}
