package io.axiomdb.plan;

import static io.axiomdb.plan.SqlText.literal;

/**
 * What leads out of a copy that is masked: foreign servers with their tables and logins, through which the original's own
 * rows could be read. With them goes what can't be without them. Pure.
 */
final class LeftOut {
    private LeftOut() {}

    /** To be run in the copy. */
    static String statement() {
        return "DO " + literal(BODY);
    }

    private static final String BODY = """
            DECLARE
                item record;
            BEGIN
                FOR item IN
                    SELECT m.umuser = 0 AS everybody, m.usename, m.srvname FROM pg_catalog.pg_user_mappings m
                LOOP
                    EXECUTE pg_catalog.format('DROP USER MAPPING FOR %s SERVER %I',
                            CASE WHEN item.everybody THEN 'PUBLIC' ELSE pg_catalog.quote_ident(item.usename) END,
                            item.srvname);
                END LOOP;
                FOR item IN
                    SELECT f.srvname FROM pg_catalog.pg_foreign_server f ORDER BY f.oid
                LOOP
                    EXECUTE pg_catalog.format('DROP SERVER %I CASCADE', item.srvname);
                END LOOP;
            END""";
}
