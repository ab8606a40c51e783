"""What the host does by itself every 15 seconds: undo what nobody confirmed, take away what has expired, end the sessions whose grace is over."""
from __future__ import annotations

import re

from axm_host import clocks, files, recover, state
from axm_host.basics import Refusal
from axm_host.expiry import end_grace, end_late, expire
from axm_host.pooler import INI, Pooler, installed
from axm_host.timers import failing, tick_failed, ticked
from axm_host.undo import as_refusal, is_overdue, undo


def tick():
    """Raises the last error of an organization whose part failed; the others' are done. `look` tells it until a tick succeeds."""
    with state.locked():
        try:
            _all_parts()
        except Exception as broken:
            _tell(broken)
            raise
        ticked()


def _all_parts():
    failure = _error_of(recover.whole)
    failure = _resolve() or failure
    for organization in state.documents():
        for part in (expire, end_grace):
            failure = _error_of(part, organization) or failure
    for part in (end_late, clocks.keep, _keep_pooler):
        failure = _error_of(part) or failure
    if failure is not None:
        raise failure


def _error_of(part, *given):
    """The error, if it fails: neither an organization nor a layer keeps another's access open."""
    try:
        part(*given)
    except Exception as broken:
        return broken
    return None


def _keep_pooler():
    """It runs, and shows the certificate that is at its source."""
    if installed() and files.exists(INI):
        pooler = Pooler(None, None, None)
        try:
            pooler.renew()
            pooler.revive()
        finally:
            pooler.hang_up()


def _tell(broken):
    """Once in the journal for each failure, not with each tick; again when the journal could not be written."""
    why = as_refusal(broken)
    said = {"code": why.code, "what": re.sub("[0-9a-f]{12,}", "...", why.what), "mend": why.mend}  # a temporary name is another each time
    known = failing() == {**said, "journaled": True}
    tick_failed({**said, "journaled": known})
    if not known:
        state.journal("tick_failed", None, code=said["code"], what=said["what"])
        tick_failed({**said, "journaled": True})


def _resolve():
    """The last error. A change that does not let itself be undone now keeps nothing that has expired open."""
    failure = None
    for entry in state.pending():
        if not entry["applied"] or is_overdue(entry):
            try:
                undo(entry)
            except Exception as broken:  # tried again with the next tick
                failure = broken
    return failure


def restore(change):
    """The armed timer. Does nothing when the change was confirmed or undone meanwhile; whoever calls it does so until it has not failed."""
    with state.locked():
        recover.whole()
        entry = state.read_pending(change)
        if entry is not None and entry["applied"] and not is_overdue(entry):
            raise Refusal("NOT_YET", f"change {change} may be confirmed until {entry['deadline']}", "it is tried again by itself")
        if entry is not None:
            undo(entry)
