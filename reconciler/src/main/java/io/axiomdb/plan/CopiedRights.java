package io.axiomdb.plan;

import static io.axiomdb.plan.SqlText.identifier;
import static io.axiomdb.plan.SqlText.literal;

import io.axiomdb.compile.BranchRights;
import io.axiomdb.desired.BranchNames;
import io.axiomdb.host.Grant;
import io.axiomdb.host.ObjectKind;
import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The rights of a branch on all that a copy brought: nobody could list it when the plan was made. Pure. */
final class CopiedRights {
    private CopiedRights() {}

    /** For objects of the owner in these schemas; members of extensions are left alone. */
    static String statement(BranchNames names, Collection<String> schemas) {
        String list = new TreeSet<>(schemas).stream().map(SqlText::literal).collect(Collectors.joining(", "));
        return "DO "
                + literal(BODY.replace("{owner}", literal(names.owner()))
                        .replace("{schemas}", "ARRAY[" + list + "]::text[]")
                        .replace("{tables}", grants(ObjectKind.TABLE, names))
                        .replace("{sequences}", grants(ObjectKind.SEQUENCE, names))
                        .replace("{routines}", grants(ObjectKind.ROUTINE, names)));
    }

    private static String grants(ObjectKind kind, BranchNames names) {
        SortedMap<String, TreeSet<String>> byRole = new TreeMap<>();
        for (Grant grant : BranchRights.on(kind, names.rw(), names.ro())) {
            byRole.computeIfAbsent(grant.grantee(), _ -> new TreeSet<>()).add(grant.privilege());
        }
        String on = ObjectDifferences.keyword(kind);
        return byRole.entrySet().stream()
                .map(e -> "EXECUTE "
                        + literal("GRANT " + String.join(", ", e.getValue()) + " ON " + on + " ") + " || item.name || "
                        + literal(" TO " + identifier(e.getKey())) + ";")
                .collect(Collectors.joining(" "));
    }

    private static final String BODY = """
            DECLARE
                item record;
            BEGIN
                FOR item IN
                    SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name, c.relkind = 'S' AS sequence,
                           EXISTS (SELECT FROM pg_catalog.aclexplode(c.relacl) x WHERE x.grantee = 0)
                           OR EXISTS (SELECT FROM pg_catalog.pg_attribute a, pg_catalog.aclexplode(a.attacl) x
                                       WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                                         AND x.grantee = 0) AS everyone
                      FROM pg_catalog.pg_class c
                      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname = ANY ({schemas})
                       AND pg_catalog.pg_get_userbyid(c.relowner) = {owner}
                       AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                                        WHERE e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                                          AND e.objid = c.oid AND e.deptype = 'e')
                LOOP
                    IF item.sequence THEN
                        IF item.everyone THEN
                            EXECUTE 'REVOKE ALL ON SEQUENCE ' || item.name || ' FROM PUBLIC';
                        END IF;
                        {sequences}
                    ELSE
                        IF item.everyone THEN
                            EXECUTE 'REVOKE ALL ON TABLE ' || item.name || ' FROM PUBLIC';
                        END IF;
                        {tables}
                    END IF;
                END LOOP;
                FOR item IN
                    SELECT p.oid::pg_catalog.regprocedure::text AS name
                      FROM pg_catalog.pg_proc p
                      JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
                     WHERE n.nspname = ANY ({schemas})
                       AND pg_catalog.pg_get_userbyid(p.proowner) = {owner}
                       AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                                        WHERE e.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
                                          AND e.objid = p.oid AND e.deptype = 'e')
                LOOP
                    {routines}
                END LOOP;
            END""";
}
