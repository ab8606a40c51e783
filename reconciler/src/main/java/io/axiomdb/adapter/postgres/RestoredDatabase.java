package io.axiomdb.adapter.postgres;

import io.axiomdb.adapter.postgres.tools.PipedCopy;
import io.axiomdb.host.CopyWay;
import io.axiomdb.port.DumpCopy;
import io.axiomdb.port.HostWriter.HostFailure;
import io.axiomdb.port.HostWriter.Session;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.core.Utils;

/** The database that a copy is restored in: empty, like the original, and open to the restoring login alone. */
final class RestoredDatabase implements PipedCopy.Rights {
    /** What says which locale it is has changed with versions 15, 16 and 17. */
    private static final String CREATE = """
            SELECT format('CREATE DATABASE %I TEMPLATE template0 CONNECTION LIMIT 0 TABLESPACE %I ENCODING %L',
                          ?::text, t.spcname, pg_encoding_to_char(d.encoding))
                   || format(' LC_COLLATE %L LC_CTYPE %L', d.datcollate, d.datctype)
                   || CASE j ->> 'datlocprovider'
                      WHEN 'i' THEN format(' LOCALE_PROVIDER icu ICU_LOCALE %L',
                                           coalesce(j ->> 'datlocale', j ->> 'daticulocale'))
                                    || coalesce(' ICU_RULES ' || quote_literal(j ->> 'daticurules'), '')
                      WHEN 'b' THEN format(' LOCALE_PROVIDER builtin BUILTIN_LOCALE %L', j ->> 'datlocale')
                      WHEN 'c' THEN ' LOCALE_PROVIDER libc'
                      ELSE '' END
              FROM pg_database d
              JOIN pg_tablespace t ON t.oid = d.dattablespace
             CROSS JOIN LATERAL to_jsonb(d) j
             WHERE d.datname = ?
            """;

    private static final String PUBLIC = "SELECT nspname FROM pg_namespace WHERE nspname = 'public'";

    /** Users' rows in what belongs to extensions (extconfig), and so to the administrator who made them. */
    private static final String FILLED = """
            WITH kept AS (
                SELECT c.oid, c.relkind, n.oid AS schema, n.nspname, n.nspowner
                  FROM (SELECT DISTINCT unnest(extconfig) AS id FROM pg_extension) x
                  JOIN pg_class c ON c.oid = x.id
                  JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE c.relkind IN ('r', 'p', 'S'))
            SELECT CASE relkind WHEN 'S' THEN 'UPDATE ON SEQUENCE ' ELSE 'INSERT ON TABLE ' END || oid::regclass FROM kept
             UNION
            SELECT format('USAGE ON SCHEMA %I', nspname) FROM kept WHERE pg_get_userbyid(nspowner) <> ?
            """;

    private final Session session;
    private final SessionPool.Opener opener;
    private final DumpCopy copy;

    /** @param opener opens connections of the administrator */
    RestoredDatabase(Session session, SessionPool.Opener opener, DumpCopy copy) {
        this.session = session;
        this.opener = opener;
        this.copy = copy;
    }

    /** Makes it. */
    void make(String maintenance) throws SQLException, HostFailure {
        List<String> create = texts(maintenance, CREATE, copy.to(), copy.from());
        if (create.isEmpty()) {
            throw HostFailure.refused(
                    "database \"" + copy.from() + "\" is not there",
                    "plan again; the parent may have been renamed",
                    null);
        }
        session.alone("", create.getFirst());
        boolean hasPublic = !texts(copy.from(), PUBLIC).isEmpty();
        session.transaction(
                copy.to(),
                List.of(hasPublic ? "ALTER SCHEMA public OWNER TO " + quoted(copy.owner()) : "DROP SCHEMA public"));
        String database = quoted(copy.to());
        session.transaction(
                "",
                List.of(
                        "REVOKE ALL ON DATABASE " + database + " FROM PUBLIC",
                        "GRANT CREATE, TEMPORARY ON DATABASE " + database + " TO " + quoted(copy.owner()),
                        "GRANT CONNECT ON DATABASE " + database + " TO " + quoted(copy.login()),
                        "ALTER DATABASE " + database + " CONNECTION LIMIT " + CopyWay.CONNECTIONS));
    }

    @Override
    public void give() throws HostFailure {
        alter("GRANT ", " TO ");
    }

    @Override
    public void take() throws HostFailure {
        alter("REVOKE ", " FROM ");
    }

    private void alter(String verb, String whom) throws HostFailure {
        List<String> statements = new ArrayList<>();
        try {
            for (String right : texts(copy.to(), FILLED, copy.owner())) {
                statements.add(verb + right + whom + quoted(copy.owner()));
            }
        } catch (SQLException e) {
            throw Failures.of(e);
        }
        if (!statements.isEmpty()) {
            session.transaction(copy.to(), statements);
        }
    }

    private List<String> texts(String database, String sql, String... parameters) throws SQLException {
        try (Connection connection = opener.open(database);
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            List<String> texts = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    texts.add(rows.getString(1));
                }
            }
            return texts;
        }
    }

    private static String quoted(String name) {
        try {
            return Utils.escapeIdentifier(null, name).toString();
        } catch (SQLException e) {
            throw new IllegalArgumentException(name, e);
        }
    }
}
