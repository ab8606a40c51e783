"""How far the control planes are that changed an organization here: who can rewrite a control plane can't rewrite its hosts."""
from __future__ import annotations

from axm_host import state
from axm_host.basics import PROTOCOL, now, stamp
from axm_host.change import guarded


def mark(request):
    """Keeps it. What is kept of the same control plane and is farther stays; with `anew` everything else is forgotten first."""
    told = dict(request["mark"])
    plane, organization = told.pop("control_plane"), request["organization"]
    with guarded(request):
        kept = {} if request["anew"] else state.marks_of(organization)
        known = kept.get(plane)
        if known is None or (known["apply"] <= told["apply"] and known["sequence"] <= told["sequence"]):
            state.write_marks(organization, {**kept, plane: {**told, "since": stamp(now())}})
    return {"ok": True, "protocol": PROTOCOL}


def marks(organization):
    """As a look tells them."""
    kept = state.marks_of(organization)
    return [{"control_plane": plane, **kept[plane]} for plane in sorted(kept)]
