"""PgBouncer: an instance of AxiomDB's own, what its files must say, and the proof that the running process does what they say.

It runs as an OS user of its own, whom alone PostgreSQL lets in as the branches' roles; that user owns nothing but the folder of its sockets, and
has its own copy of the certificate and the key. RELOAD answers OK whatever it read, and a broken line resets every later setting. So a candidate must first carry a throw-away
process, and afterwards SHOW CONFIG and SHOW DATABASES of the real one must show what was meant.
"""
from __future__ import annotations

import contextlib
import os
import re
import secrets
import socket
import stat
import subprocess

from axm_host import block, files, ini
from axm_host.access import Access
from axm_host.account import account, existing
from axm_host.basics import POOLER, POOLER_ROLE, POOLER_SOCKETS, POOLER_USER, Refusal, TOOL_PATH, point
from axm_host.certificate_files import leaf_of, pair, served_at
from axm_host.hba import entry_lines, read_entries
from axm_host.processes import listeners
from axm_host.waiting import Child, ends_with_us, gone, killed
from axm_host.wire import SqlError, Wire

# Runs inside a database that a tenant owns (PgBouncer below 1.19): every name and operator is qualified.
AUTH_QUERY = ("SELECT a.rolname, a.rolpassword FROM pg_catalog.pg_authid a WHERE a.rolname::pg_catalog.text OPERATOR(pg_catalog.=) $1::pg_catalog.text"
              " AND a.rolcanlogin AND NOT a.rolsuper AND (a.rolvaliduntil IS NULL OR a.rolvaliduntil OPERATOR(pg_catalog.>) pg_catalog.now())")
SPELLABLE = re.compile(r"[A-Za-z0-9_.-]+")
PROOFS, PROOF = "/run", "axm-prove-"
INI, HBA, CERTIFICATE, KEY = (f"{POOLER}/{name}" for name in ("pgbouncer.ini", "hba.conf", "server.crt", "server.key"))
UNIT = "axm-pgbouncer"
UNIT_FILE = f"/etc/systemd/system/{UNIT}.service"
LOG = "/var/log/axm-pgbouncer.log"  # where there is no systemd to keep it
STOP_SECONDS = 5
WHERE_TO_LOOK = f"look at its log (journalctl -u {UNIT}, or {LOG} without systemd), and at {INI}"
CONSOLE = {"user": "pgbouncer", "database": "pgbouncer"}
MOST_SAID = 1024 * 1024
# PgBouncer reads these only when it starts.
ONLY_AT_START = ("listen_addr", "listen_port", "unix_socket_dir")


def installed():
    return files.program("pgbouncer")


