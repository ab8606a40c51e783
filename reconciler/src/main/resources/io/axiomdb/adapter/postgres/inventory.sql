-- Names of everything on a server, before it is looked at closely; run in the maintenance database.

-- 1. Roles, without PostgreSQL's own.
SELECT r.rolname FROM pg_authid r WHERE r.rolname !~ '^pg_';

-- 2. Databases.
SELECT d.datname, d.datistemplate, pg_database_size(d.oid) FROM pg_database d;

-- 3. Who is connected.
SELECT a.datname, a.usename, coalesce(host(a.client_addr), ''), count(*)
  FROM pg_stat_activity a
 WHERE a.backend_type = 'client backend' AND a.datname IS NOT NULL AND a.usename IS NOT NULL
   AND a.pid <> pg_backend_pid()
 GROUP BY 1, 2, 3
