package io.axiomdb.adapter.controlplane;

import io.axiomdb.port.AuthorityStore;
import io.axiomdb.port.SecretsKey.Sealer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jdbi.v3.core.Handle;

/** Certificate authorities in the control plane's database, their keys sealed before they get there. */
final class StoredAuthorities implements AuthorityStore {
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
                .bind("sealed", sealer.seal(made.key(), place(made.number(), made.certificate(), made.bridge())))
                .execute();
    }

    private static List<Kept> read(Handle handle, Sealer sealer) {
        return handle.createQuery("SELECT number, certificate, bridge, sealed FROM axiomdb.certificate_authorities"
                        + " ORDER BY number DESC")
                .map((row, context) -> kept(row, sealer))
                .list();
    }

    private static Kept kept(ResultSet row, Sealer sealer) throws SQLException {
        int number = row.getInt("number");
        String certificate = row.getString("certificate");
        String bridge = row.getString("bridge");
        return new Kept(
                number, certificate, bridge, sealer.open(row.getBytes("sealed"), place(number, certificate, bridge)));
    }

    /** Part of what is stored: changing it loses the keys. No credential's place looks like this, for those are quoted. */
    private static String place(int number, String certificate, String bridge) {
        return "certificate authority " + number + "\n" + certificate + "\n" + bridge;
    }
}
