package io.axiomdb.plan;

import static io.axiomdb.plan.SqlText.literal;

import io.axiomdb.desired.BranchNames;
import java.util.stream.Collectors;

/**
 * Makes what a copy holds the new branch's own: nothing in it may name a role of the original's branch. Object by object,
 * from pg_shdepend of the copy, for REASSIGN OWNED and DROP OWNED reach the original's database too. Pure.
 */
final class HandOver {
    /** Each object is locked until the end of the transaction; the lock table holds some thousands. */
    private static final int AT_ONCE = 500;

    private HandOver() {}

    /** To be run by itself in the copy, outside a transaction: it commits as it goes. */
    static String statement(BranchNames parent, BranchNames branch) {
        return "DO "
                + literal(BODY.replace("{was}", roles(parent))
                        .replace("{is}", roles(branch))
                        .replace("{owner}", literal(branch.owner()))
                        .replace("{step}", Integer.toString(AT_ONCE)));
    }

    /** Raises when something in the database still names a role of the original's. */
    static String check(BranchNames parent) {
        return "DO " + literal(CHECK.replace("{was}", roles(parent)));
    }

    private static String roles(BranchNames names) {
        return names.roles().stream().map(SqlText::literal).collect(Collectors.joining(", ", "ARRAY[", "]::text[]"));
    }

    private static final String CHECK = """
            DECLARE
                left_over text;
            BEGIN
                SELECT pg_catalog.string_agg(pg_catalog.pg_describe_object(x.classid, x.objid, x.objsubid), '; ')
                  INTO left_over
                  FROM (SELECT s.classid, s.objid, s.objsubid
                          FROM pg_catalog.pg_shdepend s
                          JOIN pg_catalog.pg_roles r ON r.oid = s.refobjid AND r.rolname = ANY ({was})
                         WHERE s.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass
                           AND s.dbid = (SELECT d.oid FROM pg_catalog.pg_database d
                                          WHERE d.datname = pg_catalog.current_database())
                         LIMIT 5) x;
                IF left_over IS NOT NULL THEN
                    RAISE EXCEPTION USING MESSAGE = 'the copy still names a role of the original: ' || left_over,
                        HINT = 'change or drop that in the original, then plan and apply again';
                END IF;
            END""";

