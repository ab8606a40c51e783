"""What organizations hold open whose documents can't be read: read back from the rules themselves, each of which says its own end.

A document that was put aside is written anew from them, so that everything else goes on as ever: what is over is closed, what another organization
changes takes nothing of it away. An end that stands nowhere is UNKNOWN: what has it stays open, and the host is not fit for a change until somebody says it.
"""
from __future__ import annotations

import contextlib

from axm_host import access as sets
from axm_host import files, hba, ini, request, state, ufw
from axm_host.access import Access, UNKNOWN
from axm_host.basics import Refusal, SOCKETS
from axm_host.host import Host, joined_head
from axm_host.pooler import HBA, INI
from axm_host.undo import converge_all, end_denied


def whole():
    """Under the lock, before anything is made of documents. What nobody's document or rule says is taken away when the undo of a change was lost."""
    state.ensure()
    state.put_aside()
    lost = state.lost()
    if not lost and not state.aside("pending"):
        return
    before = state.documents()
    with _host(before, lost) as host:
        found = {name: document for name, document in rebuilt(host, before, lost).items() if document != before.get(name)}
        for name, document in found.items():
            state.write_document(name, document)
        if found or state.aside("pending"):
            _tighten(host, {name: document for name, document in {**before, **found}.items() if document is not None})
        for name in found:
            if name not in before:  # whose grace it was is not known either, so it is over
                access = state.access_of(found[name])
                end_denied(host, [access], access, [])


def _tighten(host, documents):
    everything = state.union_of(documents)
    failures = host.sweep()
    failures += converge_all(reversed(host.loosening()), sets.within(everything, host.there(everything, live=False)), "expire", True)
    if failures:
        raise failures[0]


def rebuilt(host, documents, lost):
    """organization -> its document as the rules have it, or None where they have nothing."""
    known = state.union_of({name: document for name, document in documents.items() if name not in lost})
    lines = [line for _, line in host.hba.files().hba_block]
    pooled = (files.load(HBA) or b"").split(b"\n") if host.pooler else []
    openings = {key: until for key, until in host.ufw.there(live=False).openings.items() if not _is_claimed(known, key, until)}
    return {name: _one(name, host, documents, known, lines, pooled, openings) for name in lost}


def _is_claimed(known, key, until):
    return key in known.openings and sets.later(known.openings[key], until) == known.openings[key]


def _one(name, host, documents, known, lines, pooled, openings):
    branches = _branches(name, lines, known, host.head["postgres"]["admin"])
    was = documents.get(name)
    head = _head_of(name, host, documents, branches, lines) if was is None else was["head"]
    entries = hba.read_entries(lines, branches, "direct")
    entries.update(hba.read_entries(pooled, branches, "runtime") if head["pooler"] else {})
    ports = {head[server]["port"] for server in ("postgres", "pooler") if head[server]}
    there = Access(branches, frozenset(), {key: grant for key, grant in entries.items() if request.is_cidr(key[2])},
                   {key: until for key, until in openings.items() if key[0] in ports and request.is_cidr(key[1])})
    document = {"head": head, "access": sets.to_json(there), "grace": [] if was is None else was["grace"]}
    return None if state.is_empty(document) else request.state_file("wanted", name, document)


def _head_of(name, host, documents, branches, lines):
    """As of every organization here; with the pooler, if it lets the pooler in to a branch."""
    peers = any(line.startswith(f'local "{database}" '.encode()) for database in branches for line in lines)
    head = joined_head(host.head, documents)
    return {**head, "organization": name, "pooler": head["pooler"] if peers else None}


def _branches(name, lines, known, admin):
    """Only what a request could have asked for: the file is another user's."""
    branches = {}
    for line in lines:
        match = hba.BRANCH.fullmatch(line.decode("utf-8", "replace"))
        if match and match.group(1) == name and match.group(2) not in known.branches:
            one = {match.group(2): tuple(sorted(match.group(3).split('","')))}
            with contextlib.suppress(Refusal):
                request.check_branches([{"database": database, "roles": list(roles)} for database, roles in one.items()], admin)
                branches.update(one)
    return branches


