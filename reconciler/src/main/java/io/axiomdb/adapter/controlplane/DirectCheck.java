package io.axiomdb.adapter.controlplane;

import io.axiomdb.core.Pinned;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.postgresql.jdbc.PgConnection;

/** Proves that a connection leads to PostgreSQL itself, and holds what it was begun with, before it is used. */
final class DirectCheck {
    private DirectCheck() {}

    static void check(PgConnection connection, Pinned pinned) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(pinned.query())) {
            row.next();
            int login = connection.getBackendPID();
            if (row.getInt(1) != login) {
                throw new Pooler("it is a pooler, such as PgBouncer: process " + login
                        + " answered the login and process " + row.getInt(1) + " serves it");
            }
            List<String> shown = new ArrayList<>();
            for (int i = 0; i < pinned.values().size(); i++) {
                shown.add(row.getString(i + 2));
            }
            Optional<String> difference = pinned.difference(shown);
            if (difference.isPresent()) {
                throw new Pooler("something on the way, such as a pooler, drops what the connection begins with: "
                        + difference.get());
            }
        }
    }

    /** The connection does not lead to PostgreSQL itself. */
    static final class Pooler extends SQLException {
        private static final long serialVersionUID = 1L;

        Pooler(String words) {
            super(words);
        }
    }
}
