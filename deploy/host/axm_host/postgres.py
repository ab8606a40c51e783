"""Asks PostgreSQL: one session per run, over the unix socket, as its own OS user. Names are sent as JSON text, never spliced into SQL."""
from __future__ import annotations

import json
import pwd
import re

from axm_host import files
from axm_host.basics import Refusal, SOCKETS
from axm_host.waiting import patience, within
from axm_host.wire import SqlError, Wire

# Start-up options override what ALTER ROLE and ALTER DATABASE have set.
PINS = {"search_path": "pg_catalog,pg_temp", "role": "none", "default_transaction_read_only": "off", "client_encoding": "UTF8",
        "standard_conforming_strings": "on", "row_security": "off", "application_name": "axm-host", "datestyle": "ISO"}
TIME = re.compile("([0-9]+)(ms|s|min|h|d|)")
MILLIS = {"": 1, "ms": 1, "s": 1000, "min": 60000, "h": 3600000, "d": 86400000}
STATEMENT_SECONDS, LOCK_SECONDS = 15, 5
SILENCE_SECONDS = 5  # longer than a statement may take

SERVER = """SELECT pg_catalog.json_build_object(
 'version', pg_catalog.current_setting('server_version_num')::pg_catalog.int4, 'hba_file', pg_catalog.current_setting('hba_file'),
 'ident_file', pg_catalog.current_setting('ident_file'), 'ssl', pg_catalog.current_setting('ssl') OPERATOR(pg_catalog.=) 'on',
 'ssl_cert_file', pg_catalog.current_setting('ssl_cert_file'), 'ssl_key_file', pg_catalog.current_setting('ssl_key_file'),
 'data_directory', pg_catalog.current_setting('data_directory'), 'listen_addresses', pg_catalog.current_setting('listen_addresses'),
 'loaded', extract(epoch FROM pg_catalog.pg_conf_load_time()),
 'programs', (SELECT setting FROM pg_catalog.pg_config WHERE name OPERATOR(pg_catalog.=) 'BINDIR'),
 'system_identifier', (SELECT system_identifier::pg_catalog.text FROM pg_catalog.pg_control_system())) AS it"""
HBA_ROWS = "SELECT coalesce(pg_catalog.json_agg(r ORDER BY r.line_number), '[]') AS it FROM pg_catalog.pg_hba_file_rules r"
IDENT_ROWS = "SELECT coalesce(pg_catalog.json_agg(r ORDER BY r.line_number), '[]') AS it FROM pg_catalog.pg_ident_file_mappings r"
SESSIONS = """SELECT coalesce(pg_catalog.json_agg(s), '[]') AS it FROM (SELECT pid, datname AS database, usename AS role,
 pg_catalog.host(client_addr) AS address FROM pg_catalog.pg_stat_activity
 WHERE client_addr IS NOT NULL AND backend_type OPERATOR(pg_catalog.=) 'client backend' AND datname IS NOT NULL AND usename IS NOT NULL) s"""
ROLES = """SELECT coalesce(pg_catalog.json_agg(r), '[]') AS it FROM (SELECT rolname AS name, rolsuper AS super
 FROM pg_catalog.pg_roles WHERE rolsuper) r"""


def user():
    """PostgreSQL's OS user."""
    return pwd.getpwnam("postgres")