    private static final String BODY = """
            DECLARE
                was CONSTANT text[] := {was};
                becomes CONSTANT text[] := {is};
                roles CONSTANT oid[] := ARRAY(SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = ANY (was));
                new_roles CONSTANT oid[] := ARRAY(SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolname = ANY (becomes));
                here CONSTANT oid := (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database());
                item record;
                grantee record;
                word text;
                made integer := 0;
            BEGIN
                -- Who logs in to other servers as whom is the original's affair.
                FOR item IN
                    SELECT pg_catalog.pg_get_userbyid(m.umuser) AS role, f.srvname
                      FROM pg_catalog.pg_user_mapping m JOIN pg_catalog.pg_foreign_server f ON f.oid = m.umserver
                     WHERE m.umuser = ANY (roles)
                LOOP
                    EXECUTE pg_catalog.format('DROP USER MAPPING FOR %I SERVER %I', item.role, item.srvname);
                END LOOP;
                FOR item IN
                    SELECT a.oid, a.defaclrole, a.defaclnamespace, a.defaclobjtype, a.defaclacl,
                           pg_catalog.format('ALTER DEFAULT PRIVILEGES FOR ROLE %I', pg_catalog.pg_get_userbyid(a.defaclrole))
                           || coalesce(' IN SCHEMA ' || pg_catalog.quote_ident(n.nspname), '') AS alter,
                           CASE a.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'ROUTINES'
                                WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' WHEN 'L' THEN 'LARGE OBJECTS' END AS objects
                      FROM pg_catalog.pg_default_acl a
                      LEFT JOIN pg_catalog.pg_namespace n ON n.oid = a.defaclnamespace
                LOOP
                    FOR grantee IN
                        SELECT DISTINCT x.grantee AS id,
                               CASE WHEN x.grantee = 0 THEN 'PUBLIC'
                                    ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(x.grantee)) END AS name
                          FROM pg_catalog.aclexplode(item.defaclacl) x
                         WHERE x.grantee = ANY (roles)
                               AND (x.grantee <> item.defaclrole OR item.defaclnamespace <> 0)
                            OR item.defaclrole = ANY (roles) AND x.grantee <> ALL (roles)
                    LOOP
                        EXECUTE pg_catalog.format('%s REVOKE ALL ON %s FROM %s CASCADE', item.alter, item.objects, grantee.name);
                    END LOOP;
                    IF item.defaclrole = ANY (roles) AND item.defaclnamespace = 0 THEN
                        -- Equal to what PostgreSQL gives by itself, the entry goes away.
                        EXECUTE pg_catalog.format('%s GRANT ALL ON %s TO %I', item.alter, item.objects,
                                pg_catalog.pg_get_userbyid(item.defaclrole));
                        IF item.defaclobjtype IN ('f', 'T') THEN
                            EXECUTE pg_catalog.format('%s GRANT ALL ON %s TO PUBLIC', item.alter, item.objects);
                        END IF;
                    END IF;
                END LOOP;
                COMMIT;
                -- What follows its table or range by itself comes last, and is passed over then.
                FOR item IN
                    SELECT s.classid, s.objid, i.type, i.identity
                      FROM pg_catalog.pg_shdepend s
                      LEFT JOIN pg_catalog.pg_class c ON s.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND c.oid = s.objid
                      LEFT JOIN pg_catalog.pg_type t ON s.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND t.oid = s.objid
                     CROSS JOIN LATERAL pg_catalog.pg_identify_object(s.classid, s.objid, 0) i
                     WHERE s.dbid = here AND s.deptype = 'o' AND s.refobjid = ANY (roles)
                       AND s.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass
                     ORDER BY c.relkind IS NOT DISTINCT FROM 'S' OR t.typtype IS NOT DISTINCT FROM 'm', s.classid, s.objid
                LOOP
                    CONTINUE WHEN NOT EXISTS (
                        SELECT FROM pg_catalog.pg_shdepend s
                         WHERE s.dbid = here AND s.classid = item.classid AND s.objid = item.objid AND s.objsubid = 0
                           AND s.deptype = 'o' AND s.refobjid = ANY (roles));
                    word := CASE
                        WHEN item.type IN ('table', 'view', 'materialized view', 'foreign table', 'sequence') THEN 'TABLE'
                        WHEN item.type IN ('function', 'procedure', 'aggregate') THEN 'ROUTINE'
                        WHEN item.type IN ('type', 'composite type', 'domain') THEN 'TYPE'
                        WHEN item.type = 'statistics object' THEN 'STATISTICS'
                        WHEN item.type = 'foreign-data wrapper' THEN 'FOREIGN DATA WRAPPER'
                        ELSE pg_catalog.upper(item.type) END;
                    IF item.type = 'extension' THEN
                        -- No statement changes the owner of an extension.
                        UPDATE pg_catalog.pg_extension SET extowner = new_role.oid
                          FROM pg_catalog.pg_roles new_role
                         WHERE new_role.rolname = {owner} AND pg_extension.oid = item.objid;
                        UPDATE pg_catalog.pg_shdepend SET refobjid = new_role.oid
                          FROM pg_catalog.pg_roles new_role
                         WHERE new_role.rolname = {owner} AND dbid = here AND classid = item.classid
                           AND objid = item.objid AND deptype = 'o';
                    ELSE
                        EXECUTE pg_catalog.format('ALTER %s %s OWNER TO %I', word, item.identity, {owner});
                    END IF;
                    made := made + 1;
                    IF made % {step} = 0 THEN COMMIT; END IF;
                END LOOP;
                COMMIT;
                -- Privileges are not copied: the branch's own are granted afterwards. Those on what PostgreSQL brings
                -- or an extension made go only where they name a role of the original.
                FOR item IN
                    SELECT DISTINCT i.type, i.identity, s.refobjid
                      FROM pg_catalog.pg_shdepend s
                     CROSS JOIN LATERAL pg_catalog.pg_identify_object(s.classid, s.objid, 0) i
                     WHERE s.dbid = here AND s.deptype = 'a' AND s.refobjid <> ALL (new_roles)
                       AND s.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass
                       AND s.classid <> 'pg_catalog.pg_default_acl'::pg_catalog.regclass
                       AND (s.refobjid = ANY (roles)
                            OR (s.objid >= 16384 OR i.type = 'schema')
                               AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                                                WHERE e.classid = s.classid AND e.objid = s.objid AND e.deptype = 'e'))
                LOOP
                    word := CASE
                        WHEN item.type IN ('table', 'view', 'materialized view', 'foreign table') THEN 'TABLE'
                        WHEN item.type IN ('function', 'procedure', 'aggregate') THEN 'ROUTINE'
                        WHEN item.type IN ('type', 'composite type', 'domain') THEN 'TYPE'
                        WHEN item.type = 'foreign-data wrapper' THEN 'FOREIGN DATA WRAPPER'
                        WHEN item.type = 'server' THEN 'FOREIGN SERVER'
                        ELSE pg_catalog.upper(item.type) END;
                    EXECUTE pg_catalog.format('REVOKE ALL ON %s %s FROM %I CASCADE', word, item.identity,
                            pg_catalog.pg_get_userbyid(item.refobjid));
                    made := made + 1;
                    IF made % {step} = 0 THEN COMMIT; END IF;
                END LOOP;
                COMMIT;
                -- A policy for a role of the original is one for the branch's role of the same kind.
                FOR item IN
                    SELECT p.polname, p.polrelid::pg_catalog.regclass::text AS tbl,
                           (SELECT pg_catalog.string_agg(
                                       CASE WHEN x.id = 0 THEN 'PUBLIC'
                                            ELSE pg_catalog.quote_ident(coalesce(
                                                becomes[pg_catalog.array_position(was, r.rolname::text)], r.rolname)) END,
                                       ', ' ORDER BY x.n)
                              FROM pg_catalog.unnest(p.polroles) WITH ORDINALITY x (id, n)
                              LEFT JOIN pg_catalog.pg_roles r ON r.oid = x.id) AS names
                      FROM pg_catalog.pg_policy p
                     WHERE p.polroles && roles
                LOOP
                    EXECUTE pg_catalog.format('ALTER POLICY %I ON %s TO %s', item.polname, item.tbl, item.names);
                END LOOP;
            END""";
}
