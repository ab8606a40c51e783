"""Reads pgbouncer.ini as PgBouncer does: sections, key = value, %include. Pure but for the included files."""
from __future__ import annotations

import time
from typing import NamedTuple

from axm_host import files
from axm_host.basics import Refusal

DEEPEST = 10  # PgBouncer's own limit
MOST_FILES = 1000
MOST_BYTES, MOST_SECONDS = 4 * 1024 * 1024, 10  # of all files that somebody else names, in one look; 10,000 databases are 1 MiB


class Ini(NamedTuple):
    databases: dict   # name -> connection string
    settings: dict    # of [pgbouncer], the later ones win


class Budget:
    """What reading files that others name may cost, of all of them together: bytes, and seconds of this program's."""

    def __init__(self, most=MOST_BYTES, seconds=MOST_SECONDS):
        self.most, self.seconds = most, seconds

    def of(self, reader):
        return Reading(self, reader)

    def take(self, path, reader):
        """The file, or None where there is none. Raises Refusal when the budget is spent."""
        if self.most <= 0 or self.seconds <= 0:
            raise Refusal("FILE_UNUSABLE", f"{path[:200]}: there is more to read than {MOST_BYTES} bytes or {MOST_SECONDS} seconds", "leave out what is not needed")
        before = time.monotonic()
        try:
            found = files.read(path, self.most, reader=reader, seconds=self.seconds)
        finally:
            self.seconds -= time.monotonic() - before
        self.most -= 0 if found is None else len(found.data)
        return found


class Reading:
    """The files of one PgBouncer, with the eyes of its user. `changed`: when one of them last was, in seconds since the epoch."""

    def __init__(self, budget, reader):
        self.budget, self.reader, self.changed = budget, reader, 0.0

    def load(self, path):
        found = self.budget.take(path, self.reader)
        if found is None:
            raise Refusal("POOLER_DOWN", f"there is no {path[:200]}", "PgBouncer itself does not start without it; put it back, or delete the line that names it")
        self.changed = max(self.changed, found.looks.changed)
        return found.data


def parse(data, reader, reading=None):
    """`reader`: with whose eyes included files are read."""
    databases, settings = {}, {}
    _into(data, "", databases, settings, 0, iter(range(MOST_FILES)), reading or Budget().of(reader))
    return Ini(databases, settings)


def _into(data, section, databases, settings, depth, left, reading):
    for raw in data.decode("utf-8", "replace").split("\n"):
        line = raw.strip()
        if not line or line[0] in ";#":
            continue
        if line.startswith("%include"):
            path = line[len("%include"):].strip()
            section = _into(_included(path, depth, left, reading), section, databases, settings, depth + 1, left, reading)
        elif line.startswith("["):
            section = line.strip("[]").strip()
        elif "=" in line:
            key, value = (part.strip() for part in line.split("=", 1))
            if section == "databases":
                databases[key] = value
            elif section == "pgbouncer":
                settings[key] = value
    return section


def _included(path, depth, left, reading):
    """The bytes of an included file. A file that includes itself a few times would otherwise be read for years."""
    if depth >= DEEPEST or next(left, None) is None:
        raise Refusal("POOLER_DOWN", f"{path[:200]} is included more than {DEEPEST} levels deep, or more than {MOST_FILES} files are included",
                      "PgBouncer itself does not start with files that include each other without end; correct them")
    if "\0" in path or not path.startswith("/"):
        raise Refusal("POOLER_DOWN", f"%include names no file from the root on: {path[:200]!r}", "correct the line")
    return reading.load(path)  # whoever wrote the line gets no more than PgBouncer's own user
