package io.axiomdb.adapter.postgres;

import io.axiomdb.core.Shared;
import io.axiomdb.host.DatabaseState.Contents;
import io.axiomdb.host.DatabaseState.SchemaState;
import io.axiomdb.host.DefaultGrant;
import io.axiomdb.host.Grant;
import io.axiomdb.host.ObjectKind;
import io.axiomdb.host.ObjectRights;
import io.axiomdb.host.ObjectRights.ObjectName;
import io.axiomdb.host.Probe;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What is inside one database. Collects what inside.sql returns; used once. */
final class DatabaseLook {
    private static final Query QUERY = Query.load("inside.sql").then(Query.load("others.sql"));

    private final SortedMap<String, SchemaState> schemas = new TreeMap<>();
    private final SortedSet<DefaultGrant> defaults = new TreeSet<>();
    private final SortedSet<ObjectRights> objects = new TreeSet<>();
    private final SortedSet<String> lookup = new TreeSet<>();
    private final SortedMap<String, Integer> others = new TreeMap<>();
    private final SortedSet<String> eventTriggers = new TreeSet<>();
    private final Shared shared = new Shared();

    private DatabaseLook(Probe.Inside what) {
        List.of(what.owner(), what.rw(), what.ro()).forEach(shared::of);
        what.schemas().forEach(shared::of);
    }

    static Contents read(Connection connection, Probe.Inside what) throws SQLException {
        DatabaseLook look = new DatabaseLook(what);
        SortedMap<String, Object> values = new TreeMap<>();
        values.put("owner", what.owner());
        values.put("rw", what.rw());
        values.put("ro", what.ro());
        values.put("schemas", what.schemas());
        QUERY.run(
                connection,
                values,
                List.of(
                        look::schema,
                        look::defaultGrants,
                        look::rights,
                        look::lookup,
                        look::others,
                        look::eventTrigger));
        return new Contents(look.schemas, look.defaults, look.objects, look.lookup, look.others, look.eventTriggers);
    }

    private void schema(ResultSet row) throws SQLException {
        SchemaState schema = new SchemaState(text(row, 1), text(row, 2), Query.grants(row, 3, shared));
        schemas.put(schema.name(), schema);
    }

    private void defaultGrants(ResultSet row) throws SQLException {
        String schema = text(row, 1);
        ObjectKind kind = ObjectKind.valueOf(row.getString(2));
        for (Grant grant : Query.grants(row, 3, shared)) {
            defaults.add(new DefaultGrant(schema, kind, grant));
        }
    }

    private void others(ResultSet row) throws SQLException {
        others.put(row.getString(1), row.getInt(2));
    }

    private void eventTrigger(ResultSet row) throws SQLException {
        eventTriggers.add(row.getString(1));
    }

    private void lookup(ResultSet row) throws SQLException {
        lookup.add(text(row, 1));
    }

    private void rights(ResultSet row) throws SQLException {
        List<String> sql = Query.texts(row, 5);
        List<String> columns = Query.texts(row, 6);
        SortedSet<ObjectName> names = new TreeSet<>();
        for (int i = 0; i < sql.size(); i++) {
            names.add(new ObjectName(sql.get(i), columns.get(i)));
        }
        objects.add(new ObjectRights(
                text(row, 1), ObjectKind.valueOf(row.getString(2)), text(row, 3), Query.grants(row, 4, shared), names));
    }

    private String text(ResultSet row, int column) throws SQLException {
        return shared.of(row.getString(column));
    }
}
