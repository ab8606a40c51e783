package io.axiomdb.adapter.controlplane;

import io.axiomdb.core.Pinned;
import io.axiomdb.login.Door;
import io.axiomdb.login.Login;
import io.axiomdb.login.Session;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;

/** Connections that are proved to lead to PostgreSQL itself, and to hold what they were begun with, before they are used. */
final class DirectSource extends PGSimpleDataSource {
    private static final long serialVersionUID = 1L;

    private final transient Login login;
    private final transient Session session;
    private final transient Pinned pinned;

    DirectSource(Login login, Session session, Pinned pinned) {
        this.login = login;
        this.session = session;
        this.pinned = pinned;
    }

    @Override
    public Connection getConnection(String user, String password) {
        throw new UnsupportedOperationException("the login is fixed");
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = Door.open(login, session);
        try {
            check(connection);
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private void check(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(pinned.query())) {
            row.next();
            int login = connection.unwrap(PGConnection.class).getBackendPID();
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
