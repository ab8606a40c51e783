"""PgBouncer: which instance is ours, what its files must say, and the proof that the running process does what they say.

RELOAD answers OK whatever it read, and a broken line resets every later setting. So a candidate must first carry a throw-away
process, and afterwards SHOW CONFIG and SHOW DATABASES of the real one must show what was meant.
"""
from __future__ import annotations

import contextlib
import os
import pwd
import re
import secrets
import socket
import stat
import subprocess

from axm_host import block, files, ini
from axm_host.access import Access
from axm_host.basics import (DEBIAN_POOLER, OWN_POOLER, POOLER_ROLE, Refusal, TOOL_PATH, point)
from axm_host.certificate_files import tls_files
from axm_host.hba import entry_lines, read_entries
from axm_host.postgres import user
from axm_host.waiting import Child, ends_with_us, gone
from axm_host.wire import SqlError, Wire

# Runs inside a database that a tenant owns (PgBouncer below 1.19): every name and operator is qualified.
AUTH_QUERY = ("SELECT a.rolname, a.rolpassword FROM pg_catalog.pg_authid a WHERE a.rolname::pg_catalog.text OPERATOR(pg_catalog.=) $1::pg_catalog.text"
              " AND a.rolcanlogin AND NOT a.rolsuper AND (a.rolvaliduntil IS NULL OR a.rolvaliduntil OPERATOR(pg_catalog.>) pg_catalog.now())")
SPELLABLE = re.compile(r"[A-Za-z0-9_.-]+")
PROOFS, PROOF = "/run", "axm-prove-"
OWN_UNIT = "axm-pgbouncer"
STOP_SECONDS = 5
CONSOLE = {"user": "pgbouncer", "database": "pgbouncer"}
MOST_SAID = 1024 * 1024
# PgBouncer reads these only when it starts.
ONLY_AT_START = ("listen_addr", "listen_port", "unix_socket_dir")


class Place(tuple):
    """Where the instance that serves our databases has its things."""

    def __new__(cls, own, path, folder, unit):
        made = super().__new__(cls, (own, path, folder, unit))
        made.own, made.path, made.folder, made.unit = own, path, folder, unit
        return made


DEBIAN = Place(False, DEBIAN_POOLER, os.path.dirname(DEBIAN_POOLER) + "/axm", "pgbouncer")
OWN = Place(True, OWN_POOLER + "/pgbouncer.ini", OWN_POOLER, OWN_UNIT)


def place():
    """Ours is Debian's instance, unless it serves others; once chosen it stays."""
    if files.exists(OWN.path):
        return OWN
    data = files.load(DEBIAN.path)
    if data is None:
        return OWN
    outside, inside, _ = block.read(data)
    if inside:
        return DEBIAN
    foreign = ini.parse(outside, user().pw_uid, DEBIAN.folder)
    return OWN if foreign.databases or foreign.last_section != "pgbouncer" else DEBIAN


def installed():
    return files.program("pgbouncer")


