package io.axiomdb.adapter.postgres;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.Provider;
import java.security.Security;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.KeySpec;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.SecretKey;
import javax.crypto.SecretKeyFactory;
import javax.crypto.SecretKeyFactorySpi;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What SCRAM makes of an administrator's password, for as long as one look or one session lasts. A host gives the same salt
 * on each connection, and the driver goes through 4096 rounds for each: more than half of the time that axm itself spends
 * on looking at a host of a hundred databases. The driver can't be handed the result; so the JDK's factory of such keys
 * stands behind one that remembers, and only for what is opened through here.
 */
final class SaltedPasswords {
    private static final String ALGORITHM = "PBKDF2WithHmacSHA256";
    private static final ScopedValue<SaltedPasswords> HERE = ScopedValue.newInstance();
    private static final Provider JDK = standInFront();

    private final Map<Asked, byte[]> keys = new ConcurrentHashMap<>();

    private record Asked(String password, ByteBuffer salt, int rounds, int bits) {}

    /** Opens something. */
    interface Opening<T> {
        T open() throws SQLException;
    }

    /** Keys that are asked for meanwhile, by this thread, are made once. */
    <T> T remember(Opening<T> opening) throws SQLException {
        return ScopedValue.where(HERE, this).<T, SQLException>call(opening::open);
    }

    int size() {
        return keys.size();
    }

    private SecretKey key(PBEKeySpec spec) {
        Asked asked = new Asked(
                new String(spec.getPassword()),
                ByteBuffer.wrap(spec.getSalt()),
                spec.getIterationCount(),
                spec.getKeyLength());
        return new SecretKeySpec(keys.computeIfAbsent(asked, _ -> made(spec)), ALGORITHM);
    }

    private static byte[] made(PBEKeySpec spec) {
        try {
            return SecretKeyFactory.getInstance(ALGORITHM, JDK)
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(ALGORITHM, e);
        }
    }

    private static Provider standInFront() {
        try {
            Provider jdk = SecretKeyFactory.getInstance(ALGORITHM).getProvider();
            Security.insertProviderAt(new InFront(), 1);
            return jdk;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    private static final class InFront extends Provider {
        private static final long serialVersionUID = 1L;

        private InFront() {
            super("AxiomDB", "1", "makes the keys of control connections once");
            putService(new Service(this, "SecretKeyFactory", ALGORITHM, Factory.class.getName(), null, null) {
                @Override
                public Object newInstance(Object parameter) {
                    return new Factory();
                }
            });
        }
    }

    /** The JDK's own for everybody who does not open a control connection. */
    private static final class Factory extends SecretKeyFactorySpi {
        @Override
        protected SecretKey engineGenerateSecret(KeySpec spec) throws InvalidKeySpecException {
            return HERE.isBound() && spec instanceof PBEKeySpec password
                    ? HERE.get().key(password)
                    : jdk().generateSecret(spec);
        }

        @Override
        protected KeySpec engineGetKeySpec(SecretKey key, Class<?> wanted) throws InvalidKeySpecException {
            return jdk().getKeySpec(key, wanted);
        }

        @Override
        protected SecretKey engineTranslateKey(SecretKey key) throws InvalidKeyException {
            return jdk().translateKey(key);
        }

        private static SecretKeyFactory jdk() {
            try {
                return SecretKeyFactory.getInstance(ALGORITHM, JDK);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(ALGORITHM, e);
            }
        }
    }
}
