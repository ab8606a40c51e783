package io.axiomdb.adapter.postgres;

import io.axiomdb.core.Secret;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Runs somebody's script as a role, over a connection of a login that is a member of that role and nothing more. A
 * superuser's connection that only became the role could go back: whoever writes RESET SESSION AUTHORIZATION into a
 * script would have the server.
 */
final class ScriptRun {
    private ScriptRun() {}

    static void run(Target host, String database, String login, Secret password, String role, String sql)
            throws SQLException {
        Target target = new Target(host.address(), host.port(), database, login, password, host.tls());
        try (Connection connection = AdminConnections.plain(target, database, "axm");
                Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            connection.setAutoCommit(false);
            check(statement, role);
            statement.execute(sql);
            connection.commit();
        }
    }

    /** The server only warns when a login can't become what it should. */
    private static void check(Statement statement, String role) throws SQLException {
        try (ResultSet row = statement.executeQuery("SELECT current_user, current_setting('is_superuser')")) {
            row.next();
            if (!row.getString(1).equals(role) || !row.getString(2).equals("off")) {
                throw new SQLException("the connection for the script is not that of role " + role, "28000");
            }
        }
    }
}