def _host(documents, lost):
    """By the head of another organization, for all have the same ports; else by what is there."""
    heads = [document["head"] for document in documents.values()]
    return Host(joined_head(heads[0] if heads else _head(lost), documents))


def _head(lost):
    settings = ini.parse(files.load(INI) or b"", 0).settings if files.exists(INI) else {}
    port = settings.get("listen_port")
    return {"organization": (lost or ["none"])[0], "postgres": {"port": _server(), "admin": "axiomdb"}, "pooler": {"port": int(port)} if port else None,
            "firewall": "ufw" if ufw.is_enabled() else "none", "ssh_port": 22}


def _server():
    """The port of the server whose pg_hba.conf has our block; else the usual one."""
    ports = [int(name.rpartition(".")[2]) for folder in SOCKETS for name in files.names(folder) if name.startswith(".s.PGSQL.") and name[9:].isdigit()]
    for port in sorted(set(ports)):
        with contextlib.suppress(Refusal), Host({"postgres": {"port": port}, "pooler": None, "firewall": "none"}) as host:
            if host.hba.files().hba_block:
                return port
    return 5432


def unfit(organization, wanted):
    """Why this host can't be changed: an end stands nowhere, or nobody knows what a change would do."""
    return _unknown_ends(wanted) + _unknown_files(organization)


def _unknown_ends(access):
    reasons = [Refusal("END_UNKNOWN", f"{port} access to {database} from {cidr} is open, and until when is not known: its document can't be read, and its line does not say it",
                       f"end that line in {HBA if port == 'runtime' else 'the managed block of pg_hba.conf'} with `# axm: until 2026-12-01T00:00:00Z` or "
                       "`# axm: until never`, or delete it; the next tick reads it")
               for (port, database, cidr), grant in sorted(access.entries.items()) if grant.until == UNKNOWN]
    return reasons + [
        Refusal("END_UNKNOWN", f"port {port} is open to {cidr}, and until when is not known: its document can't be read, and the comment of its rule does not say it",
                f"ufw allow proto tcp from {cidr} to any port {port} comment 'axm until 2026-12-01T00:00:00Z' (or 'axm until never'), or "
                f"ufw delete allow proto tcp from {cidr} to any port {port}; the next tick reads it")
        for (port, cidr), until in sorted(access.openings.items()) if until == UNKNOWN]


def _unknown_files(organization):
    """A document is none of them: it was read back."""
    reasons = []
    for path in [*state.aside(), *state.unreadable()]:
        kind = path[len(state.STATE) + 1:].partition("/")[0].partition(".json")[0]
        what = {"pending": "it held what an unconfirmed change is to be undone to; what that change opened stays open",
                "marks": "it held how far the control planes are that changed the organization here; an older one would not be noticed by it",
                "epochs": "it held which applies are over; one that was overtaken would not be noticed by it"}.get(kind)
        if what is not None and not (kind == "marks" and not path.startswith(f"{state.STATE}/marks/{organization}.json")):
            reasons.append(Refusal("STATE_UNREADABLE", f"{path} can't be read: {what}", _mend(path)))
    return reasons


def findings():
    """Each file that can't be read, for every look to name."""
    waiting = [{"code": "STATE_UNREADABLE", "at": path, "what": f"{why}; what it held open is read from the rules themselves, and ends as they say",
                "mend": "the next tick puts it aside: axm-host tick"} for path, why in state.unreadable().items()]
    return waiting + [{"code": "STATE_UNREADABLE", "at": path, "what": "it could not be read and was put aside; what it held open is read from the rules themselves, and ends as they say",
                       "mend": _mend(path)} for path in state.aside()]


def _mend(path):
    return f"look at what is let in (axm plan); if that is right: rm {path}" if state.ASIDE in path else "axm-host tick puts it aside; then look again"
