-- What is AxiomDB's on this server, by OID; run in axiomdb_lock, after lock.sql has found nothing.

-- 1. Branches.
SELECT b.system, b.organization, b.project, b.branch, b.id, b.database::bigint, b.owner::bigint, b.rw::bigint, b.ro::bigint,
       coalesce((SELECT d.datname FROM pg_database d WHERE d.oid = b.database), ''), b.rows
  FROM axiomdb.branch b
 ORDER BY 1, 2, 3, 4;

-- 2. Memberships that retained roles had, with the names that everybody has now. Before 16 a grantor may be nobody.
SELECT t.number, r.id, coalesce(ar.rolname, e.kept ->> 'role_name'), ar.oid IS NOT NULL,
       r.member, coalesce(am.rolname, e.kept ->> 'member_name'), am.oid IS NOT NULL,
       r.grantor, coalesce(ag.rolname, e.kept ->> 'grantor_name'), ag.oid IS NOT NULL OR e.kept ->> 'grantor_name' = ''
  FROM axiomdb.retained t
 CROSS JOIN LATERAL jsonb_array_elements(t.memberships) e (kept)
 CROSS JOIN LATERAL (SELECT (e.kept ->> 'role')::bigint, (e.kept ->> 'member')::bigint, (e.kept ->> 'grantor')::bigint) r (id, member, grantor)
  LEFT JOIN pg_authid ar ON ar.oid = r.id
  LEFT JOIN pg_authid am ON am.oid = r.member
  LEFT JOIN pg_authid ag ON ag.oid = r.grantor
 ORDER BY 1, 3, 6, 9;

-- 3. What was removed and is retained.
SELECT r.number, r.system, r.organization, r.project, r.branch, r.id, r.name,
       coalesce(r.database::bigint, 0), coalesce(r.owner::bigint, 0), coalesce(r.rw::bigint, 0), coalesce(r.ro::bigint, 0),
       r.origin, extract(epoch FROM r.removed)::bigint, extract(epoch FROM r.keep_until)::bigint,
       r.connection_limit, r.keeper, r.rows
  FROM axiomdb.retained r
 ORDER BY 1;

-- 4. How far the control planes are that changed something here.
SELECT m.organization, m.control_plane, m.apply, m.sequence, m.head, extract(epoch FROM m.written)::bigint
  FROM axiomdb.mark m
 ORDER BY 1, 2
