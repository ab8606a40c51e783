"""What may be reached from where: the value that requests, documents and readings of the host are compared as. Pure."""
from __future__ import annotations

import functools
import ipaddress
import re
from typing import NamedTuple

from axm_host.basics import TIME, moment

UNKNOWN = "unknown"  # an end that stands somewhere and can't be read: what has it stays open


class Grant(NamedTuple):
    """What an entry gives: to which roles, and until when (a text as in the protocol, None for no end, or UNKNOWN)."""
    until: object
    roles: tuple


class Access(NamedTuple):
    branches: dict   # database -> sorted tuple of roles
    pooled: frozenset  # the databases among them that the pooler serves
    entries: dict    # (port, database, cidr) -> Grant; port is "runtime" or "direct"
    openings: dict   # (port number, cidr) -> until
    whose: dict = {}  # database -> the organization that it belongs to


@functools.lru_cache(maxsize=None)
def network(cidr):
    """The parsed network; the same few texts come again and again. ValueError when it is none."""
    return ipaddress.ip_network(cidr)


NOTHING = Access({}, frozenset(), {}, {})


def later(one, other):
    if one is None or other is None:
        return None
    return UNKNOWN if UNKNOWN in (one, other) else max(one, other, key=moment)


def end_text(until):
    """An end as it stands beside each opening on the host: who has lost the document still reads it there."""
    return f"until {until or 'never'}"


def read_end(text):
    """The inverse; UNKNOWN for anything else."""
    match = re.fullmatch(rf"until (never|{TIME})", text or "")
    try:
        return UNKNOWN if match is None else None if match.group(1) == "never" else _readable(match.group(1))
    except ValueError:
        return UNKNOWN


def _readable(until):
    moment(until)
    return until


def _joined(one, other, join):
    both = dict(one)
    for key, value in other.items():
        both[key] = join(both[key], value) if key in both else value
    return both


def _both_roles(one, other):
    return tuple(sorted({*one, *other}))


def _both_grants(one, other):
    return Grant(later(one.until, other.until), _both_roles(one.roles, other.roles))


def union(one, other):
    """Everything that either allows, and no more: each entry keeps its own roles, the closing reject holds for the roles of both."""
    return Access(_joined(one.branches, other.branches, _both_roles), one.pooled | other.pooled,
                  _joined(one.entries, other.entries, _both_grants), _joined(one.openings, other.openings, later), {**one.whose, **other.whose})


def within(wanted, there):
    """What is wanted and really there. Branches stay as wanted: their lines take access away."""
    return wanted._replace(entries={key: until for key, until in wanted.entries.items() if key in there.entries},
                           openings={key: until for key, until in wanted.openings.items() if key in there.openings})


def split_expired(access, when):
    """Returns (what still holds, the entries that are over, the openings that are over)."""
    over = lambda until: until not in (None, UNKNOWN) and moment(until) <= when
    entries = {key: grant for key, grant in access.entries.items() if over(grant.until)}
    openings = {key: until for key, until in access.openings.items() if over(until)}
    holds = access._replace(entries={k: v for k, v in access.entries.items() if k not in entries},
                            openings={k: v for k, v in access.openings.items() if k not in openings})
    return holds, entries, openings


def with_ends(access):
    """As the protocol tells it, which has no word for an end that is not known: `unfit` says so."""
    known = lambda until: None if until == UNKNOWN else until
    return access._replace(entries={key: grant._replace(until=known(grant.until)) for key, grant in access.entries.items()},
                           openings={key: known(until) for key, until in access.openings.items()})


def to_json(access):
    return {
        "branches": [{"database": database, "roles": list(roles)} for database, roles in sorted(access.branches.items())],
        "entries": [{"port": port, "database": database, "cidr": cidr, "until": grant.until}
                    for (port, database, cidr), grant in sorted(access.entries.items())],
        "openings": [{"port": port, "cidr": cidr, "until": until} for (port, cidr), until in sorted(access.openings.items())]}


def from_json(document, pooled, organization):
    """Of a document that was checked. `pooled` tells whether the pooler serves its databases."""
    branches = {branch["database"]: tuple(sorted(branch["roles"])) for branch in document["branches"]}
    return Access(branches, frozenset(branches) if pooled else frozenset(),
                  {(e["port"], e["database"], e["cidr"]): Grant(e["until"], branches[e["database"]]) for e in document["entries"]},
                  {(o["port"], o["cidr"]): o["until"] for o in document["openings"]}, dict.fromkeys(branches, organization))
