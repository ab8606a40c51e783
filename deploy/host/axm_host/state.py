"""What the helper remembers: each organization's document, the highest epochs, unconfirmed changes, the journal. Writing is under the lock.

A file that can't be read is as if it were not there, for every other one to go on; put_aside() gives it another name, and every look names it.
"""
from __future__ import annotations

import contextlib
import fcntl
import json
import functools
import os
import secrets
import stat

from axm_host import files, request
from axm_host.access import NOTHING, UNKNOWN, from_json, union
from axm_host.basics import LOCK, LOCK_WAIT_SECONDS, Refusal, STATE, now, stamp
from axm_host.waiting import within

JOURNAL = STATE + "/journal.jsonl"
MARKS_LOCK = LOCK + ".marks"
ROLES = STATE + "/roles.json"
ASIDE = ".unreadable-"
JOURNAL_BYTES = 4 * 1024 * 1024
TAIL_BYTES = 256 * 1024


@contextlib.contextmanager
def locked(seconds=LOCK_WAIT_SECONDS, path=LOCK):
    """The one lock of this host, or that of the marks. Refusal LOCKED when another holds it longer than `seconds`."""
    with files.opened(path, os.O_RDWR | os.O_CREAT) as handle:
        if not within(seconds, lambda: _taken(handle)):
            raise Refusal("LOCKED", f"another change of this host has been running for {seconds} s or more", "try again in a moment")
        yield


def _taken(handle):
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False


def _path(kind, name):
    return f"{STATE}/{kind}/{name}.json"


def _write(path, document):
    files.install(path, (json.dumps(document, sort_keys=True) + "\n").encode())


def _read(path):
    """What stands in a file of ours, None where there is none. Refusal STATE_UNREADABLE for one that holds anything else than the helper writes."""
    try:
        data = files.load(path)
        return None if data is None else _checked(path, data)
    except (Refusal, ValueError, RecursionError) as broken:
        why = broken.what if isinstance(broken, Refusal) else f"it is not JSON: {broken}"
        raise Refusal("STATE_UNREADABLE", f"{path} can't be read: {why}"[:500], "the next tick puts it aside, and says so") from broken


@functools.lru_cache(maxsize=64)
def _checked(path, data):
    """Shared between its callers, who change nothing in it."""
    kind, _, name = path[len(STATE) + 1:-len(".json")].rpartition("/")
    return request.state_file(kind or name, name, json.loads(data.decode("utf-8")))


def _names(kind):
    return sorted(name[:-5] for name in files.names(f"{STATE}/{kind}") if name.endswith(".json") and not name.startswith("."))


def _readable(kind):
    """name -> what stands in each file of this kind that can be read."""
    found = {}
    for name in _names(kind):
        with contextlib.suppress(Refusal):
            found[name] = _read(_path(kind, name))
    return {name: document for name, document in found.items() if document is not None}


def ensure():
    for path in (STATE, STATE + "/wanted", STATE + "/pending"):
        files.folder(path, 0o700)
        files.sweep(path)


# What can't be read

def unreadable():
    """path -> why, of the files that stand in their places and can't be read."""
    found = {}
    for path in [STATE + "/epochs.json", CLOCK, ROLES, *(_path(kind, name) for kind in ("wanted", "pending", "marks") for name in _names(kind))]:
        try:
            _read(path)
        except Refusal as why:
            found[path] = why.what
    return {**found, JOURNAL: f"{JOURNAL} is not a regular file"} if files.exists(JOURNAL) and not _is_regular(JOURNAL) else found


def _is_regular(path):
    there = files.look_at(path)
    return there is not None and stat.S_ISREG(there.mode)


def put_aside():
    """Under the lock. What does not let itself be renamed stays where it is, and is named all the same."""
    for path in [path for path in unreadable() if "/marks/" not in path]:
        _put_aside(path)
    if any("/marks/" in path for path in unreadable()):
        with locked(path=MARKS_LOCK):
            for path in [path for path in unreadable() if "/marks/" in path]:
                _put_aside(path)


def _put_aside(path):
    name = os.path.basename(path) + ASIDE + secrets.token_hex(4)
    with contextlib.suppress(Refusal):
        files.rename(path, name)
        journal("put_aside", None, file=os.path.join(os.path.dirname(path), name))


def aside(kind=None):
    """The files that were put aside, of this kind or of all."""
    folders = [STATE, *(f"{STATE}/{each}" for each in ("wanted", "pending", "marks"))] if kind is None else [f"{STATE}/{kind}"]
    return [f"{folder}/{name}" for folder in folders for name in files.names(folder) if ASIDE in name]


def lost():
    """The organizations whose document can't be read, and of which no later one says all that it held."""
    known = documents()
    ours = [path for path in [*aside("wanted"), *unreadable()] if "/wanted/" in path]
    names = {os.path.basename(path).split(".json", 1)[0] for path in ours}
    return sorted(name for name in names if request.ORGANIZATION.fullmatch(name) and (name not in known or is_unsure(known[name])))


