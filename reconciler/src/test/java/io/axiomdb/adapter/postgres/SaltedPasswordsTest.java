package io.axiomdb.adapter.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.junit.jupiter.api.Test;

class SaltedPasswordsTest {
    private static final String ALGORITHM = "PBKDF2WithHmacSHA256";

    @Test
    void givesTheJdksKeyAndMakesItOnce() throws Exception {
        byte[] plain = key("secret", "salt");
        SaltedPasswords passwords = new SaltedPasswords();
        assertThat(remembered(passwords, "secret", "salt")).isEqualTo(plain);
        assertThat(remembered(passwords, "secret", "salt")).isEqualTo(plain);
        assertThat(passwords.size()).isOne();
    }

    @Test
    void anotherPasswordOrSaltIsAnotherKey() throws Exception {
        SaltedPasswords passwords = new SaltedPasswords();
        byte[] first = remembered(passwords, "secret", "salt");
        assertThat(remembered(passwords, "Secret", "salt")).isNotEqualTo(first);
        assertThat(remembered(passwords, "secret", "pepper")).isNotEqualTo(first);
        assertThat(passwords.size()).isEqualTo(3);
    }

    @Test
    void remembersNothingForOthers() throws Exception {
        SaltedPasswords passwords = new SaltedPasswords();
        remembered(passwords, "secret", "salt");
        key("of somebody else", "salt");
        assertThat(passwords.size()).isOne();
        assertThat(new SaltedPasswords().size()).isZero();
    }

    private static byte[] remembered(SaltedPasswords passwords, String password, String salt) throws SQLException {
        return passwords.remember(() -> key(password, salt));
    }

    private static byte[] key(String password, String salt) {
        try {
            PBEKeySpec spec = new PBEKeySpec(password.toCharArray(), salt.getBytes(StandardCharsets.UTF_8), 4096, 256);
            return SecretKeyFactory.getInstance(ALGORITHM).generateSecret(spec).getEncoded();
        } catch (java.security.GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