class Postgres:
    """Raises Refusal POSTGRES_DOWN when there is no server to ask."""

    def __init__(self, port, as_role="postgres", uid=None, database="postgres", seconds=STATEMENT_SECONDS, **pins):
        self.folder, self.port = _socket_folder(port), port
        limits = {"statement_timeout": f"{patience(seconds):.0f}s", "lock_timeout": f"{patience(LOCK_SECONDS):.0f}s"}
        pinned = {**PINS, **limits, **pins}
        try:
            self.wire = Wire(f"{self.folder}/.s.PGSQL.{port}", user().pw_uid if uid is None else uid,
                             {"user": as_role, "database": database, **pinned}, seconds + SILENCE_SECONDS)
            pooler = _pooler(self.wire, pinned)
        except (OSError, SqlError) as down:
            if "unsupported startup parameter" in str(down):
                raise not_direct(port, str(down)) from down
            raise Refusal("POSTGRES_DOWN", f"PostgreSQL on port {port} does not let its OS user in over {self.folder}: {down}",
                          "start it, and keep `local all postgres peer` in pg_hba.conf") from down
        if pooler:
            self.wire.close()
            raise not_direct(port, pooler)
        self.major = int(self.wire.parameters["server_version"].split(".")[0].split()[0])

    def close(self):
        self.wire.close()

    def look(self):
        """(the server, pg_hba_file_rules, pg_ident_file_mappings or None, sessions over TCP, superusers)."""
        ident = IDENT_ROWS if self.major >= 15 else "SELECT 'null' AS it"
        return tuple(json.loads(rows[0]["it"]) for rows in
                     self.wire.ask(";".join([SERVER, HBA_ROWS, ident, SESSIONS, ROLES])))

    def rules(self):
        """What the two files on disk say to PostgreSQL now, read or not read: (pg_hba rows, pg_ident rows or None)."""
        ident = IDENT_ROWS if self.major >= 15 else "SELECT 'null' AS it"
        return tuple(json.loads(rows[0]["it"]) for rows in self.wire.ask(HBA_ROWS + ";" + ident))

    def sessions(self):
        return json.loads(self.wire.ask(SESSIONS)[0][0]["it"])

    def loaded(self):
        """Seconds since the epoch when the server last read its files."""
        return float(self.wire.ask("SELECT extract(epoch FROM pg_catalog.pg_conf_load_time()) AS it")[0][0]["it"])

    def reload(self, seconds=10):
        """Returns when the server has read its files again. Every session that begins afterwards is judged by them."""
        loaded = "SELECT pg_catalog.pg_conf_load_time()::pg_catalog.text AS it"
        before = self.wire.ask(loaded)[0][0]["it"]
        if self.wire.ask("SELECT pg_catalog.pg_reload_conf()::pg_catalog.text AS it")[0][0]["it"] != "true":
            raise Refusal("POSTGRES_DOWN", "PostgreSQL could not be told to read its files", "look at its log")
        if not within(seconds, lambda: self.wire.ask(loaded)[0][0]["it"] != before):
            raise Refusal("VERIFY_FAILED", f"PostgreSQL did not read its files within {seconds} s and more", "look at its log")

    def settings(self, names):
        """What ALTER SYSTEM has set of these; None for what it has not."""
        rows = self.wire.ask("SELECT name, setting FROM pg_catalog.pg_file_settings WHERE sourcefile LIKE '%/postgresql.auto.conf'")[0]
        known = {row["name"]: row["setting"] for row in rows}
        return {name: known.get(name) for name in names}

    def set(self, settings):
        """ALTER SYSTEM for each; None takes the setting back. Needs a reload afterwards."""
        for name, value in settings.items():
            if value is None:
                self.wire.ask(f"ALTER SYSTEM RESET {name}")
            else:
                quoted = value.replace("'", "''")
                self.wire.ask(f"ALTER SYSTEM SET {name} = '{quoted}'")

    def end_sessions(self, pids):
        if pids:
            numbers = ",".join(str(int(pid)) for pid in pids)
            self.wire.ask(f"SELECT pg_catalog.pg_terminate_backend(pid)::pg_catalog.text AS it FROM pg_catalog.unnest(ARRAY[{numbers}]) AS p(pid)")


def not_direct(port, why):
    return Refusal("POSTGRES_DOWN", f"what listens on port {port} is a pooler, such as PgBouncer, or drops what a session begins with: {why}",
                   "give the host PostgreSQL's own port (5432 as a rule)")


def _pooler(wire, pinned):
    """Why a session does not lead to PostgreSQL itself or does not hold what it was begun with; None when it does. PostgreSQL gives a session the id
    of the process that serves it as the key for cancelling; a pooler makes one up."""
    names = list(pinned)
    shown = ", ".join(f"pg_catalog.current_setting('{name}') AS s{number}" for number, name in enumerate(names))
    row = wire.ask(f"SELECT pg_catalog.pg_backend_pid() AS process, {shown}")[0][0]
    if int(row["process"]) != wire.process:
        return f"process {wire.process} answered the login and process {row['process']} serves it"
    for number, name in enumerate(names):
        if not same_setting(pinned[name], row[f"s{number}"]):
            return f"{name} is {row[f's{number}']!r} instead of {pinned[name]!r}"
    return None


def same_setting(pinned, shown):
    """Times may be shown in another unit; DateStyle has a second half that stays as it was."""
    times = [TIME.fullmatch(text) for text in (pinned, shown)]
    if all(times):
        return len({int(time[1]) * MILLIS[time[2]] for time in times}) == 1
    return pinned == shown or pinned == "ISO" and shown.startswith("ISO,")


def _socket_folder(port):
    for folder in SOCKETS:
        if files.exists(f"{folder}/.s.PGSQL.{port}"):
            return folder
    raise Refusal("POSTGRES_DOWN", f"no PostgreSQL listens on port {port} under {' or '.join(SOCKETS)}", "start it, or correct the host's port")
