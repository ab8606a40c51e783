"""Back to what was before: for a change that nobody confirmed, and for one that a crash left half done."""
from __future__ import annotations

from axm_host import access as sets
from axm_host import clocks, files, state
from axm_host.basics import LinesRefused, Refusal, moment, point
from axm_host.host import Host, joined_head
from axm_host.sessions import denied, end


def as_refusal(broken, rolled_back=True):
    if isinstance(broken, Refusal):
        broken.rolled_back = broken.rolled_back and rolled_back
        return broken
    if isinstance(broken, OSError) and broken.errno in files.NO_ROOM:
        return Refusal("DISK", f"the host's disk: {broken.strerror} ({broken.filename})", "make room, then plan again", rolled_back)
    return Refusal("VERIFY_FAILED", f"{type(broken).__name__}: {broken}"[:500], "look at the host's journal; then plan again", rolled_back)


def end_denied(host, accesses, allowed, grace):
    """Ends the sessions of these accesses' roles that neither `allowed` nor a grace allows; returns them."""
    entries = dict(allowed.entries)
    for entry in grace:
        entries.setdefault((entry["port"], entry["database"], entry["cidr"]), sets.Grant(None, allowed.branches.get(entry["database"], ())))
    databases = {database for access in accesses for database in access.branches}
    roles = {role for access in accesses for roles in access.branches.values() for role in roles}
    over = denied(host.sessions(), allowed._replace(entries=entries), databases, roles)
    if over:
        end(over, host.postgres, host.pooler)
    return over


def resolve(due):
    """Undoes the changes that are `due`: overdue ones always, and those that a crash left half done."""
    for entry in state.pending():
        if due(entry) or is_overdue(entry):
            undo(entry)


def is_overdue(entry):
    """Whether nobody has confirmed a change in time."""
    return moment(entry["deadline"]) <= clocks.reached()


def undo(entry):
    """Back to what was before, every layer that lets itself be put back; then the error of one that does not."""
    documents = state.documents()
    organization = entry["organization"]
    before = sets.split_expired(state.access_of(entry["before"]), clocks.reached())[0]
    after = state.access_of(entry["after"])
    with Host(joined_head(_head(entry), documents), before.openings) as host:
        failures = host.sweep()
        others = state.union_of(documents, organization)
        there = host.there(sets.union(others, sets.union(before, after)), live=False)
        others = sets.within(others, there)
        narrow = sets.union(others, before)
        wide = sets.union(narrow, sets.within(after, there))
        failures += converge_all(host.loosening(), wide, "undo", False)
        failures += converge_all(reversed(host.loosening()), narrow, "undo", True)
        if failures:
            raise failures[0]
        end_denied(host, [before, after], before, (entry["before"] or {}).get("grace", ()))
    state.write_document(organization, entry["before"])
    point("undo:wanted")
    state.journal("restored", organization, change=entry["change"])
    point("undo:journal")
    state.forget_pending(entry["change"])
    point("undo:done")


def _head(entry):
    """Ports and firewall as they were before; a pooler that only the change knows has to be undone as well."""
    before = entry["before"]
    return entry["head"] if before is None else {**before["head"], "pooler": before["head"]["pooler"] or entry["head"]["pooler"]}


def converge_all(layers, access, phase, tighten):
    """The failures. When access shrinks (`tighten`), a layer that failed half-way keeps its narrower file: the former one would open again what is over."""
    failures = []
    for layer in layers:
        try:
            layer.converge(access, phase, tighten)
            layer.settle()
        except Exception as failure:  # one layer that cannot be changed keeps no other open
            failures.append(failure)
            try:
                if tighten and not isinstance(failure, LinesRefused):
                    layer.settle()
                else:
                    layer.put_back()
            except Exception as worse:
                failures.append(worse)
    return failures
