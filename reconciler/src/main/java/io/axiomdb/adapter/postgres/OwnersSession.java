package io.axiomdb.adapter.postgres;

import io.axiomdb.core.Secret;
import io.axiomdb.port.HostWriter.HostFailure;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.jdbc.PgConnection;

/**
 * Connections of a login that is a member of a copy's owner role and nothing more. A superuser's connection that only
 * became the role could go back: whoever writes RESET SESSION AUTHORIZATION into a script would have the server.
 *
 * @param host where
 * @param login who connects, and is {@code role} from then on
 * @param pulse gives up the connection once the host is silent
 * @param administrator opens its connections
 */
record OwnersSession(
        Target host,
        String database,
        String login,
        Secret password,
        String role,
        Pulse pulse,
        SessionPool.Opener administrator) {
    /** What users wrote may sleep, in a statement of somebody else's too. */
    static final String LIMIT = "24h";

    /** With row_security off a statement that a policy would narrow fails: half a mask is none. */
    private static final String CARE = """
            SET row_security = off;
            SELECT set_config('statement_timeout', '%s', false) WHERE current_setting('statement_timeout') = '0'""".formatted(LIMIT);

    /** To be asked for before it is opened. */
    Untold untold() throws SQLException {
        return Untold.from(administrator, database);
    }

    /** Nothing that users wrote has run yet when it throws, so the server's words are told. */
    PgConnection open() throws HostFailure {
        try {
            return opened();
        } catch (SQLException e) {
            throw Failures.of(e);
        }
    }

    private PgConnection opened() throws SQLException {
        PgConnection connection = pulse.over(AdminConnections.plain(host.as(login, password), database, "axm"));
        try (Statement statement = connection.createStatement()) {
            check(statement);
            statement.execute(CARE);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** The server only warns when a login can't become what it should. */
    private void check(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT current_user, current_setting('is_superuser')")) {
            row.next();
            if (!row.getString(1).equals(role) || !row.getString(2).equals("off")) {
                throw new SQLException("the connection for the script is not that of role " + role, "28000");
            }
        }
    }
}