class Pooler:
    """The pooler as one layer of a change. `port` is the one that clients use; `postgres` tells where the server's socket is."""

    name = "pooler"

    def __init__(self, port, postgres_port, postgres_folder):
        self.port, self.postgres_port, self.postgres_folder = port, postgres_port, postgres_folder
        self.place = place()
        self._last_port = ini.parse(b"[pgbouncer]\n" + (files.load(self.place.folder + "/settings.ini") or b""), user().pw_uid).settings.get("listen_port")
        self.saved, self.started, self.restarted = [], False, False
        self._wire = self._foreign = self._version = None

    # What is there

    def foreign(self):
        """What others have written into the instance's ini."""
        if self._foreign is None:
            data = b"" if self.place.own else files.load(self.place.path) or b""
            self._foreign = ini.parse(block.read(data)[0], user().pw_uid, self.place.folder)
        return self._foreign

    def socket_folder(self):
        if self.place.own:
            return self.postgres_folder
        return self.foreign().settings.get("unix_socket_dir", "/var/run/postgresql")

    def sockets(self):
        """Where a console may be: on our port, on the one that it had before, or on the instance's own before we took it over."""
        ports = [str(self.port), self._last_port] + ([] if self.place.own else [self.foreign().settings.get("listen_port", "6432")])
        return [f"{self.socket_folder()}/.s.PGSQL.{port}" for port in dict.fromkeys(ports) if port]

    def console(self):
        """A session on the console, or None when the instance does not run."""
        if self._wire is None:
            for path in self.sockets():
                self._wire = self._wire or _console(path)
        return self._wire

    def _knock(self):
        for path in self.sockets():
            self._wire = self._wire or _console_or_none(path)
        return self._wire

    def is_on_its_port(self):
        """Whether a PgBouncer of that OS user answers on our port's socket."""
        wire = _console(f"{self.socket_folder()}/.s.PGSQL.{self.port}")
        if wire is not None:
            wire.close()
        return wire is not None

    def hang_up(self):
        if self._wire is not None:
            self._wire.close()
            self._wire = None

    def show(self, what):
        """Rows of SHOW CONFIG, DATABASES or CLIENTS; None when the instance does not run."""
        wire = self.console()
        return None if wire is None else wire.ask("SHOW " + what)[0]

    def version(self):
        if self._version is None:
            shown = self.show("VERSION")
            words = shown[0]["version"] if shown else subprocess.run([installed(), "--version"], capture_output=True, text=True, check=True).stdout
            self._version = re.search(r"\d+\.\d+(\.\d+)?", words).group(0)
        return self._version

    def os_user(self):
        """Whom the server must see behind the pooler's connections; where anybody may put a socket, its owner proves nothing."""
        if self.place.own or _anybodys(self.socket_folder()):
            return user().pw_name
        for path in self.sockets():
            there = files.look_at(path)
            if there is not None:
                return pwd.getpwuid(there.uid).pw_name
        return user().pw_name

    # What must be there

    def settings(self, folder):
        """Ours, in the order they are written. Later settings win, and ours come last."""
        certificate, key = tls_files()
        settings = {"listen_addr": "*", "listen_port": str(self.port), "auth_type": "hba", "auth_hba_file": folder + "/hba.conf",
                    "auth_user": POOLER_ROLE, "auth_query": AUTH_QUERY, "client_tls_sslmode": "require",
                    "client_tls_cert_file": certificate, "client_tls_key_file": key, "pool_mode": "transaction",
                    "admin_users": "", "stats_users": "", "ignore_startup_parameters": "extra_float_digits"}
        if tuple(int(part) for part in self.version().split(".")[:2]) >= (1, 19):
            settings["auth_dbname"] = "postgres"
        if self.place.own:
            settings.update({"unix_socket_dir": self.postgres_folder, "pidfile": f"{self.postgres_folder}/axm-pgbouncer.pid",
                             "logfile": "/var/log/postgresql/axm-pgbouncer.log", "max_client_conn": "1000"})
        return settings

    def wanted(self, access, folder=None, overrides=()):
        """path -> bytes. With another folder: the same for a throw-away process, which `overrides` keep apart from the real one."""
        home = folder or self.place.folder
        settings = list(self.settings(home).items()) + list(overrides)
        head = [b"[databases]", f"%include {home}/databases.ini".encode()]
        tail = [f"%include {home}/settings.ini".encode()]
        if self.place.own:
            whole = b"".join(line + b"\n" for line in [*head, b"[pgbouncer]", *tail])
        else:
            outside = block.read(files.load(self.place.path) or b"")[0]
            whole = block.last(block.first(outside, head), tail)
        return {f"{home}/settings.ini": b"".join(f"{key} = {value}\n".encode() for key, value in settings),
                f"{home}/databases.ini": b"".join(self._database_line(name) for name in sorted(access.pooled)),
                # Nothing but who is let in: PgBouncer skips a line that it cannot read, so none may be needed to keep somebody out.
                f"{home}/hba.conf": b"".join(line.encode() + b"\n" for line in entry_lines(access, "runtime")),
                (f"{folder}/pgbouncer.ini" if folder else self.place.path): whole}

    def _database_line(self, name):
        return f"{name} = host={self.postgres_folder} port={self.postgres_port} dbname='{name}'\n".encode()

    def there(self, wanted, running=True):
        """What the files let in, and the process serves, if `running` is asked for."""
        lines = set(block.lines_of(files.load(self.place.folder + "/hba.conf") or b""))
        known = set(block.lines_of(files.load(self.place.folder + "/databases.ini") or b""))
        served = None
        if running:
            served = {} if self.misfits() else {row["name"]: row for row in self.show("DATABASES")}
        pooled = frozenset(name for name in wanted.pooled if self._database_line(name) in known and (served is None or name in served))
        entries = read_entries([line.rstrip(b"\n") for line in lines], wanted.branches, "runtime")
        return Access({}, pooled, {key: grant for key, grant in entries.items() if served is None or key[1] in served}, {})

    def misfits(self):
        """Settings that the running process has otherwise than meant: [(key, is, meant)]; one entry when it does not run."""
        shown = self.show("CONFIG")
        if shown is None:
            return [("process", "not running", "running")]
        shown = {row["key"]: row["value"] or "" for row in shown}
        return [(key, shown.get(key), value) for key, value in self.settings(self.place.folder).items() if shown.get(key) != value]

    def disorder(self, access):
        """What is in our files and settings that `access` cannot express."""
        items = []
        for path, data in self.wanted(access).items():
            there = files.load(path) or b""
            if there != data:
                known = set(block.lines_of(data))
                strange = [(number, line) for number, line in enumerate(block.lines_of(there), 1) if line not in known]
                at, line = strange[0] if strange and path.startswith(self.place.folder) else (1, b"")
                items.append({"layer": "pooler", "at": f"{path}:{at}", "is": line.decode("utf-8", "replace").strip() or f"{len(there)} bytes",
                              "why": "the file is not as AxiomDB wrote it"})
        items += [{"layer": "pooler", "at": "SHOW CONFIG", "is": f"{key} = {value}"[:200], "why": f"it must be {meant}"[:300]}
                  for key, value, meant in self.misfits()]
        for row in self.show("DATABASES") or []:
            if row["name"] in access.pooled and row.get("paused", "0") != "0":
                items.append({"layer": "pooler", "at": "SHOW DATABASES", "is": f"{row['name']} is paused", "why": "its clients wait"})
        return items

    # Change

    def folders(self):
        return {path for path in (self.place.folder, os.path.dirname(self.place.path)) if files.is_folder(path)}

    def paths(self):
        """(each file that a change replaces, the user who reads it)."""
        home = self.place.folder
        return [(path, user().pw_uid) for path in (home + "/settings.ini", home + "/databases.ini", home + "/hba.conf", self.place.path)]

    def differs(self, access):
        return any(files.load(path) != data for path, data in self.wanted(access).items()) or bool(self.misfits()) or self._shown_wrong(access)

    def converge(self, access, phase, force=False):
        wanted = self.wanted(access)
        changed = {path: data for path, data in wanted.items() if files.load(path) != data}
        point(f"{phase}:pooler:staged")
        if changed:
            self._folder()
            self.prove(access)
            point(f"{phase}:pooler:validated")
            self._install(changed, phase)
        elif not force and not self.misfits() and not self._shown_wrong(access):
            return
        self._activate()
        point(f"{phase}:pooler:reloaded")
        self.verify(access)
        point(f"{phase}:pooler:verified")

    def _folder(self):
        group = user().pw_gid
        if self.place.own:
            files.folder(os.path.dirname(self.place.folder), 0o755)
        files.folder(self.place.folder, 0o750, (0, group))

    def _install(self, changed, phase):
        for path in sorted(changed):
            self.saved.append(files.save(path))
            point(f"{phase}:pooler:saved")
            files.install(path, changed[path], 0o640, (0, user().pw_gid))
            point(f"{phase}:pooler:installed")

    def prove(self, access):
        """Lets a throw-away process read the candidate. Raises Refusal VERIFY_FAILED when it reads it otherwise than meant, or can't be asked."""
        home = f"{PROOFS}/{PROOF}{secrets.token_hex(6)}"
        files.folder(home, 0o750, (0, user().pw_gid))
        try:
            sockets = home + "/sockets"  # the only thing that the process may write
            files.folder(sockets, 0o700, (user().pw_uid, user().pw_gid))
            apart = [("listen_addr", ""), ("unix_socket_dir", sockets), ("logfile", ""), ("pidfile", "")]
            for path, data in self.wanted(access, home, apart).items():
                files.install(path, data, 0o640, (0, user().pw_gid))
            self._judge(self._trial(home), access, {**self.settings(home), **dict(apart)})
        finally:
            files.remove_folder(home)

    def _trial(self, home):
        """(SHOW CONFIG, SHOW DATABASES, what it did instead of answering or None, its log) of a process that reads the files in `home`."""
        memory = os.memfd_create("log", os.MFD_CLOEXEC)
        with os.fdopen(memory, "w+b") as said:
            process = self._spawn(home + "/pgbouncer.ini", said, ends_with_us())
            child, config, databases = Child(process), [], []
            try:
                wire = child.answer(lambda: _console_or_none(f"{home}/sockets/.s.PGSQL.{self.port}"))
                fate = child.fate() if wire is None else None
                if wire is not None:
                    config, databases = wire.ask("SHOW CONFIG")[0], wire.ask("SHOW DATABASES")[0]
                    wire.close()
            except (ConnectionError, socket.timeout) as cut:
                fate = f"began to answer, then: {cut}"
            finally:
                process.kill()
                process.wait()
            said.seek(0)
            return config, databases, fate, said.read(MOST_SAID).decode("utf-8", "replace")

    def _judge(self, trial, access, meant):
        config, databases, fate, log = trial
        broken = [line for line in log.split("\n") if " WARNING " in line and "hba" in line or " ERROR " in line or " FATAL " in line]
        mend = f"correct {self.place.path}, if the line is there; else report it with the versions of PgBouncer and axm-host"
        if fate is not None:
            raise Refusal("VERIFY_FAILED", f"a throw-away pgbouncer with the new files {fate}: {(broken or ['it said nothing'])[0][:300]}", mend)
        shown = {row["key"]: row["value"] or "" for row in config}
        wrong = [key for key, value in meant.items() if shown.get(key) != value]
        if wrong or broken or not self._serves(databases, access):
            raise Refusal("VERIFY_FAILED", f"a throw-away pgbouncer does not read the new files as meant: {(broken or wrong or ['databases'])[0][:300]}", mend)

    def _spawn(self, ini, said, before=None):
        return subprocess.Popen([installed(), ini], stdin=subprocess.DEVNULL, stdout=said, stderr=said, user=user().pw_uid, group=user().pw_gid,
                                extra_groups=_groups(), env={"PATH": TOOL_PATH}, cwd="/", start_new_session=True, preexec_fn=before)

    def _serves(self, shown, access):
        rows = {row["name"]: row for row in shown if row["name"] != "pgbouncer"}
        mine = {name: (self.postgres_folder, str(self.postgres_port), name) for name in access.pooled}
        others = set(rows) - set(mine)
        return all(name in rows and (rows[name]["host"], rows[name]["port"], rows[name]["database"]) == place and not rows[name]["force_user"]
                   for name, place in mine.items()) and others <= set(self.foreign().databases)

    def _shown_wrong(self, access):
        shown = self.show("DATABASES")
        return shown is None or not self._serves(shown, access) or any(
            row["name"] in access.pooled and row.get("paused", "0") != "0" for row in shown)

    def _activate(self):
        """Makes the process read its files: reload, or start, or a restart where a reload is not enough."""
        if self.console() is None:
            self.started = True  # before it is tried: what failed half-way has to be put back too
            self._start()
        elif any(key in ONLY_AT_START for key, _, _ in self.misfits()):
            self.restarted = True
            self._restart()
        else:
            self.console().ask("RELOAD")
            if not self._no_strangers():  # 1.18 keeps a database that `*` made, until it starts anew
                self.restarted = True
                self._restart()

    def _no_strangers(self):
        ours = {line.split(b" ")[0].decode() for line in block.lines_of(files.load(self.place.folder + "/databases.ini") or b"")}
        return {row["name"] for row in self.show("DATABASES")} - {"pgbouncer"} <= ours | set(self.foreign().databases)

    def verify(self, access):
        wrong = self.misfits()
        if wrong:
            code = "POOLER_DOWN" if wrong[0][0] == "process" else "VERIFY_FAILED"
            raise Refusal(code, f"PgBouncer has {wrong[0][0]} = {str(wrong[0][1])[:200]}, meant is {wrong[0][2][:200]}", f"look at its log, and at {self.place.path}")
        for row in self.show("DATABASES"):
            if row["name"] in access.pooled and row.get("paused", "0") != "0":
                self.console().ask('RESUME "' + row["name"] + '"')
        if self._shown_wrong(access):
            raise Refusal("VERIFY_FAILED", "PgBouncer's SHOW DATABASES differs from what was meant", f"look at its log, and at {self.place.path}")

    def _start(self):
        if files.has_systemd():
            if self.place.own:
                write_unit(self.place)
            _run(["systemctl", "start", self.place.unit])  # comes back when it serves, or has failed
            fate = "does not answer" if self.console() is None else None
        else:
            child = Child(self._spawn(self.place.path, subprocess.DEVNULL))
            fate = child.fate() if child.answer(self._knock) is None else None
        if fate is not None:
            raise Refusal("POOLER_DOWN", f"PgBouncer {fate} when it is started", f"look at its log; start it by hand with {self.place.path}")

    def _restart(self):
        self._stop()
        self._start()

    def _stop(self):
        if files.has_systemd():
            _run(["systemctl", "stop", self.place.unit])
        elif self.console() is not None:
            pid = self.console().peer
            with contextlib.suppress(OSError, SqlError):  # it hangs up while it goes
                self.console().ask("SHUTDOWN")
            if not gone(pid, STOP_SECONDS):
                raise Refusal("POOLER_DOWN", f"PgBouncer does not end although it was ordered to (process {pid})", "look at its log; end it by hand")
        self.hang_up()

    def put_back(self):
        """The files as they were before this run, byte for byte, and the process as they say."""
        if not self.saved:
            return
        while self.saved:
            files.put_back(self.saved.pop())
        if self.started:
            self._stop()
        elif self.restarted:
            self._restart()
        elif self.console() is not None:
            self.console().ask("RELOAD")

    def settle(self):
        while self.saved:
            files.forget(self.saved.pop())


