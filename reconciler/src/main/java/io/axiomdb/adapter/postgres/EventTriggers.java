package io.axiomdb.adapter.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Event triggers are a superuser's, and fire in whatever session alters something in their database, ours too: what they write to
 * may belong to a tenant, and have triggers of its own. From version 17 on no session of ours fires them. Before, sessions as
 * replica fire none but those that are enabled for replicas or always; a database with such a one is not changed.
 */
final class EventTriggers {
    private static final int OFF_SINCE = 17;
    private static final String FIRING =
            "SELECT evtname FROM pg_catalog.pg_event_trigger WHERE evtenabled IN ('A', 'R') ORDER BY 1";

    private EventTriggers() {}

    /** @throws SQLException when one would fire */
    static void refuse(Connection connection, int majorVersion) throws SQLException {
        if (majorVersion >= OFF_SINCE) {
            return;
        }
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(FIRING)) {
            if (rows.next()) {
                String name = rows.getString(1).replace("\"", "\"\"");
                throw new SQLException(
                        "event trigger \"" + name + "\" of database " + connection.getCatalog()
                                + " is enabled for replicas, so it would run in AxiomDB's session as a superuser: as a superuser there,"
                                + " ALTER EVENT TRIGGER \"" + name + "\" ENABLE",
                        "55000");
            }
        }
    }
}
