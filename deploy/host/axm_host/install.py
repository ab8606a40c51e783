"""Root's orders: install, check and remove. Each may be repeated."""
from __future__ import annotations

import io
import os
import pwd
import re
import socket
import sys
import zipfile
from importlib.util import MAGIC_NUMBER

from axm_host import access as sets
from axm_host import account, debian, files, lookup, recover, state
from axm_host.basics import POOLER_USER, PROGRAM, Refusal, STATE, TLS
from axm_host.certificate_files import CERTIFICATE, KEY, REQUEST
from axm_host.pooler import Pooler, UNIT, installed
from axm_host.postgres import Postgres, user
from axm_host.programs import tool
from axm_host.timers import LIMIT_SECONDS, TICK_SECONDS, start_loop, stop_loop

SUDOERS = "/etc/sudoers.d/axm-host"
UNITS = "/etc/systemd/system"
LOGIN = re.compile(r"[a-z_][a-z0-9_-]{0,31}")

SERVICE = f"""[Unit]
Description=AxiomDB: what expires or was not confirmed is taken away
After=postgresql.service

[Service]
Type=oneshot
ExecStart={PROGRAM} tick
TimeoutStartSec={LIMIT_SECONDS}
TimeoutStopSec=5
"""
TIMER = f"""[Unit]
Description=AxiomDB: every {TICK_SECONDS} seconds

[Timer]
OnBootSec={TICK_SECONDS}
OnUnitActiveSec={TICK_SECONDS}
AccuracySec=1s

[Install]
WantedBy=timers.target
"""


def install(login, port, runtime):
    """Everything that a host needs so that AxiomDB, logged in as `login`, can use it; with a pooler, if it is to have a `runtime` port. Returns what was
    done, as lines."""
    if not LOGIN.fullmatch(login) or login == "root":
        raise Refusal("BAD_REQUEST", f"{login!r} is not a login for AxiomDB", "create one: adduser --system --shell /bin/sh axiomdb")
    try:
        pwd.getpwnam(login)
    except KeyError:
        raise Refusal("BAD_REQUEST", f"there is no user {login!r} on this host", f"create it: adduser --system --shell /bin/sh {login}") from None
    with state.locked():
        recover.whole()
        make_key()
        done = [install_program(), f"{TLS}: key, certificate and request"]
        done.append(lookup.make(port))
        done.append(account.make(tool))
        done += start_pooler(port, runtime) if runtime is not None else []
        done.append(install_sudoers(login))
        done.append(install_timer())
    return done


def start_pooler(port, runtime):
    """AxiomDB's own instance, which serves what it did before: at first nothing. Where its port is another's, the doctor says so."""
    if not installed():
        return ["no pooler yet: pgbouncer is not installed (apt install pgbouncer)"]
    retired = debian.retire(runtime, tool)
    postgres = Postgres(port)
    pooler = Pooler(runtime, port, postgres.folder)
    try:
        if pooler.is_others_port() or debian.claims(runtime, tool):
            return [retired or f"no pooler yet: port {runtime} belongs to another program; give AxiomDB's another one: `ports: {{runtime: 6433}}` on the host"]
        if pooler.console() is None:
            everything = state.union_of(state.documents())
            pooler.converge(sets.within(everything, pooler.there(everything, running=False)), "tighten")
            pooler.settle()
    finally:
        pooler.hang_up()
        postgres.close()
    return [*([] if retired is None else [retired]), f"{UNIT}: runs as {POOLER_USER} on port {runtime}"]


def install_program():
    """This program at its place, with its modules compiled for this host's Python."""
    source = os.path.abspath(sys.argv[0])
    data = _running(source)
    if not zipfile.is_zipfile(io.BytesIO(data)):
        raise Refusal("BAD_REQUEST", f"{source} is not the packed program", "pack it: python3 build.py axm-host")
    files.install(PROGRAM, compiled(data), 0o755, keep=False)
    return f"{PROGRAM}: installed"


def _running(source):
    """This program's bytes: sudo will run them as root, so they must not come from where another user can change them."""
    with files.opened(source, os.O_RDONLY) as handle:
        return os.pread(handle, os.fstat(handle).st_size, 0)


def compiled(data):
    """The packed program with a compiled twin beside each module. One for another Python, after an upgrade, is passed over."""
    from marshal import dumps
    first_line, held = data[:data.index(b"\n") + 1], io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as new:
        for entry in old.infolist():
            if entry.filename.endswith(".py"):
                text = old.read(entry)
                new.writestr(entry, text)
                twin = zipfile.ZipInfo(entry.filename + "c", entry.date_time)
                code = dumps(compile(text, f"{PROGRAM}/{entry.filename}", "exec"))
                # Flags 0: the twin is judged by time and size of the source in the same zip.
                new.writestr(twin, MAGIC_NUMBER + b"\0\0\0\0" + _dos_seconds(entry).to_bytes(4, "little") + len(text).to_bytes(4, "little") + code)
    return first_line + held.getvalue()


def _dos_seconds(entry):
    import time
    return int(time.mktime((*entry.date_time, -1, -1, -1)))


def install_sudoers(login):
    """The one line. visudo judges it first: a broken file there would lock everybody out of sudo."""
    line = f'{login} ALL=(root) NOPASSWD: {PROGRAM} ""\n'
    files.is_folder("/etc/sudoers.d") or files.folder("/etc/sudoers.d", 0o750)
    candidate = STATE + "/sudoers"
    files.install(candidate, line.encode(), 0o440)
    try:
        tool(["visudo", "-cf", candidate])
        if files.load(SUDOERS) != line.encode():
            files.install(SUDOERS, line.encode(), 0o440)
    finally:
        files.remove(candidate)
    return f"{SUDOERS}: {line.strip()}"


def make_key():
    """The host's key, a certificate that it signed itself until AxiomDB's comes, and the request for that one."""
    files.folder(os.path.dirname(TLS), 0o755)
    files.folder(TLS, 0o750, (0, user().pw_gid))
    subject = ["-subj", "/CN=" + re.sub(r"[^A-Za-z0-9.-]", "-", socket.gethostname())[:60]]
    if files.load(KEY) is None:
        files.install(KEY, tool(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]), 0o640, (0, user().pw_gid))
    if files.load(REQUEST) is None:
        files.install(REQUEST, tool(["openssl", "req", "-new", "-key", KEY, *subject]), 0o644)
    if files.load(CERTIFICATE) is None:
        files.install(CERTIFICATE, tool(["openssl", "req", "-x509", "-key", KEY, "-days", "90", *subject]), 0o644)


def install_timer():
    """What runs by itself is this program from now on, not the one before."""
    if not files.has_systemd():
        stop_loop()
        start_loop()
        return "no systemd here: `axm-host loop` runs now; see to it that it starts at boot"
    files.install(UNITS + "/axm-host-tick.service", SERVICE.encode(), 0o644)
    files.install(UNITS + "/axm-host-tick.timer", TIMER.encode(), 0o644)
    tool(["systemctl", "daemon-reload"])
    tool(["systemctl", "enable", "--now", "axm-host-tick.timer"])
    tool(["systemctl", "restart", "--no-block", "axm-host-tick.service"])  # also in place of one that runs, or waits for us
    return f"axm-host-tick.timer: every {TICK_SECONDS} s"
