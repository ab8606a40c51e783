-- What lies in a branch's schemas and belongs to none of its roles, counted by owner; asked for when it is adopted.
-- Members of extensions belong to the extension.
SELECT pg_get_userbyid(o.owner), count(*)
  FROM (SELECT c.relowner AS owner
          FROM pg_class c
          JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = ANY (:schemas)
           AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
           AND NOT EXISTS (SELECT FROM pg_depend e
                            WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')
        UNION ALL
        SELECT p.proowner
          FROM pg_proc p
          JOIN pg_namespace n ON n.oid = p.pronamespace
         WHERE n.nspname = ANY (:schemas)
           AND NOT EXISTS (SELECT FROM pg_depend e
                            WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid AND e.deptype = 'e')) o
 WHERE pg_get_userbyid(o.owner) <> ALL (ARRAY[:owner, :rw, :ro])
 GROUP BY 1
