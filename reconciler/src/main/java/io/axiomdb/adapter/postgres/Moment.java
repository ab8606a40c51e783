package io.axiomdb.adapter.postgres;

import io.axiomdb.adapter.postgres.tools.Extensions;
import io.axiomdb.adapter.postgres.tools.PipedCopy;
import io.axiomdb.port.HostWriter.HostFailure;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.postgresql.jdbc.PgConnection;

/**
 * A database as of one moment, for all who know the snapshot's name, until it is closed. While it is held, dead rows of
 * the whole database can't be cleaned up.
 */
record Moment(PgConnection holder, String database, String snapshot, Extensions extensions)
        implements PipedCopy.Original, AutoCloseable {
    /** A dump of many extensions may wait for locks, and meanwhile this waits with nothing to do. */
    private static final String BEGIN =
            "SET idle_in_transaction_session_timeout = 0; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

    private static final String EXPORT = "SELECT pg_export_snapshot()";

    /** 16384: what initdb made has smaller numbers. */
    private static final String EXTENSIONS = """
            SELECT 'name', oid::bigint, extname FROM pg_extension WHERE oid >= 16384
             UNION ALL
            SELECT 'rows', c.oid::bigint, format('%I.%I', n.nspname, c.relname)
              FROM pg_extension e
             CROSS JOIN unnest(e.extconfig) u (oid)
              JOIN pg_class c ON c.oid = u.oid
              JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE e.oid >= 16384
             UNION ALL
            SELECT 'schema', n.oid::bigint, n.nspname
              FROM pg_namespace n
             WHERE n.oid >= 16384 AND n.nspname <> 'public'
               AND n.oid IN (SELECT extnamespace FROM pg_extension)
               AND NOT EXISTS (SELECT FROM pg_depend d
                                WHERE d.classid = 'pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e')
            """;

    /** @param opener opens connections of the administrator */
    static Moment of(SessionPool.Opener opener, String database) throws SQLException {
        PgConnection holder = opener.open(database);
        try (Statement statement = holder.createStatement()) {
            statement.execute(BEGIN);
            String snapshot;
            try (ResultSet row = statement.executeQuery(EXPORT)) {
                row.next();
                snapshot = row.getString(1);
            }
            return new Moment(holder, database, snapshot, extensions(statement));
        } catch (SQLException | RuntimeException e) {
            holder.close();
            throw e;
        }
    }

    private static Extensions extensions(Statement statement) throws SQLException {
        SortedSet<String> names = new TreeSet<>();
        SortedMap<Long, String> rows = new TreeMap<>();
        SortedMap<Long, String> schemas = new TreeMap<>();
        try (ResultSet found = statement.executeQuery(EXTENSIONS)) {
            while (found.next()) {
                String text = found.getString(3);
                switch (found.getString(1)) {
                    case "name" -> names.add(text);
                    case "rows" -> rows.put(found.getLong(2), text);
                    case "schema" -> schemas.put(found.getLong(2), text);
                    default -> throw new IllegalStateException(found.getString(1));
                }
            }
        }
        return new Extensions(names, rows, schemas);
    }

    @Override
    public void letGo() throws HostFailure {
        try {
            close();
        } catch (SQLException e) {
            throw Failures.of(e);
        }
    }

    @Override
    public void close() throws SQLException {
        holder.close();
    }
}
