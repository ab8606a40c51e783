"""What the host does by itself every 15 seconds: undo what nobody confirmed, take away what has expired, end the sessions whose grace is over."""
from __future__ import annotations

import datetime

from axm_host import access as sets
from axm_host import state
from axm_host.basics import GRACE_SECONDS, moment, now, point, stamp
from axm_host.change import converge_all, end_denied, joined_head, resolve, undo
from axm_host.host import Host
from axm_host.timers import ticked


def tick():
    """Raises the last error of an organization whose part failed; the others' are done."""
    failure = None
    with state.locked():
        state.ensure()
        resolve(lambda entry: not entry["applied"])
        for organization, document in state.documents().items():
            try:
                _expire(organization, document)
                _end_grace(organization, state.documents()[organization])
            except Exception as broken:  # one organization keeps no other's access open
                failure = broken
        ticked()
    if failure is not None:
        raise failure


def restore(change):
    """The armed timer. Does nothing when the change was confirmed or undone meanwhile."""
    with state.locked():
        state.ensure()
        entry = state.read_pending(change)
        if entry is not None and (moment(entry["deadline"]) <= now() or not entry["applied"]):
            undo(entry)


def _expire(organization, document):
    """Leaves out the entries whose time has passed. Their sessions go on for five minutes."""
    holds, entries, openings = sets.split_expired(state.access_of(document))
    if not entries and not openings:
        return
    documents = state.documents()
    with Host(joined_head(document["head"], documents), holds.openings) as host:
        everything = state.union_of(documents)
        narrow = sets.union(state.union_of(documents, organization), holds)
        narrow = sets.within(narrow, host.there(everything, live=False))
        failures = converge_all(reversed(host.loosening()), narrow, False)
        if failures:
            raise failures[0]
    point("tick:converged")
    _journal(organization, entries)
    point("tick:journal")
    grace = [{"port": port, "database": database, "cidr": cidr, "until": stamp(moment(until) + datetime.timedelta(seconds=GRACE_SECONDS))}
             for (port, database, cidr), until in sorted(entries.items())]
    state.write_document(organization, {**document, "access": sets.to_json(holds), "grace": document["grace"] + grace})
    point("tick:wanted")


def _journal(organization, entries):
    """Once each, also when an earlier tick died after it."""
    told = {(line["port"], line["database"], line["cidr"], line["until"]) for line in state.journal_of(organization, ("expired",))}
    for (port, database, cidr), until in sorted(entries.items()):
        if (port, database, cidr, until) not in told:
            state.journal("expired", organization, port=port, database=database, cidr=cidr, until=until)


def _end_grace(organization, document):
    """Ends the sessions that only an expired entry allowed, five minutes after it."""
    stays = [entry for entry in document["grace"] if moment(entry["until"]) > now()]
    if stays == document["grace"]:
        return
    documents = state.documents()
    with Host(joined_head(document["head"], documents)) as host:
        access = state.access_of(document)
        end_denied(host, [access], access, stays)
    point("tick:ended")
    state.write_document(organization, {**document, "grace": stays})
