-- 1. What is in a branch's database and belongs to none of its roles, counted by owner, in whatever schema. Members of extensions
-- and parts of other objects are not counted. 16384: what initdb made has smaller numbers.
SELECT pg_get_userbyid(o.owner), count(*)
  FROM (SELECT 'pg_class'::regclass AS class, c.oid, c.relowner AS owner, c.relnamespace AS schema, c.relkind = 'S' AS counter
          FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c')
        UNION ALL
        SELECT 'pg_proc'::regclass, p.oid, p.proowner, p.pronamespace, false FROM pg_proc p
        UNION ALL
        SELECT 'pg_type'::regclass, t.oid, t.typowner, t.typnamespace, false FROM pg_type t WHERE t.typtype IN ('d', 'e', 'r')
        UNION ALL
        SELECT 'pg_operator'::regclass, x.oid, x.oprowner, x.oprnamespace, false FROM pg_operator x
        UNION ALL
        SELECT 'pg_namespace'::regclass, n.oid, n.nspowner, n.oid, false FROM pg_namespace n
        UNION ALL
        SELECT 'pg_event_trigger'::regclass, e.oid, e.evtowner, 0, false FROM pg_event_trigger e
        UNION ALL
        SELECT 'pg_publication'::regclass, b.oid, b.pubowner, 0, false FROM pg_publication b
        UNION ALL
        SELECT 'pg_foreign_server'::regclass, s.oid, s.srvowner, 0, false FROM pg_foreign_server s
        UNION ALL
        SELECT 'pg_largeobject_metadata'::regclass, l.oid, l.lomowner, 0, false FROM pg_largeobject_metadata l) o
 WHERE o.owner <> ALL (ARRAY (SELECT r.oid FROM pg_authid r WHERE r.rolname IN (:owner, :rw, :ro)))
   AND o.oid >= 16384
   AND o.schema NOT IN (SELECT n.oid FROM pg_namespace n WHERE n.nspname ~ '^pg_')
   AND NOT EXISTS (SELECT FROM pg_depend d
                    WHERE d.classid = o.class AND d.objid = o.oid
                      AND (d.deptype IN ('e', 'i') OR d.deptype = 'a' AND o.counter))
 GROUP BY 1;

-- 2. Event triggers, which are superusers', and fire in no session of ours.
SELECT evtname FROM pg_event_trigger WHERE evtenabled <> 'D' ORDER BY 1