class Pooler:
    """The pooler as one layer of a change. `port` is the one that clients use, None for the one that it has; `postgres_folder` has the server's socket."""

    name = "pooler"

    def __init__(self, port, postgres_port, postgres_folder):
        self._last_port = ini.parse(files.load(INI) or b"", 0).settings.get("listen_port")
        self.port = int(self._last_port) if port is None else port
        self.postgres_port, self.postgres_folder = postgres_port, postgres_folder
        self.saved, self.started, self.restarted = [], False, False
        self._wire = self._version = None

    # What is there

    def sockets(self):
        """Where a console may be: on our port, or on the one that it had before."""
        return [f"{POOLER_SOCKETS}/.s.PGSQL.{port}" for port in dict.fromkeys([str(self.port), self._last_port]) if port]

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

    def is_others_port(self):
        """Whether another OS user's program listens on our port, on whatever address."""
        known = account()
        return bool(listeners().get(self.port, set()) - ({known.pw_uid} if known else set()))

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

    # What must be there

    def settings(self, folder=POOLER):
        settings = {"listen_addr": "*", "listen_port": str(self.port), "unix_socket_dir": POOLER_SOCKETS, "auth_type": "hba",
                    "auth_hba_file": folder + "/hba.conf", "auth_user": POOLER_ROLE, "auth_query": AUTH_QUERY, "client_tls_sslmode": "require",
                    "client_tls_cert_file": folder + "/server.crt", "client_tls_key_file": folder + "/server.key", "pool_mode": "transaction",
                    "admin_users": "", "stats_users": "", "ignore_startup_parameters": "extra_float_digits", "max_client_conn": "1000",
                    "pidfile": "", "logfile": ""}
        if tuple(int(part) for part in self.version().split(".")[:2]) >= (1, 19):
            settings["auth_dbname"] = "postgres"
        return settings

    def wanted(self, access, folder=POOLER, overrides=()):
        """path -> bytes. With another folder: the same for a throw-away process, which `overrides` keep apart from the real one."""
        settings = {**self.settings(folder), **dict(overrides)}
        certificate, key = self._pair()
        return {f"{folder}/pgbouncer.ini": b"".join([b"[databases]\n", *(self._database_line(name) for name in sorted(access.pooled)), b"[pgbouncer]\n",
                                                     *(f"{name} = {value}\n".encode() for name, value in settings.items())]),
                # Nothing but who is let in: PgBouncer skips a line that it cannot read, so none may be needed to keep somebody out.
                f"{folder}/hba.conf": b"".join(line.encode() + b"\n" for line in entry_lines(access, "runtime")),
                f"{folder}/server.crt": certificate, f"{folder}/server.key": key}

    def _pair(self):
        """(certificate, key) as at their source; while that can't be used, as the pooler has them. What is wrong, disorder() and renew() say."""
        copies = files.load(CERTIFICATE), files.load(KEY)
        try:
            return pair(copies)
        except Refusal:
            if None in copies:
                raise
            return copies

    def _database_line(self, name):
        return f"{name} = host={self.postgres_folder} port={self.postgres_port} dbname='{name}'\n".encode()

    def there(self, wanted, running=True):
        """What the files let in, and the process serves, if `running` is asked for."""
        lines = set(block.lines_of(files.load(HBA) or b""))
        known = set(block.lines_of(files.load(INI) or b""))
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
        return [(key, shown.get(key), value) for key, value in self.settings().items() if shown.get(key) != value]

    def disorder(self, access):
        """What is in our files and settings that `access` cannot express."""
        items = []
        for path, data in self._changed(access).items():
            items.append({"layer": "pooler", "at": f"{path}:1", "is": f"{len(files.load(path) or b'')} bytes", "why": "the file is not as AxiomDB wrote it"}
                         if path in (CERTIFICATE, KEY) else _difference(path, data))
        try:
            pair((files.load(CERTIFICATE), files.load(KEY)))
        except Refusal as unusable:
            items.append({"layer": "pooler", "at": KEY, "is": "not renewed", "why": f"{unusable.what}; PgBouncer goes on showing its copy"})
        items += [{"layer": "pooler", "at": "SHOW CONFIG", "is": f"{key} = {value}"[:200], "why": f"it must be {meant}"[:300]}
                  for key, value, meant in self.misfits()]
        for row in self.show("DATABASES") or []:
            if row["name"] in access.pooled and row.get("paused", "0") != "0":
                items.append({"layer": "pooler", "at": "SHOW DATABASES", "is": f"{row['name']} is paused", "why": "its clients wait"})
        return items

    # Change

    def folders(self):
        return {POOLER} if files.is_folder(POOLER) else set()

    def paths(self):
        """(each file that a change replaces, the user who reads it)."""
        known = account()
        return [(path, None if known is None else known.pw_uid) for path in (INI, HBA, CERTIFICATE, KEY)]

    def _changed(self, access):
        """path -> bytes of the files that are not as they must be, in content, owner or mode."""
        return {path: data for path, data in self.wanted(access).items() if not _is(path, data)}

    def differs(self, access):
        return bool(self._changed(access)) or bool(self.misfits()) or self._shown_wrong(access)

    def converge(self, access, phase, force=False):
        changed = self._changed(access)
        point(f"{phase}:pooler:staged")
        if changed:
            self.prove(access)
            files.folder(os.path.dirname(POOLER), 0o755)
            files.folder(POOLER, 0o750, _readers())
            point(f"{phase}:pooler:validated")
            self._install(changed, phase)
        elif not force and not self.misfits() and not self._shown_wrong(access):
            return
        self._activate()
        point(f"{phase}:pooler:reloaded")
        self.verify(access)
        point(f"{phase}:pooler:verified")

    def _install(self, changed, phase):
        for path in sorted(changed):
            self.saved.append(files.save(path))
            point(f"{phase}:pooler:saved")
            files.install(path, changed[path], 0o640, _readers(), keep=False)
            point(f"{phase}:pooler:installed")

    def prove(self, access):
        """Lets a throw-away process read the candidate. Raises Refusal VERIFY_FAILED when it reads it otherwise than meant, or can't be asked."""
        home = f"{PROOFS}/{PROOF}{secrets.token_hex(6)}"
        files.folder(home, 0o750, _readers())
        try:
            sockets = home + "/sockets"  # the only thing that the process may write
            files.folder(sockets, 0o700, (existing().pw_uid, existing().pw_gid))
            apart = {"listen_addr": "", "unix_socket_dir": sockets}
            for path, data in self.wanted(access, home, apart).items():
                files.install(path, data, 0o640, _readers())
            self._judge(self._trial(home), access, {**self.settings(home), **apart})
        finally:
            files.remove_folder(home)

    def _trial(self, home):
        """(SHOW CONFIG, SHOW DATABASES, what it did instead of answering or None, its log) of a process that reads the files in `home`."""
        memory = os.memfd_create("log", os.MFD_CLOEXEC)
        with os.fdopen(memory, "w+b") as said:
            process = _spawn(home + "/pgbouncer.ini", said, ends_with_us())
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
                killed(process)
            said.seek(0)
            return config, databases, fate, said.read(MOST_SAID).decode("utf-8", "replace")

    def _judge(self, trial, access, meant):
        config, databases, fate, log = trial
        broken = [line for line in log.split("\n") if " WARNING " in line and "hba" in line or " ERROR " in line or " FATAL " in line]
        mend = "report it with the versions of PgBouncer and axm-host"
        if fate is not None:
            raise Refusal("VERIFY_FAILED", f"a throw-away pgbouncer with the new files {fate}: {(broken or ['it said nothing'])[0][:300]}", mend)
        shown = {row["key"]: row["value"] or "" for row in config}
        wrong = [key for key, value in meant.items() if shown.get(key) != value]
        if wrong or broken or not self._serves(databases, access):
            raise Refusal("VERIFY_FAILED", f"a throw-away pgbouncer does not read the new files as meant: {(broken or wrong or ['databases'])[0][:300]}", mend)

    def _serves(self, shown, access):
        rows = {row["name"]: row for row in shown if row["name"] != "pgbouncer"}
        mine = {name: (self.postgres_folder, str(self.postgres_port), name) for name in access.pooled}
        return set(rows) <= set(mine) and all(name in rows and (rows[name]["host"], rows[name]["port"], rows[name]["database"]) == place and not rows[name]["force_user"]
                   for name, place in mine.items())

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
        return {row["name"] for row in self.show("DATABASES")} - {"pgbouncer"} <= set(ini.parse(files.load(INI) or b"", 0).databases)

    def verify(self, access):
        wrong = self.misfits()
        if wrong:
            code = "POOLER_DOWN" if wrong[0][0] == "process" else "VERIFY_FAILED"
            raise Refusal(code, f"PgBouncer has {wrong[0][0]} = {str(wrong[0][1])[:200]}, meant is {wrong[0][2][:200]}", WHERE_TO_LOOK)
        if existing().pw_uid not in listeners().get(self.port, set()) or self.is_others_port():
            raise Refusal("POOLER_DOWN", f"PgBouncer runs, and is not alone or not at all on port {self.port}", WHERE_TO_LOOK)
        for row in self.show("DATABASES"):
            if row["name"] in access.pooled and row.get("paused", "0") != "0":
                self.console().ask('RESUME "' + row["name"] + '"')
        if self._shown_wrong(access):
            raise Refusal("VERIFY_FAILED", "PgBouncer's SHOW DATABASES differs from what was meant", WHERE_TO_LOOK)

    def _start(self):
        if files.has_systemd():
            write_unit()
            run(["systemctl", "start", UNIT])  # comes back when it serves, or has failed
            fate = "does not answer" if self.console() is None else None
        else:
            files.folder(POOLER_SOCKETS, 0o700, (existing().pw_uid, existing().pw_gid))
            with files.opened(LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT) as said:
                child = Child(_spawn(INI, said))
            fate = child.fate() if child.answer(self._knock) is None else None
        if fate is not None:
            raise Refusal("POOLER_DOWN", f"PgBouncer {fate} when it is started", WHERE_TO_LOOK)

    def revive(self):
        """Where there is no systemd to do so: starts the instance that has its files and does not run."""
        if not files.has_systemd() and files.exists(INI) and self.console() is None:
            self._start()

    def renew(self):
        """Takes over a certificate that has changed at its source. Raises Refusal when that can't be used, or is not shown then."""
        copies = files.load(CERTIFICATE), files.load(KEY)
        if None in copies or pair(copies) == copies:
            return
        certificate, key = pair(copies)
        files.install(KEY, key, 0o640, _readers(), keep=False)
        files.install(CERTIFICATE, certificate, 0o640, _readers(), keep=False)
        self.show_certificate(leaf_of(certificate))

    def show_certificate(self, leaf):
        if self.console() is not None:
            self.console().ask("RELOAD")
            if served_at(self.port) != leaf:
                raise Refusal("VERIFY_FAILED", f"port {self.port} does not show the certificate that PgBouncer was given", WHERE_TO_LOOK)

    def _restart(self):
        self.stop()
        self._start()

    def stop(self):
        if files.has_systemd():
            run(["systemctl", "stop", UNIT])
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
            self.stop()
        elif self.restarted:
            self._restart()
        elif self.console() is not None:
            self.console().ask("RELOAD")

    def settle(self):
        while self.saved:
            files.forget(self.saved.pop())


