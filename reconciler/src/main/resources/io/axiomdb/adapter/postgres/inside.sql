-- What is inside a branch's database; the tenant owns it. The search path is pinned to pg_catalog, where no tenant can
-- create anything, and nothing here names an object of another schema. Most of the time goes into planning with cold
-- caches, and so role names come from pg_get_userbyid and not from joins.
-- A grant is text: the privilege, * where it may be passed on, =, the grantee (nothing after = is everyone).

-- 1. Schemas. pg_database_owner stands for the database's owner.
SELECT n.nspname,
       pg_get_userbyid(o.oid),
       ARRAY (SELECT x.privilege_type || CASE WHEN x.is_grantable THEN '*' ELSE '' END || '='
                     || CASE WHEN x.grantee = 0 THEN '' ELSE pg_get_userbyid(x.grantee) END
                FROM aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) x
               WHERE x.grantee NOT IN (n.nspowner, o.oid))
  FROM pg_namespace n
  JOIN pg_database d ON d.datname = current_database()
 CROSS JOIN LATERAL (SELECT CASE WHEN n.nspowner = 'pg_database_owner'::regrole THEN d.datdba ELSE n.nspowner END) o (oid)
 WHERE n.nspname = ANY (:schemas);

-- 2. Default privileges of the owner, on top of what PostgreSQL gives by itself.
SELECT coalesce(n.nspname, ''),
       CASE a.defaclobjtype WHEN 'r' THEN 'TABLE' WHEN 'S' THEN 'SEQUENCE' ELSE 'ROUTINE' END,
       ARRAY (SELECT x.privilege_type || CASE WHEN x.is_grantable THEN '*' ELSE '' END || '='
                     || CASE WHEN x.grantee = 0 THEN '' ELSE pg_get_userbyid(x.grantee) END
                FROM aclexplode(a.defaclacl) x
               WHERE x.grantee <> a.defaclrole AND NOT (a.defaclobjtype = 'f' AND x.grantee = 0 AND NOT x.is_grantable))
  FROM pg_default_acl a
  JOIN pg_authid o ON o.oid = a.defaclrole
  LEFT JOIN pg_namespace n ON n.oid = a.defaclnamespace
 WHERE o.rolname = :owner
   AND a.defaclobjtype IN ('r', 'S', 'f')
   AND (a.defaclnamespace = 0 OR n.nspname = ANY (:schemas));

-- 3. Objects of the branch's roles, grouped by what they have in common. Members of extensions belong to the extension.
WITH roles AS MATERIALIZED (
    SELECT r.oid, r.rolname FROM pg_authid r WHERE r.rolname IN (:owner, :rw, :ro)
), schemas AS MATERIALIZED (
    SELECT n.oid, n.nspname FROM pg_namespace n WHERE n.nspname = ANY (:schemas)
), relations AS MATERIALIZED (
    SELECT c.oid, c.relkind, c.relowner, c.relacl, s.nspname, r.rolname, format('%I.%I', s.nspname, c.relname) AS sql
      FROM pg_class c
      JOIN schemas s ON s.oid = c.relnamespace
      JOIN roles r ON r.oid = c.relowner
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
       AND NOT EXISTS (SELECT FROM pg_depend e
                        WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
), objects AS (
    SELECT c.nspname, CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind, c.rolname, c.relowner AS owner,
           coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner)) AS acl,
           c.sql, '' AS col
      FROM relations c
    UNION ALL
    SELECT s.nspname, 'ROUTINE', r.rolname, p.proowner, coalesce(p.proacl, acldefault('f', p.proowner)),
           p.oid::regprocedure::text, ''
      FROM pg_proc p
      JOIN schemas s ON s.oid = p.pronamespace
      JOIN roles r ON r.oid = p.proowner
     WHERE NOT EXISTS (SELECT FROM pg_depend e
                        WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid AND e.deptype = 'e')
    UNION ALL
    SELECT c.nspname, 'COLUMN', c.rolname, c.relowner, a.attacl, c.sql, quote_ident(a.attname)
      FROM relations c
      JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relkind <> 'S' AND a.attnum > 0 AND NOT a.attisdropped AND a.attacl IS NOT NULL
), granted AS (
    SELECT o.nspname, o.kind, o.rolname, o.sql, o.col,
           ARRAY (SELECT x.privilege_type || CASE WHEN x.is_grantable THEN '*' ELSE '' END || '='
                         || CASE WHEN x.grantee = 0 THEN '' ELSE pg_get_userbyid(x.grantee) END
                    FROM aclexplode(o.acl) x
                   WHERE x.grantee <> o.owner AND NOT (o.kind = 'ROUTINE' AND x.grantee = 0 AND NOT x.is_grantable)
                   ORDER BY 1) AS grants
      FROM objects o
)
SELECT g.nspname, g.kind, g.rolname, g.grants, array_agg(g.sql), array_agg(g.col)
  FROM granted g
 GROUP BY 1, 2, 3, 4
HAVING g.kind <> 'COLUMN' OR cardinality(g.grants) > 0;

-- 4. What the pooler's role may read of the catalogue that passwords are in: rights on it are kept in each database.
SELECT a.attname
  FROM pg_attribute a, aclexplode(a.attacl) x
 WHERE a.attrelid = 'pg_authid'::regclass
   AND x.privilege_type = 'SELECT'
   AND x.grantee = (SELECT r.oid FROM pg_authid r WHERE r.rolname = 'axm_pooler')
