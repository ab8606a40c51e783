-- What is AxiomDB's on this server, by OID; run in axiomdb_lock, after lock.sql has found nothing.

-- 1. Branches.
SELECT b.system, b.organization, b.project, b.branch, b.id, b.database::bigint, b.owner::bigint, b.rw::bigint, b.ro::bigint,
       coalesce((SELECT d.datname FROM pg_database d WHERE d.oid = b.database), ''), b.rows
  FROM axiomdb.branch b
 ORDER BY 1, 2, 3, 4;

-- 2. What was removed and is retained.
SELECT r.number, r.system, r.organization, r.project, r.branch, r.id, r.name,
       coalesce(r.database::bigint, 0), coalesce(r.owner::bigint, 0), coalesce(r.rw::bigint, 0), coalesce(r.ro::bigint, 0),
       r.origin, extract(epoch FROM r.removed)::bigint, extract(epoch FROM r.keep_until)::bigint, r.memberships::text,
       r.connection_limit, r.keeper, r.rows
  FROM axiomdb.retained r
 ORDER BY 1;

-- 3. How far the control planes are that changed something here.
SELECT m.organization, m.control_plane, m.apply, m.sequence, m.head, extract(epoch FROM m.written)::bigint
  FROM axiomdb.mark m
 ORDER BY 1, 2
