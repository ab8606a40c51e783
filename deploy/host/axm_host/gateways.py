"""Who on this host could pass others' connections on to PostgreSQL with more rights than those have: poolers, by whatever name.

What counts is the process: the OS user it runs as, whom PostgreSQL's lines for the socket let in, that it listens, and what its program read when it
started. What it serves is believed of PgBouncer alone, and only as long as its files are those that it has read. All files of all of them are read
within one budget: whoever starts programs of such names makes nothing but itself unknown.
"""
from __future__ import annotations

import os
import re
import stat
import weakref
from typing import Any, Dict, FrozenSet, Iterable, List, NamedTuple, Optional, Sequence, Tuple

from axm_host import files, ini
from axm_host.account import account
from axm_host.basics import POOLER, Refusal
from axm_host.postgres import user
from axm_host.processes import Process, began, folder_of, listens, ports_of, process, processes, shares, shares_root, words_of
from axm_host.view import aside, for_others, name_of
from axm_host.wire import SqlError, Wire

POOLERS = re.compile(r"(pgbouncer|odyssey|pgcat|pgpool|pgpool2|pgagroal|pgdog|pg_doorman|supavisor|socat|haproxy)([-.0-9].*)?")
# What listens as a user who has logged in, and PostgreSQL itself: only where root alone could have put the program there.
HARMLESS = ("postgres", "postmaster", "sshd", "sshd-session", "sshd-auth", "systemd", "dbus-daemon", "dbus-broker-launch", "dbus-broker")
THROW_AWAY = "/run/axm-prove-"
INI = POOLER + "/pgbouncer.ini"
MOST_EXAMINED, MOST_TOLD = 20, 100
MOST_TRIES = 10
UNREAD, CHANGED, UNKNOWN = "its databases can't be read", "its files were changed after it started", "what it serves is not known"


class Gateway(NamedTuple):
    """A program that could pass connections on. `mighty` is a superuser, or a role of ours, as which PostgreSQL lets its OS user in, or a superuser that its
    file names. `databases` is None where they are not known, and then `why` says why."""
    process: Process
    mighty: Optional[str]
    databases: Optional[List[str]]
    why: str = ""

    def is_named(self) -> bool:
        return is_pooler(os.path.basename(self.process.program))


def is_pooler(program: str) -> bool:
    """Whether it passes connections on by trade, by its name."""
    return POOLERS.fullmatch(program) is not None


class Served(NamedTuple):
    """What PostgreSQL says of itself: its superusers, our roles with a database of each, and the lines of its two files."""
    supers: FrozenSet[str]
    ours: Dict[str, str]
    hba_rows: List[dict]
    idents: List[Tuple[str, str, str]]  # map, OS user, role

    def key(self) -> Tuple[FrozenSet[str], FrozenSet[str]]:
        return self.supers, frozenset(self.ours)


_found: Any = weakref.WeakKeyDictionary()


def gateways(postgres: Any, served: Served) -> List[Gateway]:
    """All of this host that are not ours. Once for each session with the server, for a try that fails is logged there."""
    known = _found.setdefault(postgres, {})
    if served.key() not in known:
        known[served.key()] = _gateways(postgres, served)
    return known[served.key()]


def told(other: Process) -> str:
    ports = ", ".join(str(port) for port in ports_of(other.pid)) or "none"
    return f"{os.path.basename(other.program)} (process {other.pid}, OS user {name_of(other.uids[1])}, ports {ports})"


def is_ours(other: Process, words: Sequence[str]) -> bool:
    """Our pooler, a throw-away of the helper's, or the helper looking with that user's eyes. Words are never shown: they may hold passwords."""
    name, last = os.path.basename(other.program), words[-1] if words else ""
    if name == "pgbouncer":
        return last == INI or last.startswith(THROW_AWAY)
    return name.startswith("python") and any("axm-host" in os.path.basename(word) for word in words[:4])


def refused(postgres: Any, uid: int, role: str, database: str = "postgres") -> Optional[Exception]:
    """Why PostgreSQL's socket does not let that OS user in as the role; None when it does."""
    try:
        Wire(f"{postgres.folder}/.s.PGSQL.{postgres.port}", uid, {"user": role, "database": database, "application_name": "axm-host"}, listener=user().pw_uid).close()
        return None
    except (OSError, SqlError, Refusal) as why:
        return why


