-- What a database holds, in numbers; whoever owns it. The search path is pinned to pg_catalog.
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
 WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
   AND NOT EXISTS (SELECT FROM pg_depend e
                    WHERE e.classid = 'pg_namespace'::regclass AND e.objid = n.oid AND e.deptype = 'e');

-- 2. Tables and views, counted by schema and owner.
SELECT n.nspname, pg_get_userbyid(c.relowner), count(*)
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
   AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
   AND NOT EXISTS (SELECT FROM pg_depend e
                    WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
 GROUP BY 1, 2;

-- 3. Privileges on them of others than their owner.
SELECT n.nspname, pg_get_userbyid(c.relowner), CASE WHEN x.grantee = 0 THEN '' ELSE pg_get_userbyid(x.grantee) END,
       x.privilege_type, count(*)
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
 CROSS JOIN LATERAL aclexplode(c.relacl) x
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
   AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
   AND x.grantee <> c.relowner
   AND NOT EXISTS (SELECT FROM pg_depend e
                    WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
 GROUP BY 1, 2, 3, 4;

-- 4. Default privileges, by the role whose objects get them.
SELECT pg_get_userbyid(a.defaclrole),
       coalesce(n.nspname, ''),
       CASE a.defaclobjtype WHEN 'r' THEN 'TABLE' WHEN 'S' THEN 'SEQUENCE' ELSE 'ROUTINE' END,
       ARRAY (SELECT x.privilege_type || CASE WHEN x.is_grantable THEN '*' ELSE '' END || '='
                     || CASE WHEN x.grantee = 0 THEN '' ELSE pg_get_userbyid(x.grantee) END
                FROM aclexplode(a.defaclacl) x
               WHERE x.grantee <> a.defaclrole AND NOT (a.defaclobjtype = 'f' AND x.grantee = 0))
  FROM pg_default_acl a
  LEFT JOIN pg_namespace n ON n.oid = a.defaclnamespace
 WHERE a.defaclobjtype IN ('r', 'S', 'f');

-- 5. Extensions that somebody installed.
SELECT e.extname FROM pg_extension e WHERE e.extname <> 'plpgsql'
