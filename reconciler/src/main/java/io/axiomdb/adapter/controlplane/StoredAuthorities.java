package io.axiomdb.adapter.controlplane;

import io.axiomdb.core.Secret;
import io.axiomdb.port.AuthorityStore;
import io.axiomdb.port.SecretsKey.Sealer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jdbi.v3.core.Handle;

/** Certificate authorities in the control plane's database, their keys sealed before they get there. */
final class StoredAuthorities implements AuthorityStore {
    private static final String READ = "SELECT a.number, a.certificate, a.bridge, k.lost_at IS NOT NULL AS lost,"
            + " CASE WHEN k.lost_at IS NULL THEN a.sealed ELSE coalesce((SELECT l.sealed FROM axiomdb.lost_authorities l"
            + " JOIN axiomdb.secret_keys now ON now.key_id = l.key_id WHERE l.number = a.number AND now.lost_at IS NULL"
            + " LIMIT 1), '') END AS sealed FROM axiomdb.certificate_authorities a JOIN axiomdb.secret_keys k"
            + " ON k.key_id = a.key_id ORDER BY a.number DESC";

    private final Transactions transactions;
    private final OwnKey key;

    StoredAuthorities(Transactions transactions, OwnKey key) {
        this.transactions = transactions;
        this.key = key;
    }

    @Override
    public List<String> certificates() {
        return transactions.snapshot(handle -> handle.createQuery(
                        "SELECT certificate FROM axiomdb.certificate_authorities ORDER BY number DESC")
                .mapTo(String.class)
                .list());
    }

    @Override
    public List<Kept> kept() {
        Sealer sealer = key.sealer();
        return transactions.write(handle -> read(handle, sealer));
    }

    @Override
    public List<Kept> keep(Kept made) {
        Sealer sealer = key.sealer();
        return transactions.write(handle -> {
            key.register(handle, sealer);
            List<Kept> there = read(handle, sealer);
            int next = there.size() + 1;
            if (made.number() > next) {
                throw new IllegalArgumentException("authority " + made.number() + " is not the next one, " + next);
            }
            if (made.number() == next) {
                insert(handle, made, sealer);
                return read(handle, sealer);
            }
            return there;
        });
    }

    private static void insert(Handle handle, Kept made, Sealer sealer) {
        handle.createUpdate("INSERT INTO axiomdb.certificate_authorities (number, certificate, bridge, key_id, sealed)"
                        + " VALUES (:number, :certificate, :bridge, :key, :sealed)")
                .bind("number", made.number())
                .bind("certificate", made.certificate())
                .bind("bridge", made.bridge())
                .bind("key", sealer.keyId())
                .bind(
                        "sealed",
                        sealer.seal(
                                Objects.requireNonNull(made.key()),
                                place(made.number(), made.certificate(), made.bridge())))
                .execute();
    }

    private static List<Kept> read(Handle handle, Sealer sealer) {
        return handle.createQuery(READ).map((row, context) -> kept(row, sealer)).list();
    }

    private static Kept kept(ResultSet row, Sealer sealer) throws SQLException {
        int number = row.getInt("number");
        String certificate = row.getString("certificate");
        String bridge = row.getString("bridge");
        Secret opened = sealer.open(
                row.getBytes("sealed"),
                row.getBoolean("lost") ? lostPlace(number, certificate, bridge) : place(number, certificate, bridge));
        return new Kept(number, certificate, bridge, row.getBoolean("lost") ? null : opened);
    }

    /** Those that are sealed with the keys, or were, newest first. */
    static List<String> sealed(Handle handle, Collection<String> keys) {
        return handle.createQuery("SELECT certificate FROM axiomdb.certificate_authorities WHERE key_id = ANY (:keys)"
                        + " ORDER BY number DESC")
                .bindArray("keys", String.class, keys)
                .mapTo(String.class)
                .list();
    }

    /** The certificates of all whose keys are lost are bound to the new key: what they signed is still shown. */
    static void lose(Handle handle, Sealer sealer) {
        handle.createQuery("SELECT a.number, a.certificate, a.bridge FROM axiomdb.certificate_authorities a"
                        + " JOIN axiomdb.secret_keys k USING (key_id) WHERE k.lost_at IS NOT NULL")
                .map((row, _) ->
                        new Kept(row.getInt("number"), row.getString("certificate"), row.getString("bridge"), null))
                .list()
                .forEach(kept -> handle.createUpdate("INSERT INTO axiomdb.lost_authorities (number, key_id, sealed)"
                                + " VALUES (:number, :key, :sealed)")
                        .bind("number", kept.number())
                        .bind("key", sealer.keyId())
                        .bind(
                                "sealed",
                                sealer.seal(Secret.of(""), lostPlace(kept.number(), kept.certificate(), kept.bridge())))
                        .execute());
    }

    /** Another place than that of a private key. */
    private static String lostPlace(int number, String certificate, String bridge) {
        return "lost " + place(number, certificate, bridge);
    }

    /** Part of what is stored: changing it loses the keys. No credential's place looks like this, for those are quoted. */
    private static String place(int number, String certificate, String bridge) {
        return "certificate authority " + number + "\n" + certificate + "\n" + bridge;
    }
}
