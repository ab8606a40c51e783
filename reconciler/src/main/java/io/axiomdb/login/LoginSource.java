package io.axiomdb.login;

import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.jdbc.PgConnection;

/** The door, for libraries that want a data source. */
public final class LoginSource extends PGSimpleDataSource {
    private static final long serialVersionUID = 1L;

    private final transient Login login;
    private final transient Session session;
    private final transient Check check;

    /** Judges a connection before anyone gets it. */
    public interface Check {
        void of(PgConnection connection) throws SQLException;
    }

    public LoginSource(Login login, Session session, Check check) {
        this.login = login;
        this.session = session;
        this.check = check;
    }

    @Override
    public Connection getConnection() throws SQLException {
        PgConnection connection = Door.open(login, session);
        try {
            check.of(connection);
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public Connection getConnection(String user, String password) {
        throw new UnsupportedOperationException("the login is fixed");
    }
}
