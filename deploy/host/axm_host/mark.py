"""How far the control planes are that changed an organization here: who can rewrite a control plane can't rewrite its hosts."""
from __future__ import annotations

from axm_host import state
from axm_host.basics import PROTOCOL, Refusal, now, stamp
from axm_host.undo import as_refusal


def mark(request):
    """Keeps it. What is kept of the same control plane and is farther stays; with `anew` everything else is forgotten first."""
    told = dict(request["mark"])
    plane, organization = told.pop("control_plane"), request["organization"]
    try:
        with state.locked(path=state.MARKS_LOCK):  # no change that is under way, nor a tick, is waited for
            state.ensure_marks()
            state.check_epoch(request["lease"], remember=False)
            kept = {} if request["anew"] else state.marks_of(organization)
            known = kept.get(plane)
            if known is None or (known["apply"] <= told["apply"] and known["sequence"] <= told["sequence"]):
                state.write_marks(organization, {**kept, plane: {**told, "since": stamp(now())}})
    except OSError as broken:
        raise as_refusal(broken) from broken
    return {"ok": True, "protocol": PROTOCOL}


def marks(organization):
    """As a look tells them."""
    try:
        kept = state.marks_of(organization)
    except Refusal:  # unfit says it
        kept = {}
    return [{"control_plane": plane, **kept[plane]} for plane in sorted(kept)]
