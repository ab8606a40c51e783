package io.axiomdb.apply;

import io.axiomdb.core.Secret;
import java.security.SecureRandom;

/** Makes passwords as the specification wants them: 32 of 70 characters, 196 bits of entropy. */
public final class PasswordGenerator {
    static final int LENGTH = 32;
    static final String CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*";

    private PasswordGenerator() {}

    /** A fresh password. */
    public static Secret generate(SecureRandom random) {
        StringBuilder text = new StringBuilder(LENGTH);
        random.ints(LENGTH, 0, CHARACTERS.length()).forEach(i -> text.append(CHARACTERS.charAt(i)));
        return Secret.of(text.toString());
    }
}
