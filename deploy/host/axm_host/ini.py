"""Reads pgbouncer.ini as PgBouncer does: sections, key = value, %include. Pure but for the included files."""
from __future__ import annotations

from typing import NamedTuple

from axm_host import files

DEEPEST = 10


class Ini(NamedTuple):
    databases: dict   # name -> connection string
    settings: dict    # of [pgbouncer], the later ones win
    last_section: str  # where lines at the end of the file would go


def parse(data, skip_folder=None):
    """`skip_folder`: includes from there are ours and left out."""
    databases, settings = {}, {}
    section = _into(data, "", databases, settings, skip_folder, 0)
    return Ini(databases, settings, section)


def _into(data, section, databases, settings, skip_folder, depth):
    for raw in data.decode("utf-8", "replace").split("\n"):
        line = raw.strip()
        if not line or line[0] in ";#":
            continue
        if line.startswith("%include"):
            path = line[len("%include"):].strip()
            if not (skip_folder and path.startswith(skip_folder + "/")) and depth < DEEPEST:
                section = _into(files.load(path) or b"", section, databases, settings, skip_folder, depth + 1)
        elif line.startswith("["):
            section = line.strip("[]").strip()
        elif "=" in line:
            key, value = (part.strip() for part in line.split("=", 1))
            if section == "databases":
                databases[key] = value
            elif section == "pgbouncer":
                settings[key] = value
    return section
