"""Reads everything and changes nothing."""
from __future__ import annotations

import os

from axm_host import access as sets
from axm_host import files, hba, lookup, neighbours, recover, state, ways
from axm_host.account import account
from axm_host.basics import PROTOCOL, Refusal, now, stamp
from axm_host.certificate import certificate_state
from axm_host.copy_tools import can_dump
from axm_host.host import Host, unfit
from axm_host.mark import marks
from axm_host.pooler import INI
from axm_host.postgres import user
from axm_host.programs import version
from axm_host.sessions import all_of, can_destroy, counted
from axm_host.timers import failing, running, tick_is_armed


def look(request):
    return _answer(request, move=False)


def doctor(request):
    """A look that also tries, with trial files, whether a change could be made. Under the lock, so that no change sweeps them away meanwhile."""
    with state.locked():
        return _answer(request, move=True)


def _answer(request, move):
    documents, lost = state.documents(), state.lost()
    organization = request["organization"]
    with Host(request, state.access_of(documents.get(organization)).openings) as host:
        found = host.hba.files()  # first: what PostgreSQL says of a file that it can't read has no owner and no mode
        documents.update(recover.rebuilt(host, documents, lost))
        wanted = state.union_of(documents)
        seen = host.postgres.look()
        server, hba_rows, ident_rows, direct, roles = seen
        there = host.there(wanted)
        access = _mine(there, documents, organization)
        clients = host.pooler.show("CLIENTS") if host.pooler else None
        ours = set(state.access_of(documents.get(organization)).branches)
        packets, deciding = ways.seen(host.ports(), there.openings)
        answer = {
            "ok": True, "protocol": PROTOCOL, "helper": version(), "now": stamp(now()), "client": _client(),
            "postgres": {**{key: server[key] for key in ("version", "hba_file", "system_identifier")}, "dumps": can_dump(server["programs"], user().pw_uid),
                         "lookup_role": lookup.number_in(server["system_identifier"])},
            "pooler": _pooler(host),
            "access": sets.to_json(sets.with_ends(access)),
            "disorder": _disorder(host, found, there, wanted, server),
            "findings": _findings(host, found, seen, wanted) + deciding + recover.findings(),
            "packets": packets,
            "unfit": [{"code": why.code, "what": why.what, "mend": why.mend} for why in [*unfit(host, wanted, seen, move), *recover.unfit(organization, wanted)]],
            "sessions": counted([session for session in all_of(direct, clients) if session.database in ours]),
            "certificate": certificate_state(request, host.pooler is not None and host.pooler.console() is not None),
            "journal": state.journal_of(organization, ("expired", "restored", "tick_failed")),
            "pending": _pending(organization),
            "marks": marks(organization)}
    return answer


def _mine(there, documents, organization):
    """What is there, but for what other organizations asked for. Each time limit comes from the document."""
    mine = state.access_of(documents.get(organization))
    others = state.union_of(documents, organization)
    return there._replace(
        branches={database: roles for database, roles in there.branches.items() if database in mine.branches},
        entries={key: mine.entries.get(key, grant) for key, grant in there.entries.items() if key[1] in mine.branches},
        openings={key: mine.openings.get(key) for key in there.openings if key in mine.openings or key not in others.openings})


def _pooler(host):
    if host.pooler is None:
        return None
    return {"version": host.pooler.version(), "ends_pooled": "client" if can_destroy() else "database"}


def _disorder(host, found, there, wanted, server):
    shown = wanted._replace(entries={key: wanted.entries.get(key, grant) for key, grant in there.entries.items()},
                            openings={key: wanted.openings.get(key, until) for key, until in there.openings.items()})
    items = hba.disorder(found, shown, server)
    if host.pooler and account() is not None and (wanted.pooled or files.exists(INI)):
        items += host.pooler.disorder(shown)
    return items + host.ufw.disorder(shown) + _no_tick()


def _no_tick():
    items = [] if tick_is_armed() else [{"layer": "timer", "at": "axm-host tick", "is": "not running",
                                         "why": "nothing takes away expired access while AxiomDB is not there"}]
    items += [{"layer": "timer", "at": what, "is": there, "why": f"it ran other code than what is installed, {version()}"} for what, there in running()]
    failed = failing()
    if failed is not None:
        items.append({"layer": "timer", "at": "axm-host tick", "is": f"failing: {failed['code']}",
                      "why": f"expired access may stay open, or an unconfirmed change: {failed['what']}; {failed['mend']}"})
    return items


def _findings(host, found, seen, wanted):
    _, hba_rows, ident_rows, _, roles = seen
    return hba.findings(found, hba_rows, wanted) + neighbours.findings(host, wanted, hba_rows, ident_rows, found, {row["name"] for row in roles if row["super"]})


def _pending(organization):
    for entry in state.pending():
        if entry["organization"] == organization:
            return {"change": entry["change"], "deadline": entry["deadline"]}
    return None


def _client():
    """The address from which AxiomDB's SSH session comes: sudo drops the variable, so it is read from the processes above. Only told, never trusted."""
    pid = os.getppid()
    while pid > 1:
        try:
            for pair in (files.load(f"/proc/{pid}/environ") or b"").split(b"\0"):
                if pair.startswith(b"SSH_CONNECTION="):
                    return pair.split(b"=", 1)[1].split(b" ")[0].decode("ascii", "replace")
            pid = int((files.load(f"/proc/{pid}/stat") or b"").rsplit(b")", 1)[1].split()[1])
        except (Refusal, ValueError, IndexError):
            return None
    return None
