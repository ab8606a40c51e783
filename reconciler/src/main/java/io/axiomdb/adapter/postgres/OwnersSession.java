package io.axiomdb.adapter.postgres;

import io.axiomdb.core.Secret;
import io.axiomdb.port.HostWriter.HostFailure;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.util.PSQLException;

/**
 * Connections of a login that is a member of a copy's owner role and nothing more. A superuser's connection that only
 * became the role could go back: whoever writes RESET SESSION AUTHORIZATION into a script would have the server.
 *
 * @param host where
 * @param login who connects, and is {@code role} from then on
 * @param pulse gives up the connection once the host is silent
 */
record OwnersSession(Target host, String database, String login, Secret password, String role, Pulse pulse) {
    /** With row_security off a statement that a policy would narrow fails: half a mask is none. */
    private static final String CARE = """
            SET row_security = off;
            SELECT set_config('statement_timeout', '24h', false) WHERE current_setting('statement_timeout') = '0'""";

    /** The function of the server that refuses; its message is in the server's language. */
    private static final String NARROWED = "check_enable_rls";

    Connection open() throws SQLException {
        Connection connection = pulse.over(AdminConnections.plain(host.as(login, password), database, "axm"));
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

    /** Why something failed in it, without the server's detail: that quotes rows, which are not masked yet. */
    static HostFailure failed(SQLException failure) {
        String words = Refusal.words(failure);
        SQLException cause = new SQLException(words, Failures.state(failure));
        if (isNarrowed(failure)) {
            return HostFailure.refused(
                    words,
                    "the owner sees only a part of that table, and could mask no more: begin the script with ALTER TABLE"
                            + " ... NO FORCE ROW LEVEL SECURITY and end it with ALTER TABLE ... FORCE ROW LEVEL SECURITY",
                    cause);
        }
        return new HostFailure(Failures.state(failure), words, cause);
    }

    private static boolean isNarrowed(SQLException failure) {
        return failure instanceof PSQLException known
                && known.getServerErrorMessage() != null
                && NARROWED.equals(known.getServerErrorMessage().getRoutine());
    }
}
