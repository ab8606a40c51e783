package io.axiomdb.adapter.controlplane;

import io.axiomdb.port.SecretsKey;
import io.axiomdb.port.SecretsKey.Sealer;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** The key that this process seals with, opened when it is first needed: a plan needs none. Thread-safe. */
final class OwnKey {
    private final Transactions transactions;
    private final SecretsKey key;
    private @Nullable Sealer opened;

    OwnKey(Transactions transactions, SecretsKey key) {
        this.transactions = transactions;
        this.key = key;
    }

    /**
     * Opens it, or makes it where nothing was ever sealed.
     *
     * @throws io.axiomdb.core.AxiomException with SECRETS_KEY
     */
    synchronized Sealer sealer() {
        if (opened == null) {
            opened = key.open(transactions.write(OwnKey::inUse));
        }
        return opened;
    }

    static SortedSet<String> inUse(Handle handle) {
        return new TreeSet<>(handle.createQuery("SELECT key_id FROM axiomdb.secret_keys WHERE lost_at IS NULL")
                .mapTo(String.class)
                .list());
    }

    SecretsKey key() {
        return key;
    }

    /** Another key is in its place. */
    synchronized void forget() {
        opened = null;
    }

    /** Until the transaction ends no one else stores secrets. */
    static void lock(Handle handle) {
        handle.execute("LOCK TABLE axiomdb.secret_keys IN SHARE ROW EXCLUSIVE MODE");
    }

    /**
     * Makes the transaction the only one that stores secrets, and writes down which key seals them: two keys must not
     * both be the first, and another process may have begun to use another key since ours was opened.
     */
    void register(Handle handle, Sealer sealer) {
        lock(handle);
        SortedSet<String> inUse = inUse(handle);
        if (!sealer.keyIds().containsAll(inUse)) {
            key.open(inUse);
            throw new IllegalStateException("the key has changed while this process ran; start it again");
        }
        if (!inUse.contains(sealer.keyId())) {
            add(handle, sealer);
        }
    }

    static void add(Handle handle, Sealer sealer) {
        handle.execute(
                "INSERT INTO axiomdb.secret_keys (key_id) VALUES (?) ON CONFLICT (key_id) DO UPDATE SET lost_at = NULL",
                sealer.keyId());
    }
}