# Whom PostgreSQL lets in

ANYONE, NAMESAKE = "anyone", "namesake"


class Line(NamedTuple):
    """A line for the socket that lets somebody in without a password: whom as which roles."""
    roles: FrozenSet[str]
    way: Any  # ANYONE, NAMESAKE, or the lines (OS user, role) of its map


def open_lines(roles: Iterable[str], hba_rows: Sequence[dict], idents: Sequence[Tuple[str, str, str]]) -> List[Line]:
    """Pure: those that can decide for one of the roles. The first line that is for a role and its database does."""
    left, found = set(roles), []
    maps: Dict[str, List[Tuple[str, str]]] = {}
    for name, who, role in idents:
        maps.setdefault(name, []).append((who, role))
    for row in sorted(hba_rows, key=lambda row: row.get("rule_number") or row["line_number"]):
        if row["error"] or row["type"] != "local":
            continue
        names = row["user_name"] or []
        certain = set(left) if "all" in names else left & set(names)
        possible = left if any(name[:1] in ("+", "/") for name in names) else certain  # members of a role, and patterns, are the server's to know
        way = _way(row, maps)
        if possible and way:
            found.append(Line(frozenset(possible), way))
        if "all" in (row["database"] or []):
            left -= certain
    return found


def _way(row: dict, maps: Dict[str, List[Tuple[str, str]]]) -> Any:
    if row["auth_method"] == "trust":
        return ANYONE
    if row["auth_method"] not in ("peer", "ident"):
        return None
    of = next((option[len("map="):] for option in row["options"] or [] if option.startswith("map=")), None)
    return NAMESAKE if of is None else maps.get(of)


def likely(name: str, lines: Iterable[Line]) -> List[str]:
    """Pure: the roles as which these lines could let that OS user in; a try says whether they do."""
    found = set()
    for line in lines:
        if line.way == ANYONE:
            found |= line.roles
        elif line.way == NAMESAKE:
            found |= line.roles & {name}
        else:
            for who, role in line.way:
                if _fits(who, name):
                    found |= line.roles if role == "all" or role[:1] in ("+", "/") or "\\1" in role else line.roles & {role}
    return sorted(found, key=lambda role: (role != name, role))


def _fits(pattern: str, name: str) -> bool:
    """PostgreSQL's patterns are not quite Python's: what can't be read here may fit."""
    if not pattern.startswith("/"):
        return pattern == name
    try:
        return re.search(pattern[1:], name) is not None
    except (re.error, RecursionError):
        return True


class _Doors:
    """Who gets in, tried once for each OS user. To PostgreSQL all users without a name are alike."""

    def __init__(self, postgres: Any, served: Served):
        self.postgres, self.served = postgres, served
        self.lines = open_lines({*served.supers, *served.ours}, served.hba_rows, served.idents)
        self.known: Dict[str, Optional[str]] = {}

    def mighty(self, uid: int) -> Optional[str]:
        name = name_of(uid)
        key = name if not name.startswith("uid ") else ""
        if key not in self.known:
            self.known[key] = self._tried(uid, name)
        return self.known[key]

    def _tried(self, uid: int, name: str) -> Optional[str]:
        """A try that fails is a line in the server's log; where lines for the socket could fit more roles than are tried, that is not known to be closed."""
        chosen = likely(name, self.lines)
        chosen.sort(key=lambda role: role not in self.served.supers)
        for role in chosen[:MOST_TRIES]:
            if refused(self.postgres, uid, role, self.served.ours.get(role, "postgres")) is None:
                return role
        return chosen[MOST_TRIES] if len(chosen) > MOST_TRIES else None


# Which processes

