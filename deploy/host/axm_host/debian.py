"""Debian's own instance of PgBouncer. It is never taken over: enrolment stops and disables it where it is as packaged and serves no one, else it is left alone."""
from __future__ import annotations

import hashlib
import os
import re
from typing import Any, Callable, List, Optional, Tuple

from axm_host import files, ini
from axm_host.basics import DEBIAN_POOLER, Refusal
from axm_host.postgres import user
from axm_host.processes import Process, processes, words_of
from axm_host.waiting import gone
from axm_host.wire import SqlError, Wire

PACKAGE = UNIT = "pgbouncer"
PORT, SOCKETS = "6432", "/var/run/postgresql"
LINKS = "/etc/rc2.d"  # of the default runlevel, where there is no systemd
STOP_SECONDS = 60
Tool = Callable[[List[str]], bytes]


def claims(port: int, tool: Tool) -> bool:
    """Whether it runs, or starts with the host, and its file names this port."""
    here = _config()
    return here is not None and here[0] == str(port) and (bool(_running()) or _enabled(tool))


def retire(port: int, tool: Tool) -> Optional[str]:
    """What was done about an instance that claims the port, as a line; None where there is none. `tool` runs a program that must succeed."""
    if not claims(port, tool):
        return None
    why = _in_use(tool)
    if why is not None:
        return f"pgbouncer.service: left alone, {why}. AxiomDB never takes it over; its own pooler needs another port: `ports: {{runtime: 6433}}` on the host"
    running = _running()
    if files.has_systemd():
        tool(["systemctl", "disable", "--now", UNIT])
    else:
        tool(["service", UNIT, "stop"])
        tool(["update-rc.d", UNIT, "disable"])
    left = [process.pid for process in running if not gone(process.pid, STOP_SECONDS)]
    if left:
        raise Refusal("POOLER_DOWN", f"Debian's pgbouncer does not end although it was stopped (process {left[0]})", "look at its log; end it by hand")
    return "pgbouncer.service: stopped and disabled; its files were as packaged and no client was connected. AxiomDB runs an instance of its own"


def _config() -> Optional[Tuple[str, str]]:
    """(port, folder of its socket) as its file says; the usual ones where that can't be read. None where there is no file."""
    try:
        data = files.load(DEBIAN_POOLER)
        settings = {} if data is None else ini.parse(data, user().pw_uid).settings
    except Refusal:
        return PORT, SOCKETS
    return None if data is None else (settings.get("listen_port", PORT), settings.get("unix_socket_dir", SOCKETS))


def _running() -> List[Process]:
    """As the user that Debian has it run as; one that runs as another keeps the port as any other program does."""
    return [process for process in processes() if os.path.basename(process.program) == "pgbouncer" and user().pw_uid in process.uids
            and words_of(process)[-1:] == (DEBIAN_POOLER,)]


def _enabled(tool: Tool) -> bool:
    if not files.has_systemd():
        return any(re.fullmatch(r"S\d\d" + UNIT, name) for name in files.names(LINKS))
    return tool(["systemctl", "show", "--property=UnitFileState", "--value", UNIT]).strip() in (b"enabled", b"enabled-runtime")


def _in_use(tool: Tool) -> Optional[str]:
    """Why it is to be left alone."""
    changed = changed_files(tool(["dpkg-query", "-W", "-f", "${Conffiles}", PACKAGE]).decode("utf-8", "replace"), _digest)
    if changed:
        return f"{changed[0]} is not as packaged"
    if files.has_systemd():
        shown = tool(["systemctl", "show", "--property=FragmentPath", "--property=DropInPaths", "--value", UNIT]).decode("utf-8", "replace").split("\n")
        foreign = [line for line in shown if line and not re.fullmatch(r"(/usr)?/lib/systemd/system/pgbouncer\.service", line)]
        if foreign:
            return f"its unit is changed by {foreign[0]}"
    return _clients() if _running() else None


def changed_files(conffiles: str, digest: Callable[[str], Optional[str]]) -> List[str]:
    """Pure but for `digest`: the package's configuration files that are not as packaged. A package that names none is none of Debian's."""
    packaged = re.findall(r"^ (\S+) ([0-9a-f]{32})", conffiles, re.MULTILINE)
    return [path for path, md5 in packaged if digest(path) != md5] or ([] if packaged else [DEBIAN_POOLER])


def _digest(path: str) -> Optional[str]:
    try:
        data = files.load(path)
    except Refusal:  # not as packaged, for that could be read
        return None
    return None if data is None else hashlib.md5(data, usedforsecurity=False).hexdigest()


def _clients() -> Optional[str]:
    port, folder = _config() or (PORT, SOCKETS)
    try:
        wire: Any = Wire(f"{folder}/.s.PGSQL.{port}", user().pw_uid, {"user": "pgbouncer", "database": "pgbouncer"})
        clients = wire.ask("SHOW CLIENTS")[0]
        wire.close()
    except (OSError, SqlError) as silent:
        return f"its console can't be asked who is connected: {silent}"
    others = len(clients) - 1  # one is ours
    return f"{others} clients are connected" if others else None
