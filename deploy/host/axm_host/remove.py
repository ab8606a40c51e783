"""Takes everything of ours away again, and loosens nothing: where branches are still there, their reject lines stay."""
from __future__ import annotations

import os

from axm_host import files, recover, state
from axm_host.basics import POOLER, POOLER_ROLE, POOLER_USER, PROGRAM, STATE, TLS
from axm_host.host import Host, joined_head
from axm_host.install import SUDOERS, UNITS
from axm_host.pooler import INI, Pooler, UNIT, UNIT_FILE, installed
from axm_host.programs import tool
from axm_host.timers import FAILED, stop_loop


def remove():
    """Returns what was done and what stays, as lines."""
    done = []
    with state.locked():
        recover.whole()
        documents = state.documents()
        done += _end_pooler()
        for document in list(documents.values())[:1]:
            with Host(joined_head(document["head"], documents)) as host:
                done += _close(host, state.union_of(documents))
        for path in (SUDOERS, PROGRAM):
            files.remove(path)
        done.append(_timers())
        files.remove(FAILED)
        for name in set(files.names(STATE)) - {os.path.basename(state.ROLES)}:  # the folder itself may be a mount
            files.remove_folder(f"{STATE}/{name}")
    return done + ["stays: " + TLS + " (PostgreSQL may use the key), the role " + POOLER_ROLE + ", " + state.ROLES + " (by which that role is known to be AxiomDB's), and the OS user "
                   + POOLER_USER]


def _close(host, everything):
    """No entry, no opening, no pooled database; the rejects stay."""
    done = []
    closed = everything._replace(entries={}, openings={}, pooled=frozenset())
    host.ufw.converge(closed, "tighten")
    host.ufw.settle()
    host.hba.converge(closed, "tighten")
    host.hba.settle()
    if everything.branches:
        done.append("stays: the managed block of pg_hba.conf, which rejects the branches' roles; delete it when lines below it may let them in")
    return done + ["pg_hba.conf, pg_ident.conf, ufw: without AxiomDB's access"]


def _end_pooler():
    if not installed() or not files.exists(INI):
        return []
    pooler = Pooler(None, None, None)
    pooler.stop()
    if files.has_systemd():
        tool(["systemctl", "disable", UNIT])
        files.remove(UNIT_FILE)
    files.remove_folder(POOLER)
    return [f"{UNIT}: stopped and removed; Debian's pgbouncer.service stays as it is"]


def _timers():
    if not files.has_systemd():
        stop_loop()
        return "axm-host loop: stopped"
    tool(["systemctl", "disable", "--now", "axm-host-tick.timer"])
    for name in ("axm-host-tick.timer", "axm-host-tick.service"):
        files.remove(f"{UNITS}/{name}")
    tool(["systemctl", "daemon-reload"])
    return "axm-host-tick.timer: removed"
