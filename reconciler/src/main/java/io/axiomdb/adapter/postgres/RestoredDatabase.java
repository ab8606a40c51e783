package io.axiomdb.adapter.postgres;

import io.axiomdb.adapter.postgres.tools.Extensions;
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
final class RestoredDatabase {
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

    /**
     * Who gets in before the extensions are made could lay a trap for the administrator in a schema; and who restores runs
     * what users wrote. 16384: what initdb made has smaller numbers.
     */
    private static final String UNFIT = """
            SELECT coalesce(quote_ident(r.rolname), 'PUBLIC') || ' may connect to it'
              FROM pg_database d
             CROSS JOIN aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
              LEFT JOIN pg_roles r ON r.oid = a.grantee
             WHERE d.datname = current_database() AND a.privilege_type = 'CONNECT'
               AND r.rolname IS DISTINCT FROM ? AND r.rolsuper IS NOT TRUE
             UNION ALL
            SELECT format('its login may become %I, which may do more than its owner', rolname)
              FROM pg_roles
             WHERE pg_has_role(?, oid, 'MEMBER')
               AND (rolsuper OR rolcreaterole OR rolreplication OR rolname IN
                    ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files'))
             UNION ALL
            SELECT 'its login is no member of its owner' WHERE NOT pg_has_role(?, ?, 'MEMBER')
             UNION ALL
            SELECT 'something is in it'
             WHERE EXISTS (SELECT oid FROM pg_namespace WHERE oid >= 16384 AND nspname !~ '^pg_')
                OR EXISTS (SELECT oid FROM pg_class WHERE oid >= 16384)
                OR EXISTS (SELECT oid FROM pg_proc WHERE oid >= 16384)
                OR EXISTS (SELECT oid FROM pg_type WHERE oid >= 16384)
                OR EXISTS (SELECT oid FROM pg_extension WHERE oid >= 16384)
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

    /** Makes the schemas that extensions are in, for its owner, where it is still as it was made. */
    void ready(Extensions extensions) throws SQLException, HostFailure {
        List<String> unfit = texts(copy.to(), UNFIT, copy.login(), copy.login(), copy.login(), copy.owner());
        if (!unfit.isEmpty()) {
            throw HostFailure.refused(
                    "database \"" + copy.to() + "\" is not as it was made for the copy: " + unfit.getFirst(),
                    "somebody else has changed it or its login; apply again, which makes it anew",
                    null);
        }
        List<String> schemas = extensions.schemas().values().stream()
                .map(schema -> "CREATE SCHEMA " + quoted(schema) + " AUTHORIZATION " + quoted(copy.owner()))
                .toList();
        if (!schemas.isEmpty()) {
            session.transaction(copy.to(), schemas);
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
