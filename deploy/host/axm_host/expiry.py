"""Access that ends by itself. An entry whose time has passed lets nobody new in; its sessions go on for five minutes."""
from __future__ import annotations

import datetime

from axm_host import access as sets
from axm_host import clocks, state
from axm_host.basics import GRACE_SECONDS, moment, point, stamp
from axm_host.host import Host, joined_head
from axm_host.undo import converge_all, end_denied


def expire(organization):
    """Leaves out the entries whose time has passed. Their sessions go on for five minutes."""
    documents = state.documents()
    document = documents.get(organization)
    holds, entries, openings = sets.split_expired(state.access_of(document), clocks.reached())
    if not entries and not openings:
        return
    with Host(joined_head(document["head"], documents), holds.openings) as host:
        failures = host.sweep()
        everything = state.union_of(documents)
        narrow = sets.union(state.union_of(documents, organization), holds)
        narrow = sets.within(narrow, host.there(everything, live=False))
        failures += converge_all(reversed(host.loosening()), narrow, "expire", True)
        if failures:
            raise failures[0]
    point("expire:converged")
    _journal(organization, entries)
    point("expire:journal")
    state.write_document(organization, {**document, "access": sets.to_json(holds), "grace": document["grace"] + _graces(entries)})
    point("expire:wanted")


def _graces(entries):
    """What lets the sessions of these expired entries go on."""
    return [{"port": port, "database": database, "cidr": cidr, "until": stamp(moment(grant.until) + datetime.timedelta(seconds=GRACE_SECONDS))}
            for (port, database, cidr), grant in sorted(entries.items())]


def _journal(organization, entries):
    """Once each, also when an earlier tick died after it."""
    told = {(line["port"], line["database"], line["cidr"], line["until"]) for line in state.journal_of(organization, ("expired",))}
    for (port, database, cidr), grant in sorted(entries.items()):
        if (port, database, cidr, grant.until) not in told:
            state.journal("expired", organization, port=port, database=database, cidr=cidr, until=grant.until)


def end_late():
    """Ends the sessions that no entry allows, of all organizations. A login that is under way when its entry goes is judged by the lines that were there
    when it began: it may take a minute for its password, and have the server wait for half an hour before its first statement."""
    documents = state.documents()
    ours = [document for document in documents.values() if document["access"]["branches"]]
    if not ours:
        return
    with Host(joined_head(ours[0]["head"], documents)) as host:
        for document in ours:
            access = state.access_of(document)
            holds, entries, _ = sets.split_expired(access, clocks.reached())
            end_denied(host, [access], holds, document["grace"] + _graces(entries))


def end_grace(organization):
    """Ends the sessions that only an expired entry allowed, five minutes after it; also of one that a layer still lets in."""
    documents = state.documents()
    document = documents[organization]
    when, access = clocks.reached(), state.access_of(document)
    holds, entries, _ = sets.split_expired(access, when)
    graces = document["grace"] + _graces(entries)
    stays = [entry for entry in graces if moment(entry["until"]) > when]
    if stays == graces:
        return
    with Host(joined_head(document["head"], documents)) as host:
        end_denied(host, [access], holds, stays)
    point("expire:ended")
    kept = [entry for entry in document["grace"] if entry in stays]
    if kept != document["grace"]:
        state.write_document(organization, {**document, "grace": kept})