def _is(path, data):
    """Whether the file has this content, and is root's for its readers alone."""
    found = files.read(path)
    return found is not None and found.data == data and (found.looks.uid, found.looks.gid, stat.S_IMODE(found.looks.mode)) == (*_readers(), 0o640)


def _readers():
    """(root, the pooler's group), as owners of what the pooler reads."""
    return 0, existing().pw_gid


def _difference(path, data):
    """A file that is not as it was written, and its first strange line."""
    there, known = files.load(path) or b"", set(block.lines_of(data))
    strange = [(number, line) for number, line in enumerate(block.lines_of(there), 1) if line not in known]
    at, line = strange[0] if strange else (1, b"")
    return {"layer": "pooler", "at": f"{path}:{at}", "is": line.decode("utf-8", "replace").strip() or f"{len(there)} bytes",
            "why": "the file is not as AxiomDB wrote it"}


def _spawn(ini_path, said, before=None):
    """A pgbouncer with the pooler's own user and group, and no other."""
    user = existing()
    return subprocess.Popen([installed(), ini_path], stdin=subprocess.DEVNULL, stdout=said, stderr=said, user=user.pw_uid, group=user.pw_gid,
                            extra_groups=[], env={"PATH": TOOL_PATH}, cwd="/", start_new_session=True, preexec_fn=before)


