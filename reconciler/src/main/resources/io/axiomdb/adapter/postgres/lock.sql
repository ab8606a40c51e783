-- What speaks against the database that this connection is to being AxiomDB's own on this server; no row when nothing does.
-- 'unfinished' is one that the first apply was making: still closed, and empty. Nothing in it is used by name before this is
-- asked, for whoever owns a database decides what its names mean.
WITH lock AS MATERIALIZED (
    SELECT d.datname, d.datdba, d.datistemplate, d.datconnlimit, d.datacl, o.rolname AS owner, n.oid AS schema,
           EXISTS (SELECT FROM pg_namespace x WHERE x.oid >= 16384 AND x.nspname !~ '^pg_')
               OR EXISTS (SELECT FROM pg_class x WHERE x.oid >= 16384)
               OR EXISTS (SELECT FROM pg_proc x WHERE x.oid >= 16384)
               OR EXISTS (SELECT FROM pg_event_trigger) AS used
      FROM pg_database d
      LEFT JOIN pg_authid o ON o.oid = d.datdba
      LEFT JOIN pg_namespace n ON n.nspname = 'axiomdb'
     WHERE d.datname = current_database()),
faults (kind, words) AS (
    SELECT 'foreign', format('its owner is %I, who is not a superuser', l.owner)
      FROM lock l
     WHERE NOT EXISTS (SELECT FROM pg_authid r WHERE r.oid = l.datdba AND r.rolsuper)
     UNION ALL
    SELECT 'foreign', 'it is a template, which every role that may create databases can copy'
      FROM lock l
     WHERE l.datistemplate
     UNION ALL
    SELECT 'foreign', format('%s has the privilege %s on it', coalesce(quote_ident(r.rolname), 'PUBLIC'), a.privilege_type)
      FROM lock l
     CROSS JOIN aclexplode(coalesce(l.datacl, acldefault('d', l.datdba))) a
      LEFT JOIN pg_authid r ON r.oid = a.grantee
     WHERE r.rolsuper IS NOT TRUE AND a.grantee <> l.datdba
       AND NOT (l.schema IS NULL AND l.datconnlimit = 0 AND NOT l.used)
     UNION ALL
    SELECT CASE WHEN l.datconnlimit = 0 AND NOT l.used THEN 'unfinished' ELSE 'foreign' END, 'schema axiomdb is not in it'
      FROM lock l
     WHERE l.schema IS NULL
     UNION ALL
    SELECT 'foreign', format('schema axiomdb in it belongs to %I', o.rolname)
      FROM lock l
      JOIN pg_namespace n ON n.oid = l.schema
      JOIN pg_authid o ON o.oid = n.nspowner
     WHERE NOT o.rolsuper
     UNION ALL
    SELECT 'foreign', format('table axiomdb.%s is not in it', t.name)
      FROM lock l
     CROSS JOIN (VALUES ('branch'), ('retained'), ('mark')) t (name)
     WHERE l.schema IS NOT NULL
       AND NOT EXISTS (SELECT FROM pg_class c
                        WHERE c.relnamespace = l.schema AND c.relname = t.name AND c.relkind = 'r')
     UNION ALL
    SELECT 'foreign', format('axiomdb.%I in it belongs to %I', c.relname, o.rolname)
      FROM lock l
      JOIN pg_class c ON c.relnamespace = l.schema
      JOIN pg_authid o ON o.oid = c.relowner
     WHERE NOT o.rolsuper
     UNION ALL
    SELECT 'foreign', format('%s has privileges in its schema axiomdb', coalesce(quote_ident(r.rolname), 'PUBLIC'))
      FROM lock l
     CROSS JOIN LATERAL (
           SELECT n.nspacl AS acl FROM pg_namespace n WHERE n.oid = l.schema
            UNION ALL
           SELECT c.relacl FROM pg_class c WHERE c.relnamespace = l.schema
            UNION ALL
           SELECT a.attacl FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relnamespace = l.schema) x
     CROSS JOIN aclexplode(x.acl) a
      LEFT JOIN pg_authid r ON r.oid = a.grantee
     WHERE r.rolsuper IS NOT TRUE)
SELECT kind, words FROM faults
