"""What the helper remembers: each organization's document, the highest epochs, unconfirmed changes, the journal. Writing is under the lock."""
from __future__ import annotations

import contextlib
import fcntl
import json
import os

from axm_host import files
from axm_host.access import NOTHING, from_json, union
from axm_host.basics import LOCK, LOCK_WAIT_SECONDS, Refusal, STATE, now, stamp
from axm_host.waiting import within

JOURNAL = STATE + "/journal.jsonl"
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
    data = files.load(path)
    return None if data is None else json.loads(data)


def _names(kind):
    return sorted(name[:-5] for name in files.names(f"{STATE}/{kind}") if name.endswith(".json") and not name.startswith("."))


def ensure():
    for path in (STATE, STATE + "/wanted", STATE + "/pending"):
        files.folder(path, 0o700)
        files.sweep(path)


# Documents: {"head": the request's head, "access": ..., "grace": [{"port","database","cidr","roles","until"}]}

def documents():
    """organization -> document."""
    return {name: _read(_path("wanted", name)) for name in _names("wanted")}


def write_document(organization, document):
    if document is None:
        files.remove(_path("wanted", organization))
    else:
        _write(_path("wanted", organization), document)


def access_of(document):
    return NOTHING if document is None else from_json(document["access"], document["head"]["pooler"] is not None, document["head"]["organization"])


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
    seen = _read(path) or {}
    highest = seen.get(lease["line"], -1)
    if lease["epoch"] < highest:
        raise Refusal("STALE_EPOCH", f"epoch {lease['epoch']} is over; this host has seen {highest}",
                      "another run has taken over; plan again")
    if remember and lease["epoch"] > highest:
        seen[lease["line"]] = lease["epoch"]
        _write(path, seen)


# Changes that are under way or wait for their confirmation:
# {"change", "organization", "deadline", "applied", "head", "before": the document before or None, "after"}

def pending():
    return [_read(_path("pending", name)) for name in _names("pending")]


def read_pending(change):
    return _read(_path("pending", change))


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
    if not files.exists(path):
        return b""
    with files.opened(path, os.O_RDONLY) as handle:
        return os.pread(handle, most, max(0, os.fstat(handle).st_size - most))