# Documents: {"head": the request's head, "access": ..., "grace": [{"port","database","cidr","roles","until"}]}

def documents():
    """organization -> document."""
    return _readable("wanted")


def write_document(organization, document):
    if document is None:
        files.remove(_path("wanted", organization))
    else:
        _write(_path("wanted", organization), document)


def access_of(document):
    return NOTHING if document is None else from_json(document["access"], document["head"]["pooler"] is not None, document["head"]["organization"])


def is_unsure(document):
    """Whether the end of something that an organization holds open is not known."""
    return any(part["until"] == UNKNOWN for part in document["access"]["entries"] + document["access"]["openings"])


def is_empty(document):
    """Whether an organization wants nothing of this host: no branch, no opening, and no session of it may go on."""
    return document is None or not (document["access"]["branches"] or document["access"]["openings"] or document["grace"])


def union_of(all_documents, except_for=None):
    whole = NOTHING
    for organization, document in all_documents.items():
        if organization != except_for:
            whole = union(whole, access_of(document))
    return whole


# Epochs

def check_epoch(lease, remember=True):
    """Refuses a lease that a later one has overtaken; remembers a later one, which takes the lock."""
    path = STATE + "/epochs.json"
    seen = dict(_read(path) or {})
    highest = seen.get(lease["line"], -1)
    if lease["epoch"] < highest:
        raise Refusal("STALE_EPOCH", f"epoch {lease['epoch']} is over; this host has seen {highest}",
                      "another run has taken over; plan again")
    if remember and lease["epoch"] > highest:
        seen[lease["line"]] = lease["epoch"]
        _write(path, seen)


# The clock: {"boot": the id of the host's start, "since_boot": seconds, "moment": that had come then}

CLOCK = STATE + "/clock.json"


def read_clock():
    try:
        return _read(CLOCK)
    except Refusal:  # put aside by the next tick, and named
        return None


def write_clock(clock):
    _write(CLOCK, clock)


# The lookup role of each PostgreSQL cluster that has one of AxiomDB's: system identifier -> OID

def lookup_roles():
    return _read(ROLES) or {}


def record_lookup_role(system, oid):
    """Durable when this returns. A file that can't be read is replaced: what it said is not believed any more."""
    try:
        known = lookup_roles()
    except Refusal:
        known = {}
    _write(ROLES, {**known, system: oid})


# Changes that are under way or wait for their confirmation:
# {"change", "organization", "deadline", "applied", "head", "before": the document before or None, "after"}

def pending():
    return list(_readable("pending").values())


def read_pending(change):
    return _read(_path("pending", change))


def is_pending(change):
    return files.exists(_path("pending", change))


def write_pending(entry):
    _write(_path("pending", entry["change"]), entry)


def forget_pending(change):
    files.remove(_path("pending", change))


# Marks: control plane -> {"apply", "sequence", "head", "since"}, of those that changed an organization here

def ensure_marks():
    for path in (STATE, STATE + "/marks"):
        files.folder(path, 0o700)


def marks_of(organization):
    return _read(_path("marks", organization)) or {}


def write_marks(organization, marks):
    _write(_path("marks", organization), marks)


# Journal

def journal(event, organization, **more):
    """One line, durable when this returns."""
    line = json.dumps({"at": stamp(now()), "event": event, "organization": organization, **more}, sort_keys=True) + "\n"
    with files.opened(JOURNAL, os.O_RDWR | os.O_APPEND | os.O_CREAT) as handle:
        size = os.fstat(handle).st_size
        if size > JOURNAL_BYTES:
            files.rename(JOURNAL, os.path.basename(JOURNAL) + ".1")
            return journal(event, organization, **more)
        if size and os.pread(handle, 1, size - 1) != b"\n":  # a run was killed, or the disk was full, in the middle of a line
            line = "\n" + line
        rest = line.encode()
        while rest:
            rest = rest[os.write(handle, rest):]
        os.fsync(handle)


def journal_of(organization, events, most=1000):
    """The newest lines of these events, oldest first: the organization's, and the host's own."""
    newest = _tail(JOURNAL, TAIL_BYTES)
    older = _tail(JOURNAL + ".1", TAIL_BYTES - len(newest)) if len(newest) < TAIL_BYTES else b""
    found = []
    for line in [*older.split(b"\n"), *newest.split(b"\n")]:
        try:
            entry = json.loads(line)
        except ValueError:  # the first line may be cut, the last one half written
            continue
        if isinstance(entry, dict) and entry.get("organization", "") in (organization, None) and entry["event"] in events:
            del entry["organization"]
            found.append(entry)
    return found[-most:]


def _tail(path, most):
    if not _is_regular(path):
        return b""
    with files.opened(path, os.O_RDONLY) as handle:
        return os.pread(handle, most, max(0, os.fstat(handle).st_size - most))
