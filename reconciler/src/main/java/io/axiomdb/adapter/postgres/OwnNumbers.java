package io.axiomdb.adapter.postgres;

import io.axiomdb.port.HostWriter.Numbers;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the server knows its databases and roles by. */
final class OwnNumbers {
    private static final String SYSTEM = "(SELECT system_identifier::text FROM pg_control_system())";
    private static final String ROLES = "SELECT " + SYSTEM
            + ", n.name, r.oid::bigint FROM unnest(?::text[]) n (name) JOIN pg_authid r ON r.rolname = n.name";

    /** Anybody who may make databases can have one of any name; none of them has one of a superuser's. */
    private static final String DATABASES = "SELECT " + SYSTEM
            + ", n.name, d.oid::bigint FROM unnest(?::text[]) n (name) JOIN pg_database d ON d.datname = n.name"
            + " JOIN pg_authid r ON r.oid = d.datdba AND r.rolsuper";

    private OwnNumbers() {}

    static Numbers ofRoles(Connection connection, Collection<String> roles) throws SQLException {
        Numbers found = ask(connection, ROLES, roles);
        if (!found.oids().keySet().containsAll(roles)) {
            throw new SQLException("a role that was made is not there", "XX000");
        }
        return found;
    }

    /** Empty when there is none that belongs to a superuser. */
    static Numbers ofDatabase(Connection connection, String name) throws SQLException {
        return ask(connection, DATABASES, List.of(name));
    }

    private static Numbers ask(Connection connection, String sql, Collection<String> names) throws SQLException {
        String system = "";
        SortedMap<String, Long> oids = new TreeMap<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setArray(1, connection.createArrayOf("text", names.toArray()));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    system = rows.getString(1);
                    oids.put(rows.getString(2), rows.getLong(3));
                }
            }
        }
        return new Numbers(system, oids);
    }
}