def _gateways(postgres: Any, served: Served) -> List[Gateway]:
    """First those that are mighty: what the others cost takes nothing from them."""
    doors, budget, judged = _Doors(postgres, served), ini.Budget(), []
    everything = [(other, _mighty(other, doors)) for other in processes()]
    for wanted in (True, False):
        chosen = [one for one in everything if (one[1] is not None) == wanted]
        for other, mighty in _distinct(chosen, f"{postgres.folder}/.s.PGSQL.{postgres.port}"):
            if len(judged) < MOST_EXAMINED:
                judged.append(_judged(other, mighty, served.supers, budget))
            elif mighty is not None or len(judged) < MOST_TOLD:
                judged.append(Gateway(other, mighty, None, UNREAD))
    return [one for one in judged if process(one.process.pid) == one.process]  # else it ended while it was looked at


def _distinct(chosen: Iterable[Tuple[Process, Optional[str]]], socket: str) -> List[Tuple[Process, Optional[str]]]:
    """Of one program's many processes that share what they listen on, one is told. First those that root has installed."""
    found: Dict[Tuple, Tuple[Process, Optional[str]]] = {}
    for other, mighty in chosen:
        if _is_one(other, mighty, socket):
            key = (other.pid,) if is_pooler(os.path.basename(other.program)) else (other.program, other.uids, *ports_of(other.pid))
            found.setdefault(key, (other, mighty))
    return sorted(found.values(), key=lambda one: (not _is_roots(one[0].program), one[0].pid))


def _mighty(other: Process, doors: _Doors) -> Optional[str]:
    """Root may become anyone, and is believed; of a pooler that runs as root it matters all the same what PostgreSQL lets it do."""
    known = account()
    uids = dict.fromkeys((other.uids[1], *other.uids)) if not is_pooler(os.path.basename(other.program)) else (other.uids[1],)
    for uid in uids:
        if (uid != 0 or uids == (0,)) and not (known is not None and uid == known.pw_uid):
            mighty = doors.mighty(uid)
            if mighty is not None:
                return mighty
    return None


def _is_one(other: Process, mighty: Optional[str], socket: str) -> bool:
    name = os.path.basename(other.program)
    if not is_pooler(name) and (mighty is None or name in HARMLESS and _is_roots(other.program) and shares_root(other.pid) or not listens(other.pid)):
        return False
    known = account()
    ours = known is not None and other.uids[1] == known.pw_uid  # who else runs as that user is told by itself
    return shares(other.pid, socket) and not ours


def _is_roots(program: str) -> bool:
    """Whether root alone could have put it there. An update may have taken it away since."""
    try:
        return aside(_put_there_by_root, program)
    except (OSError, Refusal):
        return False


@for_others
def _put_there_by_root(program: str) -> Tuple[bool, List[int]]:
    if files.keeper(program) != 0:
        return False, []
    here = files.look_at(program)
    return here is None or here.uid == 0 and not here.mode & (stat.S_IWGRP | stat.S_IWOTH), []


# What they serve

def _judged(other: Process, mighty: Optional[str], supers: Iterable[str], budget: ini.Budget) -> Gateway:
    if os.path.basename(other.program) != "pgbouncer":
        return Gateway(other, mighty, None, UNKNOWN)
    entries, why = _entries(other, budget)
    named = sorted(set(supers) & set(values(entries or {}, "user")))
    return Gateway(other, named[0] if named else mighty, None if entries is None or why else databases_in(entries), why)


def _entries(other: Process, budget: ini.Budget) -> Tuple[Optional[Dict[str, str]], str]:
    """(what PgBouncer's own file names, read by its own user, or None; why that is not what it serves, or nothing)."""
    words = words_of(other)
    try:
        if not words or not shares_root(other.pid) or not _is_roots(other.program):
            return None, UNREAD  # a container's files are not ours to read, and another program may call itself so
        reading = budget.of(other.uids[1])
        data = reading.load(os.path.join(folder_of(other.pid), words[-1]))
        entries = ini.parse(data, reading.reader, reading).databases
        return entries, CHANGED if reading.changed > began(other) else ""
    except (OSError, Refusal):
        return None, UNREAD


def databases_in(entries: Dict[str, str]) -> List[str]:
    """Pure: the names that clients use, and those of the databases behind them."""
    return sorted({*(entry.strip('"') for entry in entries), *values(entries, "dbname")})


def values(entries: Dict[str, str], key: str) -> List[str]:
    return [value for target in entries.values() for value in re.findall(rf"\b{key}\s*=\s*'?([^'\s]+)", target)]