def _console(path):
    try:
        return _console_or_none(path, patient=False)
    except socket.timeout as silent:
        raise Refusal("POOLER_DOWN", f"PgBouncer's console on {path} does not answer: {silent}", "look at its log; is the process stopped?") from silent
    except SqlError as refused:
        raise Refusal("POOLER_DOWN", f"PgBouncer's console on {path} refuses its own OS user: {refused}", WHERE_TO_LOOK) from refused


def _console_or_none(path, patient=True):
    """Of a process that is starting (`patient`), that it is silent means nothing yet."""
    user, there = account(), files.look_at(path)
    if user is None or there is None or not stat.S_ISSOCK(there.mode) or there.uid != user.pw_uid:
        return None
    try:
        return Wire(path, user.pw_uid, CONSOLE)
    except (FileNotFoundError, ConnectionError):
        return None
    except socket.timeout:
        if patient:
            return None
        raise


def sweep_proofs():
    """Takes away the files of a run that was killed; its throw-away process was killed with it."""
    for name in files.names(PROOFS):
        if name.startswith(PROOF):
            files.remove_folder(f"{PROOFS}/{name}")


def run(command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env={"PATH": TOOL_PATH}, check=False)
    if done.returncode != 0:
        raise Refusal("POOLER_DOWN", f"{' '.join(command)} failed: {done.stderr.strip()[-300:]}", "look at journalctl")


def write_unit():
    unit = f"""[Unit]
Description=AxiomDB: connection pooler
After=network.target postgresql.service

[Service]
Type=notify
User={POOLER_USER}
Group={POOLER_USER}
RuntimeDirectory={os.path.basename(POOLER_SOCKETS)}
RuntimeDirectoryMode=0700
ExecStart={installed()} {INI}
ExecReload=/bin/kill -HUP $MAINPID
KillSignal=SIGINT
Restart=on-failure
TimeoutStartSec=300
LimitNOFILE=65536
NoNewPrivileges=yes

[Install]
WantedBy=multi-user.target
"""
    if files.load(UNIT_FILE) != unit.encode():
        files.install(UNIT_FILE, unit.encode(), 0o644)
        run(["systemctl", "daemon-reload"])
    run(["systemctl", "enable", UNIT])
