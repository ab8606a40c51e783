-- What a host holds of what is asked for; run in axiomdb_lock, or in the url's database where that does not exist. The search path is pinned to pg_catalog.
-- What is retained is found by its OID, as axiomdb.retained has it; where there is no axiomdb_lock, HostLook puts an empty
-- table in its place. What the registry knows by number is found by that.
-- A grant is text: the privilege, * where it may be passed on, =, the grantee (nothing after = is everyone).

-- 1. Roles. The verifier stays on the server: only a fingerprint of it comes out (PasswordMark.ofVerifier).
SELECT r.rolname,
       r.oid::bigint,
       coalesce(shobj_description(r.oid, 'pg_authid'), ''),
       r.rolcanlogin,
       r.rolsuper,
       r.rolcreatedb,
       r.rolcreaterole,
       r.rolinherit,
       r.rolreplication,
       r.rolbypassrls,
       CASE WHEN r.rolvaliduntil <> 'infinity' THEN (r.rolvaliduntil AT TIME ZONE 'UTC')::text || '+00' END,
       r.rolconnlimit,
       CASE WHEN starts_with(r.rolpassword, 'md5') THEN 'md5-' ELSE '' END
         || left(encode(sha256(convert_to(r.rolpassword, 'UTF8')), 'hex'), 16),
       ARRAY (SELECT coalesce(d.datname, '')
                FROM pg_db_role_setting s LEFT JOIN pg_database d ON d.oid = s.setdatabase, unnest(s.setconfig) c
               WHERE s.setrole = r.oid ORDER BY 1, c)::text[],
       ARRAY (SELECT c
                FROM pg_db_role_setting s LEFT JOIN pg_database d ON d.oid = s.setdatabase, unnest(s.setconfig) c
               WHERE s.setrole = r.oid ORDER BY coalesce(d.datname, ''), c)
  FROM pg_authid r
 WHERE r.rolname = ANY (:roles)
    OR r.oid::text = ANY (:known)
    OR r.oid IN (SELECT unnest(ARRAY[t.owner, t.rw, t.ro]) FROM axiomdb.retained t);

-- 2. Who is a member of whom, where either is asked for. Before 16 the grantor may be gone.
SELECT granted.rolname, member.rolname, coalesce(grantor.rolname, '')
  FROM pg_auth_members m
  JOIN pg_authid granted ON granted.oid = m.roleid
  JOIN pg_authid member ON member.oid = m.member
  LEFT JOIN pg_authid grantor ON grantor.oid = m.grantor
 WHERE granted.rolname = ANY (:roles) OR member.rolname = ANY (:roles)
    OR granted.oid IN (SELECT unnest(ARRAY[t.owner, t.rw, t.ro]) FROM axiomdb.retained t)
    OR member.oid IN (SELECT unnest(ARRAY[t.owner, t.rw, t.ro]) FROM axiomdb.retained t);

-- 3. Databases.
SELECT d.datname,
       d.oid::bigint,
       coalesce(shobj_description(d.oid, 'pg_database'), ''),
       o.rolname,
       d.datallowconn,
       d.datconnlimit,
       ARRAY (SELECT x.privilege_type || CASE WHEN x.is_grantable THEN '*' ELSE '' END || '='
                     || CASE WHEN x.grantee = 0 THEN '' ELSE coalesce(g.rolname, x.grantee::text) END
                FROM aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) x
                LEFT JOIN pg_authid g ON g.oid = x.grantee
               WHERE x.grantee <> d.datdba),
       ARRAY (SELECT unnest(s.setconfig) FROM pg_db_role_setting s WHERE s.setdatabase = d.oid AND s.setrole = 0),
       d.datistemplate
  FROM pg_database d
  JOIN pg_authid o ON o.oid = d.datdba
 WHERE d.datname = ANY (:databases)
    OR d.oid::text = ANY (:known)
    OR d.datname = ANY (:making) AND o.rolsuper
    OR d.oid IN (SELECT t.database FROM axiomdb.retained t WHERE t.database IS NOT NULL);

