"""Copies a database into an empty one by the server's own pg_dump and pg_restore. Holds no lock of the host meanwhile, and changes no file of it.

What users wrote runs in the copy as soon as there is a row: the function of a CHECK, of a generated column, of an index. So a superuser makes
the extensions and their own rows while nothing else is there; everything else is restored by a login that is only a member of the owner.
"""
from __future__ import annotations

import contextlib
import json

from axm_host import copy_sql as sql
from axm_host.basics import PROTOCOL, Refusal, bad, now
from axm_host.change import check_names, guarded, held
from axm_host.copy_tools import Failed, NOWHERE, Tool, can_dump, contents, in_memory, path_of, restore
from axm_host.postgres import Postgres, user
from axm_host.waiting import patience
from axm_host.wire import SqlError

LOCK_WAIT_MILLIS = 300000
STATEMENT_SECONDS = 100
CONNECT_SECONDS = 10
NO_FILES = {"PGSSLROOTCERT": NOWHERE, "PGSSLCERT": NOWHERE, "PGSSLCRL": NOWHERE, "PGPASSFILE": NOWHERE}
# What the server and libpq say when the login gets no session, or none on a channel that proves who the server is.
NOT_LET_IN = ("pg_hba.conf", "authentication failed", "channel binding", "SSL")


def copy(request):
    began = now()
    with guarded(request):  # the lease's epoch; from here on its lock in PostgreSQL says whether it is over
        check_names(request["organization"], [request["from"]], [request["owner"]], held())
    with contextlib.ExitStack() as stack:
        _Copy(request, stack).perform()
    return {"ok": True, "protocol": PROTOCOL, "took_ms": int((now() - began).total_seconds() * 1000)}


