"""Paths, limits, and the one way to say no. Everything here is fixed: no path ever comes from a request."""
from __future__ import annotations

import datetime
import functools
import os

VERSION = "0.1.0"
PROTOCOL = 1

PROGRAM = "/usr/local/sbin/axm-host"
STATE = "/var/lib/axm"
LOCK = "/run/axm-host.lock"
UFW_LOCK = "/run/ufw.lock"
UFW = "/etc/ufw"
TLS = "/etc/axm/tls"
POOLER = "/etc/axm/pgbouncer"
POOLER_SOCKETS = "/run/axm-pooler"
POOLER_USER = "axm-pooler"  # of the operating system
POOLER_ROLE = "axm_pooler"  # of PostgreSQL
DEBIAN_POOLER = "/etc/pgbouncer/pgbouncer.ini"
SOCKETS = ("/var/run/postgresql", "/run/postgresql", "/tmp")
TOOL_PATH = "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"

GRACE_SECONDS = 300
LOCK_WAIT_SECONDS = 10
SKEW_SECONDS = 2
WAY_SECONDS = 30  # what a request may take through SSH, sudo and Python's start; more on a host under load
CONFIRM_SECONDS = range(5, 3601)

BEGIN = "# === AXIOMDB MANAGED BLOCK — DO NOT EDIT ===".encode()
END = b"# === END AXIOMDB MANAGED BLOCK ==="


class Refusal(Exception):
    """Why a request is not done: a stable code, what is the matter, how to mend it. Never holds a secret."""

    def __init__(self, code, what, mend, rolled_back=True):
        super().__init__(f"{code}: {what}")
        self.code, self.what, self.mend, self.rolled_back = code, what, mend, rolled_back

    def answer(self):
        return {"ok": False, "protocol": PROTOCOL, "code": self.code, "what": self.what, "mend": self.mend,
                "rolled_back": self.rolled_back}


class LinesRefused(Refusal):
    """A server cannot read lines that the helper wrote: the one failure after which a file must not stay, however little it lets in."""


def bad(what):
    """A request that breaks the protocol: the sender is wrong, not the host."""
    return Refusal("BAD_REQUEST", what, "AxiomDB and the host helper disagree; enroll the host again with the same version")


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def stamp(when):
    """A time as the protocol writes it: UTC, whole seconds, Z."""
    return when.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?Z"  # strptime alone takes 2026-1-1 and other scripts' digits


@functools.lru_cache(maxsize=None)
def moment(text):
    """The inverse of stamp(); fractions of a second are read too. ValueError on anything else."""
    form = "%Y-%m-%dT%H:%M:%S.%fZ" if "." in text else "%Y-%m-%dT%H:%M:%SZ"
    return datetime.datetime.strptime(text, form).replace(tzinfo=datetime.timezone.utc)


# Where a test may break the program. `axm-host points` prints them, so that a test can walk over every one.
PHASES = ("loosen", "tighten", "undo", "expire")
LAYERS = ("pooler", "pg_hba", "ufw")
STEPS = ("staged", "validated", "saved", "installed", "reloaded", "verified")
POINTS = tuple(
    ["change:locked", "change:epoch", "change:intent", "change:pending"]
    + [f"{phase}:{layer}:{step}" for phase in PHASES for layer in LAYERS for step in STEPS]
    + ["change:sessions", "change:ended", "change:wanted", "change:applied", "change:armed", "change:outcome",
       "confirm:journal", "confirm:done", "undo:wanted", "undo:journal", "undo:done",
       "expire:converged", "expire:journal", "expire:wanted", "expire:ended"])


def point(name):
    """A named place where a test may end the process, or make the disk full. Never under sudo: sudo drops the variable, and its own mark is there."""
    assert name in POINTS, name
    wish = os.environ.get("AXM_HOST_FAULT")
    if wish is None or os.geteuid() != 0 or "SUDO_UID" in os.environ:
        return
    kind, _, where = wish.partition(":")
    if where != name:
        return
    if kind == "kill":
        os.kill(os.getpid(), 9)
    if kind == "enospc":
        raise OSError(28, "No space left on device", name)
    if kind == "fail":
        raise Refusal("VERIFY_FAILED", f"a test broke {name}", "nothing to mend")
