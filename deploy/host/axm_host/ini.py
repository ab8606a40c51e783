"""Reads pgbouncer.ini as PgBouncer does: sections, key = value, %include. Pure but for the included files."""
from __future__ import annotations

from typing import NamedTuple

from axm_host import files
from axm_host.basics import Refusal

DEEPEST = 10  # PgBouncer's own limit
MOST_FILES = 1000


class Ini(NamedTuple):
    databases: dict   # name -> connection string
    settings: dict    # of [pgbouncer], the later ones win


def parse(data, reader):
    """`reader`: with whose eyes included files are read."""
    databases, settings = {}, {}
    _into(data, "", databases, settings, 0, iter(range(MOST_FILES)), reader)
    return Ini(databases, settings)


def _into(data, section, databases, settings, depth, left, reader):
    for raw in data.decode("utf-8", "replace").split("\n"):
        line = raw.strip()
        if not line or line[0] in ";#":
            continue
        if line.startswith("%include"):
            path = line[len("%include"):].strip()
            section = _into(_included(path, depth, left, reader), section, databases, settings, depth + 1, left, reader)
        elif line.startswith("["):
            section = line.strip("[]").strip()
        elif "=" in line:
            key, value = (part.strip() for part in line.split("=", 1))
            if section == "databases":
                databases[key] = value
            elif section == "pgbouncer":
                settings[key] = value
    return section


def _included(path, depth, left, reader):
    """The bytes of an included file. A file that includes itself a few times would otherwise be read for years."""
    if depth >= DEEPEST or next(left, None) is None:
        raise Refusal("POOLER_DOWN", f"{path[:200]} is included more than {DEEPEST} levels deep, or more than {MOST_FILES} files are included",
                      "PgBouncer itself does not start with files that include each other without end; correct them")
    if "\0" in path or not path.startswith("/"):
        raise Refusal("POOLER_DOWN", f"%include names no file from the root on: {path[:200]!r}", "correct the line")
    return files.load(path, reader=reader) or b""  # whoever wrote the line gets no more than PgBouncer's own user
