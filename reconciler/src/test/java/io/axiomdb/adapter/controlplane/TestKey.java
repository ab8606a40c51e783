package io.axiomdb.adapter.controlplane;

import io.axiomdb.adapter.secrets.TinkKey;
import io.axiomdb.port.SecretsKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.SortedSet;

/** Keys for tests. */
final class TestKey {
    private static final SecretsKey SHARED = fresh();

    private TestKey() {}

    static SecretsKey shared() {
        return SHARED;
    }

    /** A key file of its own, made when first needed. */
    static SecretsKey fresh() {
        try {
            return TinkKey.at(null, Files.createTempDirectory("axm-key-"), Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For tests that must get by without a key. */
    static SecretsKey noKey() {
        return new SecretsKey() {
            @Override
            public Sealer open(SortedSet<String> needed) {
                throw new AssertionError("no key is needed for this");
            }

            @Override
            public Successor successor(SortedSet<String> lost) {
                throw new AssertionError("no key is needed for this");
            }

            @Override
            public String place() {
                return "nowhere";
            }
        };
    }
}
