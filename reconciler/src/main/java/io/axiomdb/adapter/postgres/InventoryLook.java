package io.axiomdb.adapter.postgres;

import io.axiomdb.core.Shared;
import io.axiomdb.desired.Host;
import io.axiomdb.host.DatabaseState;
import io.axiomdb.host.DatabaseState.SchemaState;
import io.axiomdb.host.DefaultGrant;
import io.axiomdb.host.Grant;
import io.axiomdb.host.Inventory;
import io.axiomdb.host.Inventory.Held;
import io.axiomdb.host.Inventory.Inside;
import io.axiomdb.host.Inventory.Item;
import io.axiomdb.host.Inventory.Owned;
import io.axiomdb.host.Inventory.Sessions;
import io.axiomdb.host.Ledger;
import io.axiomdb.host.ObjectKind;
import io.axiomdb.host.Probe;
import io.axiomdb.host.RoleState;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.postgresql.jdbc.PgConnection;

/** Everything on a server, whoever made it. Used once. */
final class InventoryLook {
    private static final Query NAMES = Query.load("inventory.sql");
    private static final Query OVERVIEW = Query.load("overview.sql");

    private record Found(boolean template, long bytes) {}

    private final SortedSet<String> roles = new TreeSet<>();
    private final SortedMap<String, Found> databases = new TreeMap<>();
    private final SortedSet<Sessions> sessions = new TreeSet<>();
    private Ledger ledger = Ledger.EMPTY;
    private SortedMap<String, RoleState> roleStates = new TreeMap<>();
    private SortedMap<String, DatabaseState> databaseStates = new TreeMap<>();

    /** To be called first, with a connection from {@link LockDatabase#enter}. */
    void read(Host host, PgConnection connection) throws SQLException {
        NAMES.run(
                connection,
                new TreeMap<>(),
                List.of(
                        row -> roles.add(row.getString(1)),
                        row -> databases.put(row.getString(1), new Found(row.getBoolean(2), row.getLong(3))),
                        row -> sessions.add(
                                new Sessions(row.getString(1), row.getString(2), row.getString(3), row.getInt(4)))));
        SortedMap<String, Probe.Inside> closer = new TreeMap<>();
        databases.keySet().forEach(name -> closer.put(name, new Probe.Inside("", "", "", new TreeSet<>())));
        HostLook look = new HostLook();
        look.read(host, connection, new Probe(roles, closer));
        ledger = look.ledger();
        roleStates = look.roles();
        databaseStates = look.databases();
    }

    /** Looks into a database. */
    interface Entering {
        Inside into(String database) throws SQLException;
    }

    /**
     * All of it.
     *
     * @param entering reads one database
     */
    Inventory inventory(int version, Entering entering) {
        SortedMap<String, Item> items = new TreeMap<>();
        databaseStates.forEach((name, state) -> {
            Found found = databases.getOrDefault(name, new Found(true, 0));
            boolean open = state.allowConnections() && !found.template();
            items.put(
                    name,
                    open ? entered(state, found, entering) : new Item(state, found.template(), found.bytes(), null));
        });
        return new Inventory(version, roleStates, items, sessions, ledger);
    }

    /** A poisoned one must not hide the others. */
    private static Item entered(DatabaseState state, Found found, Entering entering) {
        try {
            return new Item(state, found.template(), found.bytes(), entering.into(state.name()));
        } catch (SQLException e) {
            return new Item(state.unread(Refusal.said(e)), found.template(), found.bytes(), null);
        }
    }

    /** What is in the database that a connection is to. */
    static Inside overview(Connection connection) throws SQLException {
        Shared shared = new Shared();
        SortedMap<String, SchemaState> schemas = new TreeMap<>();
        SortedSet<Owned> owned = new TreeSet<>();
        SortedSet<Held> held = new TreeSet<>();
        SortedMap<String, SortedSet<DefaultGrant>> defaults = new TreeMap<>();
        SortedSet<String> extensions = new TreeSet<>();
        OVERVIEW.run(
                connection,
                new TreeMap<>(),
                List.of(
                        row -> schemas.put(
                                row.getString(1),
                                new SchemaState(row.getString(1), row.getString(2), Query.grants(row, 3, shared))),
                        row -> owned.add(new Owned(row.getString(1), row.getString(2), row.getInt(3))),
                        row -> held.add(new Held(
                                row.getString(1), row.getString(2), row.getString(3), row.getString(4), row.getInt(5))),
                        row -> defaults.computeIfAbsent(row.getString(1), _ -> new TreeSet<>())
                                .addAll(defaults(row, shared)),
                        row -> extensions.add(row.getString(1))));
        return new Inside(schemas, owned, held, defaults, extensions);
    }

    private static SortedSet<DefaultGrant> defaults(ResultSet row, Shared shared) throws SQLException {
        SortedSet<DefaultGrant> grants = new TreeSet<>();
        for (Grant grant : Query.grants(row, 4, shared)) {
            grants.add(new DefaultGrant(row.getString(2), ObjectKind.valueOf(row.getString(3)), grant));
        }
        return grants;
    }
}
