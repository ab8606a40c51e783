package io.axiomdb.adapter.postgres;

import io.axiomdb.host.Check;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Event triggers are a superuser's, and fire in whatever session alters something in their database, ours too: what they write to
 * may belong to a tenant, and have triggers of its own. From version 17 on no session of ours fires them. Before, sessions as
 * replica fire none but those that are enabled for replicas or always; a database with such a one is not changed.
 */
final class EventTriggers {
    private static final int OFF_SINCE = 17;
    private static final String FIRING =
            "SELECT evtname FROM pg_catalog.pg_event_trigger WHERE evtenabled IN ('A', 'R') ORDER BY 1";

    private static final String ENABLED =
            "SELECT evtname, evtenabled IN ('A', 'R') FROM pg_catalog.pg_event_trigger WHERE evtenabled <> 'D' ORDER BY 1";
    private static final String BRANCHES =
            "SELECT d.datname FROM axiomdb.branch b JOIN pg_catalog.pg_database d ON d.oid = b.database"
                    + " JOIN pg_catalog.pg_control_system() s ON s.system_identifier::text = b.system WHERE d.datallowconn ORDER BY 1";

    private EventTriggers() {}

    /** Those of the databases of branches, as far as they can be entered. */
    static List<Check> checks(Target target, Connection lock, int majorVersion) throws SQLException {
        List<Check> checks = new ArrayList<>();
        for (String database : branches(lock)) {
            try (Connection inside = AdminConnections.open(target, database, "axm doctor", Pins.LOOK, majorVersion);
                    Statement statement = inside.createStatement();
                    ResultSet rows = statement.executeQuery(ENABLED)) {
                while (rows.next()) {
                    checks.add(check(database, rows.getString(1), rows.getBoolean(2) && majorVersion < OFF_SINCE));
                }
            } catch (SQLException e) {
                checks.add(Check.bad(
                        "event triggers",
                        "of database " + database + " are not known, for it can't be entered: " + Refusal.words(e),
                        "axm plan says what it means for its branch"));
            }
        }
        return checks;
    }

    private static Check check(String database, String name, boolean wouldFire) {
        String subject = "event trigger " + name;
        return wouldFire
                ? Check.bad(
                        subject,
                        "of database " + database + ": it is enabled for replicas, so AxiomDB changes nothing there",
                        "as a superuser there: ALTER EVENT TRIGGER " + identifier(name) + " ENABLE")
                : Check.note(
                        subject,
                        "of database " + database + ": it does not fire for what AxiomDB does there",
                        "axm audit has that");
    }

    private static List<String> branches(Connection lock) throws SQLException {
        List<String> names = new ArrayList<>();
        try (Statement statement = lock.createStatement();
                ResultSet rows = statement.executeQuery(BRANCHES)) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }

    private static String identifier(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** @throws SQLException when one would fire */
    static void refuse(Connection connection, int majorVersion) throws SQLException {
        if (majorVersion >= OFF_SINCE) {
            return;
        }
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(FIRING)) {
            if (rows.next()) {
                String name = identifier(rows.getString(1));
                throw new SQLException(
                        "event trigger " + name + " of database " + connection.getCatalog()
                                + " is enabled for replicas, so it would run in AxiomDB's session as a superuser: as a superuser there,"
                                + " ALTER EVENT TRIGGER " + name + " ENABLE",
                        "55000");
            }
        }
    }
}
