package io.axiomdb.adapter.postgres;

import io.axiomdb.port.HostWriter.HostFailure;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a database holds of its columns' values beside the rows themselves, after a script has changed the rows: emptied
 * first, and then made anew by the owner. Materialized views, statistics of the planner, the value that a column has in
 * rows older than itself (everyone may read it in pg_attribute), dropped columns, dead rows.
 */
final class DerivedValues {
    /**
     * Autovacuum may have read rows before the script changed them, and would store what it saw afterwards. One that starts
     * later sees the changed ones.
     */
    private static final String END_AUTOVACUUM = """
            DO $$
            DECLARE
                worker integer;
            BEGIN
                FOR worker IN SELECT pid FROM pg_stat_activity
                               WHERE datname = current_database() AND backend_type = 'autovacuum worker'
                LOOP
                    IF NOT pg_terminate_backend(worker, 60000) THEN
                        PERFORM pg_stat_clear_snapshot();
                        IF EXISTS (SELECT FROM pg_stat_activity WHERE pid = worker AND datname = current_database()) THEN
                            RAISE EXCEPTION 'autovacuum (process %) does not end', worker;
                        END IF;
                    END IF;
                END LOOP;
            END $$""";

    private static final String NAMED = "SELECT format('%I.%I', n.nspname, c.relname), pg_get_userbyid(c.relowner)"
            + " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ";

    private static final String POPULATED = NAMED + "c.relkind = 'm' AND c.relispopulated ORDER BY c.oid";

    /** 16384: what initdb made has smaller numbers. */
    private static final String OLD_VALUES = NAMED
            + "c.relkind IN ('r', 'm') AND c.relpersistence <> 't' AND c.oid >= 16384"
            + " AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0"
            + " AND (a.atthasmissing OR a.attisdropped)) ORDER BY c.oid";

    /** ANALYZE leaves those of an emptied table as they are. */
    private static final String FORGET_STATISTICS =
            "BEGIN; DELETE FROM pg_statistic; DELETE FROM pg_statistic_ext_data; COMMIT";

    /** Those of the catalogs are the administrator's to gather: nothing of the database's runs for it. */
    private static final String CATALOGS =
            "SELECT 'VACUUM (ANALYZE) ' || string_agg(oid::regclass::text, ', ' ORDER BY oid)"
                    + " FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r' AND NOT relisshared";

    private static final String CLEAN = "VACUUM (INDEX_CLEANUP ON, ANALYZE)";

    /** Before each statement: what a view runs can change them for what comes after it. */
    private static final String MANNERS = "SET statement_timeout = '" + OwnersSession.LIMIT + "'; SET lock_timeout = 0;"
            + " SET default_transaction_read_only = off; SET client_min_messages = error";

    private final OwnersSession owners;
    private final Untold untold;
    private final List<String> left = new ArrayList<>();

    private DerivedValues(OwnersSession owners, Untold untold) {
        this.owners = owners;
        this.untold = untold;
    }

    /**
     * Makes them all anew.
     *
     * @return what could not be made anew, and why: views among it are without data
     */
    static List<String> refresh(OwnersSession owners) throws SQLException, HostFailure {
        Untold untold = owners.untold();
        try (Connection connection = owners.administrator().open(owners.database());
                Statement statement = connection.createStatement()) {
            statement.execute(END_AUTOVACUUM);
        }
        try {
            return new DerivedValues(owners, untold).refresh();
        } catch (SQLException e) {
            throw untold.failed(e, null);
        }
    }

    private List<String> refresh() throws SQLException, HostFailure {
        List<String> views;
        List<String> tables;
        try (Connection connection = owners.administrator().open(owners.database());
                Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            Map<String, String> populated = named(statement, POPULATED);
            for (String view : populated.keySet()) {
                statement.execute("REFRESH MATERIALIZED VIEW " + view + " WITH NO DATA");
            }
            views = owned(populated, "is without data");
            tables =
                    owned(named(statement, OLD_VALUES), "keeps the first values of columns that were added or dropped");
            statement.execute(FORGET_STATISTICS);
            statement.execute(text(statement, CATALOGS));
        }
        try (Connection connection = owners.open();
                Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            fill(statement, views);
            for (String table : tables) {
                mannered(statement, "VACUUM (FULL) " + table);
            }
            mannered(statement, CLEAN);
        }
        return left;
    }

    private static void mannered(Statement statement, String sql) throws SQLException {
        statement.execute(MANNERS);
        statement.execute(sql);
    }

    private static String text(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    /** Owners by name, in the order of the query. */
    private static Map<String, String> named(Statement statement, String query) throws SQLException {
        Map<String, String> owners = new LinkedHashMap<>();
        try (ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                owners.put(rows.getString(1), rows.getString(2));
            }
        }
        return owners;
    }

    /** Those that the owner can make anew. */
    private List<String> owned(Map<String, String> all, String otherwise) {
        List<String> owned = new ArrayList<>();
        for (Map.Entry<String, String> each : all.entrySet()) {
            if (each.getValue().equals(owners.role())) {
                owned.add(each.getKey());
            } else {
                left.add(each.getKey() + " " + otherwise + ", for it belongs to role " + each.getValue());
            }
        }
        return owned;
    }

    /**
     * One that needs another which is still without data is refused at once, and comes again after it: so also those are in
     * order whose functions read other views.
     */
    private void fill(Statement statement, List<String> views) {
        Map<String, @Nullable SQLException> refused = new LinkedHashMap<>();
        views.forEach(view -> refused.put(view, null));
        int before;
        do {
            before = refused.size();
            refused.entrySet().removeIf(view -> {
                try {
                    mannered(statement, "REFRESH MATERIALIZED VIEW " + view.getKey());
                    return true;
                } catch (SQLException e) {
                    view.setValue(e);
                    return false;
                }
            });
        } while (!refused.isEmpty() && refused.size() < before);
        refused.forEach(
                (view, why) -> left.add(view + " is without data: " + untold.line(Objects.requireNonNull(why))));
    }
}
