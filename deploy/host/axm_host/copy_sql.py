"""What a copy asks PostgreSQL, and names as SQL, as libpq and as start-up options want them. Pure."""
from __future__ import annotations

import re

ENTRY = re.compile(rb"[0-9]+; [0-9]+ ([0-9]+) (EXTENSION|COMMENT - EXTENSION|SCHEMA|TABLE DATA|SEQUENCE SET) ")
MIGHTY = "'pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files'"
# Nobody waits for a single commit of the restore: the commit that gives the copy its name makes all of them durable.
# The tools take the limits off themselves, but only by their first statements, which a limit of the database may cut short.
OPTIONS = {"default_transaction_read_only": "off", "idle_session_timeout": "0", "client_connection_check_interval": "5s", "synchronous_commit": "off",
           "statement_timeout": "0", "lock_timeout": "0", "idle_in_transaction_session_timeout": "0"}
SUPER_OPTIONS = {**OPTIONS, "search_path": "pg_catalog,pg_temp", "role": "none", "lc_messages": "C"}
NEWER = 17  # older servers refuse a session that names transaction_timeout or event_triggers

# The lease's own lock, which AxiomDB's session of that name holds for as long as it may change this host.
HELD = """SELECT EXISTS (SELECT FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid JOIN pg_catalog.pg_roles r ON r.oid = a.usesysid
 WHERE l.locktype = 'advisory' AND l.classid = 1096305988 AND l.objid = 1 AND l.objsubid = 2 AND l.granted AND r.rolsuper AND a.application_name = {name}) AS it"""
THERE = "SELECT datname AS it FROM pg_catalog.pg_database WHERE datallowconn AND NOT datistemplate"
IS_MEMBER = "SELECT pg_catalog.pg_has_role({login}, {owner}, 'MEMBER') AS it"
MORE_THAN_OWNER = f"""SELECT rolname AS it FROM pg_catalog.pg_roles
 WHERE pg_catalog.pg_has_role({{login}}, oid, 'MEMBER') AND (rolsuper OR rolcreaterole OR rolreplication OR rolname IN ({MIGHTY}))"""
# Who gets in before the extensions are made could lay a trap for the superuser in a schema.
OTHERS = """SELECT coalesce(r.rolname, 'PUBLIC') AS it FROM pg_catalog.pg_database d CROSS JOIN
 pg_catalog.aclexplode(coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))) AS a LEFT JOIN pg_catalog.pg_roles r ON r.oid = a.grantee
 WHERE d.datname = {database} AND a.privilege_type = 'CONNECT' AND r.rolname IS DISTINCT FROM {login} AND r.rolsuper IS NOT TRUE"""
# 16384: what initdb made has smaller numbers.
EMPTY = """SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_database d JOIN pg_catalog.pg_roles r ON r.oid = d.datdba
  WHERE d.datname = pg_catalog.current_database() AND (NOT r.rolsuper OR pg_catalog.shobj_description(d.oid, 'pg_database') IS NOT NULL))
 AND NOT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE oid >= 16384 AND nspname !~ '^pg_')""" + "".join(
     f"\n AND NOT EXISTS (SELECT FROM pg_catalog.{table} WHERE oid >= 16384)"
     for table in ("pg_class", "pg_proc", "pg_type", "pg_extension", "pg_event_trigger", "pg_language", "pg_largeobject_metadata")) + " AS it"
NO_LIMIT = "SELECT pg_catalog.set_config(name, '0', false) FROM pg_catalog.pg_settings WHERE name IN ('transaction_timeout', 'idle_in_transaction_session_timeout')"
SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT pg_catalog.pg_export_snapshot() AS it"
# `rows`: the tables and sequences whose rows pg_dump takes along; `schemas`: those that an extension is in and that no extension makes.
EXTENSIONS = """SELECT pg_catalog.json_build_object(
 'names', (SELECT coalesce(pg_catalog.json_agg(extname ORDER BY oid), '[]') FROM pg_catalog.pg_extension WHERE oid >= 16384),
 'rows', (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_array(n.nspname, c.relname, c.oid::pg_catalog.text) ORDER BY c.oid), '[]')
  FROM pg_catalog.pg_extension e CROSS JOIN pg_catalog.unnest(e.extconfig) AS u (oid) JOIN pg_catalog.pg_class c ON c.oid = u.oid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE e.oid >= 16384),
 'schemas', (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_array(n.nspname, n.oid::pg_catalog.text) ORDER BY n.oid), '[]')
  FROM pg_catalog.pg_namespace n WHERE n.oid >= 16384 AND n.nspname <> 'public' AND n.oid IN (SELECT extnamespace FROM pg_catalog.pg_extension)
  AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
   WHERE d.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND d.objid = n.oid AND d.deptype = 'e'))) AS it"""
END_SESSIONS = "SELECT pg_catalog.pg_terminate_backend(pid, 10000) AS it FROM pg_catalog.pg_stat_activity WHERE usename = {login}"


def literal(text):
    return "'" + text.replace("'", "''") + "'"


def identifier(name):
    return '"' + name.replace('"', '""') + '"'


def conninfo(**parts):
    """Every value between quotes: a name may look like a whole connection string."""
    return " ".join(f"{key}='" + str(value).replace("\\", "\\\\").replace("'", "\\'") + "'" for key, value in parts.items())


def pgoptions(options, major):
    """`major`: the server's version. No event trigger fires in a superuser's session."""
    more = {"transaction_timeout": "0"} if major >= NEWER else {}
    if options is SUPER_OPTIONS:
        more.update({"event_triggers": "off"} if major >= NEWER else {"session_replication_role": "replica"})
    return " ".join(f"-c {key}={value}" for key, value in {**options, **more}.items())


def passfile(password):
    """One line of libpq's password file, for any server."""
    return ("*:*:*:*:" + password.replace("\\", "\\\\").replace(":", "\\:") + "\n").encode()


def listed(contents, wanted):
    """The lines of a table of contents that `wanted(kind, number)` takes: what it is, None for most, and its number in the original's catalogs."""
    kept = []
    for line in contents:
        if line and not line.startswith(b";"):
            found = ENTRY.match(line)
            if wanted(found and found[2], found and int(found[1])):
                kept.append(line + b"\n")
    return b"".join(kept)