def _anybodys(folder):
    here = files.look_at(folder)
    return here is not None and stat.S_ISDIR(here.mode) and here.mode & stat.S_IWOTH != 0


def _console(path):
    there = files.look_at(path)
    if there is None or not stat.S_ISSOCK(there.mode) or there.uid == 0:  # PgBouncer never runs as root
        return None
    try:
        return Wire(path, there.uid, CONSOLE)
    except (FileNotFoundError, ConnectionError):
        return None
    except socket.timeout as silent:
        raise Refusal("POOLER_DOWN", f"PgBouncer's console on {path} does not answer: {silent}", "look at its log; is the process stopped?") from silent
    except SqlError as refused:
        raise Refusal("POOLER_DOWN", f"PgBouncer's console on {path} refuses its own OS user: {refused}",
                      "another server listens there, or the instance is not PgBouncer") from refused


def _console_or_none(path):
    """For a process that is starting: that it is silent means nothing yet."""
    try:
        there = files.look_at(path)
        return None if there is None or there.uid == 0 else Wire(path, there.uid, CONSOLE)
    except (FileNotFoundError, ConnectionError, socket.timeout):
        return None


def sweep_proofs():
    """Takes away the files of a run that was killed; its throw-away process was killed with it."""
    for name in files.names(PROOFS):
        if name.startswith(PROOF):
            files.remove_folder(f"{PROOFS}/{name}")


def _groups():
    return os.getgrouplist(user().pw_name, user().pw_gid)


def _run(command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env={"PATH": TOOL_PATH}, check=False)
    if done.returncode != 0:
        raise Refusal("POOLER_DOWN", f"{' '.join(command)} failed: {done.stderr.strip()[-300:]}", "look at journalctl")


def write_unit(where):
    unit = f"""[Unit]
Description=connection pooler for AxiomDB's databases
After=network.target postgresql.service

[Service]
Type=notify
User=postgres
ExecStart={installed()} {where.path}
ExecReload=/bin/kill -HUP $MAINPID
KillSignal=SIGINT
Restart=on-failure

[Install]
WantedBy=multi-user.target
"""
    files.install(f"/etc/systemd/system/{where.unit}.service", unit.encode(), 0o644)
    _run(["systemctl", "daemon-reload"])
    _run(["systemctl", "enable", where.unit])
