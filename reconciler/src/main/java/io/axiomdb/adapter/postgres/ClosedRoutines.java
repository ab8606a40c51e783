package io.axiomdb.adapter.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * Functions and procedures that not everybody may run. A new one may be run by everybody, so one that acts with its owner's
 * rights (SECURITY DEFINER) would be open in a database that was restored without rights.
 */
final class ClosedRoutines {
    /** Names and types stand with their schemas, for the search path of our connections has none of users. */
    private static final String READ = """
            SELECT format('DO %L', format($do$
                DECLARE
                    name text;
                BEGIN
                    FOREACH name IN ARRAY %L::text[] LOOP
                        IF to_regprocedure(name) IS NOT NULL THEN
                            EXECUTE format('REVOKE EXECUTE ON ROUTINE %%s FROM PUBLIC', to_regprocedure(name));
                        END IF;
                    END LOOP;
                END$do$, array_agg(p.oid::regprocedure::text ORDER BY p.oid)))
              FROM pg_proc p
             WHERE p.oid >= 16384
               AND p.proacl IS NOT NULL
               AND NOT EXISTS (SELECT FROM aclexplode(p.proacl) a WHERE a.grantee = 0 AND a.privilege_type = 'EXECUTE')
               AND NOT EXISTS (SELECT FROM pg_depend d
                                WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
            HAVING count(*) > 0
            """;

    private ClosedRoutines() {}

    /** What closes in a copy what is closed in the original; null where nothing is. */
    static @Nullable String statement(SessionPool.Opener opener, String original) throws SQLException {
        try (Connection connection = opener.open(original);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(READ)) {
            return rows.next() ? rows.getString(1) : null;
        }
    }
}
