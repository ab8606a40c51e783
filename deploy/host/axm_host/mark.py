"""How far the control planes are that changed an organization here: who can rewrite a control plane can't rewrite its hosts."""
from __future__ import annotations

from axm_host import state
from axm_host.basics import PROTOCOL
from axm_host.change import guarded


def mark(request):
    """Keeps it. What is kept of the same control plane and is farther stays; with `alone` others are forgotten."""
    told = dict(request["mark"])
    plane, organization = told.pop("control_plane"), request["organization"]
    with guarded(request):
        kept = state.marks_of(organization)
        known = kept.get(plane)
        wanted = {plane: known} if request["alone"] and known else {} if request["alone"] else dict(kept)
        if known is None or known["sequence"] < told["sequence"]:
            wanted[plane] = {**told, "apply": max(told["apply"], known["apply"] if known else 0)}
        if wanted != kept:
            state.write_marks(organization, wanted)
    return {"ok": True, "protocol": PROTOCOL}


def marks(request):
    """What is kept of the organization, by control plane."""
    kept = state.marks_of(request["organization"])
    return {"ok": True, "protocol": PROTOCOL, "marks": [{"control_plane": plane, **kept[plane]} for plane in sorted(kept)]}