class _Copy:
    """One copy. The stack closes what it opens."""

    def __init__(self, request, stack):
        self.request, self.stack = request, stack
        self.name = f"axm:{request['lease']['epoch']}:{request['lease']['line']}"
        self.login, self.owner = sql.literal(request["login"]), sql.literal(request["owner"])
        self.control = self._session("postgres")
        self.beat()
        self.programs = self._one(self.control, "SELECT setting AS it FROM pg_catalog.pg_config WHERE name = 'BINDIR'")
        self.snapshot = None

    def beat(self):
        """Raises when the lease is over, whoever ended it: AxiomDB's process may have died, or another may have taken over."""
        try:
            held = self._one(self.control, sql.HELD.format(name=sql.literal(self.name))) == "t"
        except (OSError, SqlError) as gone:
            raise Refusal("COPY_FAILED", f"the copy's own session has ended: {gone}", "plan again") from gone
        if not held:
            raise Refusal("STALE_EPOCH", f"no session of AxiomDB named {self.name} holds the lease's lock in PostgreSQL",
                          "another run has taken over, or AxiomDB's connection was lost; plan again")

    def perform(self):
        self._check()
        source = self._session(self.request["from"])
        source.wire.ask(sql.NO_LIMIT)
        self.snapshot = source.wire.ask(sql.SNAPSHOT)[-1][0]["it"]
        extensions = json.loads(self._one(source, sql.EXTENSIONS))
        self._make_schemas([schema for schema, _ in extensions["schemas"]])
        try:
            if extensions["names"]:
                self._copy_extensions(extensions)
            self._copy_rest(extensions, source.close)
        except Failed as failed:
            raise Refusal("COPY_FAILED", str(failed), self._mend(str(failed))) from None
        finally:
            with contextlib.suppress(OSError, SqlError):  # pg_restore may be gone while its session still makes an index
                self.control.wire.ask(sql.END_SESSIONS.format(login=self.login))

    def _session(self, database):
        session = Postgres(self.request["postgres"]["port"], database=database, seconds=STATEMENT_SECONDS, application_name=self.name, idle_session_timeout="0")
        self.stack.callback(session.close)
        return session

    @staticmethod
    def _one(session, query):
        return session.wire.ask(query)[0][0]["it"]

    def _check(self):
        request = self.request
        if not can_dump(self.programs, user().pw_uid):
            raise Refusal("COPY_FAILED", f"pg_dump and pg_restore are not in {self.programs}", "install PostgreSQL's client programs of the server's version")
        there = {row["it"] for row in self.control.wire.ask(sql.THERE)[0]}
        for database in (request["from"], request["to"]):
            if database not in there:
                raise bad(f"there is no database {database!r}")
        try:
            member = self._one(self.control, sql.IS_MEMBER.format(login=self.login, owner=self.owner))
        except SqlError as missing:
            raise bad(f"login or owner: {missing}") from missing
        more = self.control.wire.ask(sql.MORE_THAN_OWNER.format(login=self.login))[0]
        if member != "t" or more:
            raise bad(f"login {request['login']!r} is not only a member of {request['owner']!r}" + (f": it may become {more[0]['it']!r}" if more else ""))
        others = self.control.wire.ask(sql.OTHERS.format(database=sql.literal(request["to"]), login=self.login))[0]
        if others:
            raise bad(f"{others[0]['it']} may connect to {request['to']!r}; nobody but {request['login']!r} may while it is made")

    def _make_schemas(self, names):
        target = self._session(self.request["to"])
        if self._one(target, sql.EMPTY) != "t":
            raise bad(f"database {self.request['to']!r} is not one that AxiomDB made for a copy, or it is not empty")
        for schema in names:
            target.wire.ask(f"CREATE SCHEMA {sql.identifier(schema)} AUTHORIZATION {sql.identifier(self.request['owner'])}")
        target.close()

    def _copy_extensions(self, extensions):
        """By the superuser. pg_dump takes more than was asked for, so what pg_restore reads is chosen."""
        rows = {int(number) for _, _, number in extensions["rows"]}

        def wanted(kind, number):
            return kind in (b"EXTENSION", b"COMMENT - EXTENSION", b"SEQUENCE SET") or kind == b"TABLE DATA" and number in rows

        options = [f"--extension={sql.identifier(name)}" for name in extensions["names"]]
        options += [f"--table={name}" for name in _names(extensions)] or ["--schema-only"]
        self._pass(options, wanted, [f"--dbname={self._local(self.request['to'])}"], {"PGOPTIONS": self._options(sql.SUPER_OPTIONS)})

    def _copy_rest(self, extensions, begun):
        made = {int(number) for _, number in extensions["schemas"]}

        def wanted(kind, number):
            return kind not in (b"EXTENSION", b"COMMENT - EXTENSION") and not (kind == b"SCHEMA" and number in made)

        password = in_memory(self.stack, sql.passfile(self.request["password"]))
        target = restorer(self.request["postgres"]["port"], self.request["to"], self.request["login"])
        self._pass([f"--exclude-table-data={name}" for name in _names(extensions)], wanted, [f"--dbname={target}", f"--role={self.request['owner']}"],
                   {"PGOPTIONS": self._options(sql.OPTIONS), "PGPASSFILE": path_of(password)}, [password], begun)

    def _pass(self, options, wanted, target, environment, files=(), begun=lambda: None):
        """One pg_dump of the one snapshot, whose head is read twice: for its table of contents, and to be restored."""
        more = ["--schema-only"] if self.request["schema_only"] and "--schema-only" not in options else []
        dump = Tool(self.stack, [self.programs + "/pg_dump", "--format=custom", "--compress=0", "--no-privileges", "--no-publications", "--no-subscriptions",
                                 "--no-security-labels", "--no-password", f"--lock-wait-timeout={LOCK_WAIT_MILLIS}", f"--snapshot={self.snapshot}",
                                 f"--dbname={self._local(self.request['from'])}", *options, *more],
                    {**NO_FILES, "PGAPPNAME": self.name, "PGOPTIONS": self._options(sql.SUPER_OPTIONS)})
        lines, head = contents(self.stack, dump, self.programs + "/pg_restore", self.beat)
        begun()
        chosen = in_memory(self.stack, sql.listed(lines, wanted))
        # Only with --verbose it says which object an error is about.
        sink = Tool(self.stack, [self.programs + "/pg_restore", "--exit-on-error", "--verbose", "--no-owner", "--no-privileges", "--no-tablespaces", "--no-publications",
                                 "--no-subscriptions", "--no-security-labels", "--no-password", f"--use-list={path_of(chosen)}", *target],
                    {**NO_FILES, "PGAPPNAME": self.name, "PGCONNECT_TIMEOUT": f"{patience(CONNECT_SECONDS):.0f}", **environment}, [chosen, *files], fed=True)
        restore(dump, sink, head, self.beat)

    def _options(self, options):
        return sql.pgoptions(options, self.control.major)

    def _local(self, database):
        return sql.conninfo(host=self.control.folder, port=self.request["postgres"]["port"], dbname=database, user="postgres")

    def _mend(self, what):
        if "127.0.0.1" in what and "Connection refused" in what:
            return "let PostgreSQL listen there too: `listen_addresses`; the copy is restored over this address"
        if "127.0.0.1" not in what or not any(words in what for words in NOT_LET_IN):
            return "mend that in the parent; where its rows are copied, `hold_sessions: true` copies from files, which takes everything as it is"
        names = "/^axm_new_ /^axm_run_" if self.control.major >= 16 else f"{self.request['to']} {self.request['login']}"
        return (f"let it in, with ssl = on: `hostssl {names} 127.0.0.1/32 scram-sha-256` in pg_hba.conf, above the line that keeps it out; "
                "Debian's own `host all all 127.0.0.1/32 scram-sha-256` does so for every copy")


def restorer(port, database, login):
    """Where a login with a password goes. The channel is bound to the password, which SCRAM alone does: no one else who listens there gets a row."""
    return sql.conninfo(host="127.0.0.1", port=port, dbname=database, user=login, sslmode="require", channel_binding="require", gssencmode="disable")


def _names(extensions):
    """Patterns that mean one table or sequence each."""
    return [f"{sql.identifier(schema)}.{sql.identifier(table)}" for schema, table, _ in extensions["rows"]]
