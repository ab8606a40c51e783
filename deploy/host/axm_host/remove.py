"""Takes everything of ours away again, and loosens nothing: where branches are still there, their reject lines stay."""
from __future__ import annotations

from axm_host import block, files, state
from axm_host.basics import POOLER_ROLE, PROGRAM, STATE, TLS
from axm_host.host import Host, joined_head
from axm_host.install import SUDOERS, UNITS, tool
from axm_host.pooler import DEBIAN, OWN
from axm_host.timers import FAILED, stop_loop


def remove():
    """Returns what was done and what stays, as lines."""
    done = []
    with state.locked():
        state.ensure()
        documents = state.documents()
        for document in list(documents.values())[:1]:
            with Host(joined_head(document["head"], documents)) as host:
                done += _close(host, state.union_of(documents))
        for path in (SUDOERS, PROGRAM):
            files.remove(path)
        done.append(_timers())
        files.remove(FAILED)
        for name in files.names(STATE):  # the folder itself may be a mount, and empty it harms nobody
            files.remove_folder(f"{STATE}/{name}")
    return done + ["stays: " + TLS + " (PostgreSQL may use the key), and the role " + POOLER_ROLE]


def _close(host, everything):
    """No entry, no opening, no pooled database; the rejects stay."""
    done = []
    if host.pooler:
        _give_back(host.pooler)
        done.append(f"{host.pooler.place.path}: without AxiomDB's databases and settings")
    closed = everything._replace(entries={}, openings={}, pooled=frozenset())
    host.ufw.converge(closed, "tighten")
    host.ufw.settle()
    host.hba.converge(closed, "tighten")
    host.hba.settle()
    if everything.branches:
        done.append("stays: the managed block of pg_hba.conf, which rejects the branches' roles; delete it when lines below it may let them in")
    return done + ["pg_hba.conf, pg_ident.conf, ufw: without AxiomDB's access"]


def _give_back(pooler):
    """The instance as it was before us: Debian's reads its own settings again, our own stops."""
    if pooler.place == OWN:
        pooler._stop()
        if files.has_systemd():
            tool(["systemctl", "disable", OWN.unit])
            files.remove(f"{UNITS}/{OWN.unit}.service")
        files.remove_folder(OWN.folder)
        return
    outside, inside, _ = block.read(files.load(DEBIAN.path))
    if inside:
        running = pooler.console() is not None
        if running:
            pooler._stop()
        files.install(DEBIAN.path, outside)
        files.remove_folder(DEBIAN.folder)
        if running and files.has_systemd():
            tool(["systemctl", "start", DEBIAN.unit])


def _timers():
    if not files.has_systemd():
        stop_loop()
        return "axm-host loop: stopped"
    tool(["systemctl", "disable", "--now", "axm-host-tick.timer"])
    for name in ("axm-host-tick.timer", "axm-host-tick.service"):
        files.remove(f"{UNITS}/{name}")
    tool(["systemctl", "daemon-reload"])
    return "axm-host-tick.timer: removed"
