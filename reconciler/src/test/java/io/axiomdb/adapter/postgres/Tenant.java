package io.axiomdb.adapter.postgres;

import io.axiomdb.core.Origin;
import io.axiomdb.core.Secret;
import io.axiomdb.core.SecretRef;
import io.axiomdb.core.Source;
import io.axiomdb.desired.Host;
import io.axiomdb.host.Probe;
import io.axiomdb.testing.Servers.Server;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.postgresql.core.Utils;

/** A branch as it lies on a server: made by plain SQL, with names that need quoting, and then broken by the tests. */
final class Tenant {
    static final String PASSWORD = "tenant password";

    private static final AtomicInteger COUNT = new AtomicInteger();

    final Server server;
    final String database;
    final String owner;
    final String rw;
    final String ro;

    Tenant(Server server) throws SQLException {
        this.server = server;
        String key = "Å \"" + COUNT.incrementAndGet() + "' $%s{b}?";
        database = "sq_" + key;
        owner = key + "_owner";
        rw = key + "_rw";
        ro = key + "_ro";
        admin("CREATE ROLE %s LOGIN CREATEDB PASSWORD '%s'".formatted(q(owner), PASSWORD));
        admin("CREATE ROLE %s LOGIN".formatted(q(rw)));
        admin("CREATE ROLE %s LOGIN".formatted(q(ro)));
        admin("CREATE DATABASE %s OWNER %s".formatted(q(database), q(owner)));
        admin("REVOKE ALL ON DATABASE %s FROM PUBLIC".formatted(q(database)));
        admin("GRANT CONNECT ON DATABASE %s TO %s, %s".formatted(q(database), q(rw), q(ro)));
    }

    Probe probe(String... schemas) {
        TreeSet<String> names = new TreeSet<>(List.of(schemas));
        SortedMap<String, Probe.Inside> databases = new TreeMap<>();
        databases.put(database, new Probe.Inside(owner, rw, ro, names));
        return new Probe(new TreeSet<>(List.of(owner, rw, ro)), databases);
    }

    /** As the superuser, in the maintenance database. */
    void admin(String sql) throws SQLException {
        run(target(server), "postgres", sql);
    }

    /** As the superuser, in the tenant's database. */
    void inside(String sql) throws SQLException {
        run(target(server), database, sql);
    }

    /** As the owner, in its own database; a fresh session each time, with all that the tenant has set. */
    void asOwner(String sql) throws SQLException {
        run(
                new Target("127.0.0.1", server.port(), database, owner, Secret.of(PASSWORD), Host.Tls.DISABLE),
                database,
                sql);
    }

    static String one(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return String.valueOf(row.getString(1));
        }
    }

    static void run(Target target, String database, String sql) throws SQLException {
        try (Connection connection = AdminConnections.open(target, database, "test", Pins.CHANGE, 0);
                Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }

    /** Quoted. */
    static String q(String name) {
        try {
            return Utils.escapeIdentifier(null, name).toString();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    static Target target(Server server) {
        return new Target(
                Server.ADDRESS, server.port(), "postgres", server.user(), server.password(), Host.Tls.DISABLE);
    }

    static Host host(Server server) {
        return host(server, server.user(), server.port());
    }

    static Host host(Server server, String user, int port) {
        return new Host(
                "test-" + server.version(),
                new Host.Server(
                        Server.ADDRESS, port, "postgres", user, new SecretRef(SecretRef.Kind.ENV, "ADMIN_PASSWORD")),
                null,
                Host.Firewall.UFW,
                new Host.Certificate.Issued(),
                null,
                null,
                null,
                Host.Tls.DISABLE,
                new Origin(Source.NOWHERE, Collections.emptySortedMap()));
    }
}
