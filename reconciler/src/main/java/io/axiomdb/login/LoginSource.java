package io.axiomdb.login;

import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.ds.PGSimpleDataSource;

/** The door, for libraries that want a data source. */
public final class LoginSource extends PGSimpleDataSource {
    private static final long serialVersionUID = 1L;

    private final transient Login login;
    private final transient Session session;
    private final transient Door.Check check;

    public LoginSource(Login login, Session session, Door.Check check) {
        this.login = login;
        this.session = session;
        this.check = check;
    }

    @Override
    public Connection getConnection() throws SQLException {
        return Door.open(login, session, check);
    }

    @Override
    public Connection getConnection(String user, String password) {
        throw new UnsupportedOperationException("the login is fixed");
    }
}
