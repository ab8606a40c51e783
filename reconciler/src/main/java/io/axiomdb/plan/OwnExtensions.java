package io.axiomdb.plan;

import static io.axiomdb.plan.SqlText.literal;

/**
 * Extensions that whoever owns a database may make and drop by themselves are the branch owner's in a copy that was
 * restored, as they are in a branch that was not: an administrator made them. Pure.
 */
final class OwnExtensions {
    private static final int FIRST_OF_USERS = 16384;

    private OwnExtensions() {}

    /** No statement changes the owner of an extension. */
    static String statement(String owner) {
        return "DO "
                + literal(BODY.replace("{owner}", literal(owner)).replace("{first}", Integer.toString(FIRST_OF_USERS)));
    }

    private static final String BODY = """
            DECLARE
                new_owner CONSTANT oid := (SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = {owner});
                here CONSTANT oid := (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database());
                item record;
            BEGIN
                FOR item IN
                    SELECT e.oid
                      FROM pg_catalog.pg_extension e
                      JOIN pg_catalog.pg_available_extension_versions v ON v.name = e.extname AND v.version = e.extversion
                     WHERE v.trusted AND e.oid >= {first}
                LOOP
                    UPDATE pg_catalog.pg_extension SET extowner = new_owner WHERE oid = item.oid;
                    DELETE FROM pg_catalog.pg_shdepend
                     WHERE dbid = here AND classid = 'pg_catalog.pg_extension'::pg_catalog.regclass AND objid = item.oid
                       AND deptype = 'o';
                    INSERT INTO pg_catalog.pg_shdepend (dbid, classid, objid, objsubid, refclassid, refobjid, deptype)
                    VALUES (here, 'pg_catalog.pg_extension'::pg_catalog.regclass, item.oid, 0,
                            'pg_catalog.pg_authid'::pg_catalog.regclass, new_owner, 'o');
                END LOOP;
            END""";
}