-- 4. Databases that roles of ours made by themselves, and those that are only called like ones that AxiomDB makes.
SELECT d.datname, o.rolname
  FROM pg_database d
  JOIN pg_authid o ON o.oid = d.datdba
 WHERE (o.rolname = ANY (:roles)
        OR o.oid IN (SELECT unnest(ARRAY[t.owner, t.rw, t.ro]) FROM axiomdb.retained t)
        OR starts_with(d.datname, :unfinished) OR starts_with(d.datname, :retained))
   AND d.datname <> ALL (:databases)
   AND d.datname <> 'axiomdb_lock'
   AND d.oid::text <> ALL (:known)
   AND NOT (d.datname = ANY (:making) AND o.rolsuper)
   AND d.oid NOT IN (SELECT t.database FROM axiomdb.retained t WHERE t.database IS NOT NULL)
 ORDER BY 1;

-- 5. What roles hold that are retained or may be about to go, and in which database it is.
SELECT DISTINCT r.rolname, coalesce(d.datname, o.datname, '')
  FROM pg_shdepend s
  JOIN pg_authid r ON r.oid = s.refobjid
  LEFT JOIN pg_database d ON d.oid = s.dbid
  LEFT JOIN pg_database o ON s.dbid = 0 AND s.classid = 'pg_database'::regclass AND o.oid = s.objid
 WHERE s.refclassid = 'pg_authid'::regclass
   AND s.refobjid IN (SELECT unnest(ARRAY[t.owner, t.rw, t.ro]) FROM axiomdb.retained t
                       UNION ALL
                      SELECT a.oid FROM pg_authid a WHERE a.rolname = ANY (:leaving))
 ORDER BY 1, 2;

-- 6. How large and how busy the databases are that are about to be copied, and whether the server is told to clone files (18).
SELECT d.datname,
       pg_database_size(d.oid),
       (SELECT count(*) FROM pg_stat_activity a WHERE a.datid = d.oid AND a.backend_type IN ('client backend', 'walsender')),
       coalesce(current_setting('file_copy_method', true) = 'clone', false)
  FROM pg_database d
 WHERE d.datname = ANY (:measured);

-- 7. Which server it is; clones have the same. And what time it is there, in milliseconds.
SELECT system_identifier::text, (extract(epoch FROM clock_timestamp()) * 1000)::bigint FROM pg_control_system();

-- 8. What in a database keeps it from getting another name, or from being dropped, and where that is settled. A transaction that
-- was prepared elsewhere and is about the database holds a lock on it.
SELECT h.database, h.kind, h.name, h.within
  FROM (SELECT p.database, 'prepared transaction' AS kind, p.gid AS name, p.database AS within FROM pg_prepared_xacts p
         UNION
        SELECT d.datname, 'prepared transaction', p.gid, p.database
          FROM pg_prepared_xacts p
          JOIN pg_locks t ON t.pid IS NULL AND t.locktype = 'transactionid' AND t.transactionid = p.transaction
          JOIN pg_locks l ON l.pid IS NULL AND l.virtualtransaction = t.virtualtransaction
          JOIN pg_database d ON l.locktype = 'object' AND l.classid = 'pg_database'::regclass AND d.oid = l.objid
         UNION
        SELECT s.database, 'replication slot', s.slot_name, s.database FROM pg_replication_slots s
         UNION
        SELECT d.datname, 'subscription', u.subname, d.datname FROM pg_subscription u JOIN pg_database d ON d.oid = u.subdbid) h
  JOIN pg_database d ON d.datname = h.database
 WHERE d.datname = ANY (:databases) OR d.oid::text = ANY (:known)
    OR d.oid IN (SELECT t.database FROM axiomdb.retained t)
 ORDER BY 1, 2, 3
