"""How far the control planes are that changed an organization here: who can rewrite a control plane can't rewrite its hosts."""
from __future__ import annotations

from axm_host import state
from axm_host.basics import PROTOCOL, Refusal, now, stamp
from axm_host.undo import as_refusal


def mark(request):
    """Keeps it in place of all that is kept of the organization, if that is what a look told before. Refusal OVERTAKEN when it is not."""
    organization = request["organization"]
    try:
        with state.locked(path=state.MARKS_LOCK):  # no change that is under way, nor a tick, is waited for
            state.ensure_marks()
            state.check_epoch(request["lease"], remember=False)
            if _without_since(state.marks_of(organization)) != _by_plane(request["before"]):
                raise Refusal("OVERTAKEN", "another control plane, or a copy of this one, has left a mark here since it was looked at", "plan again")
            state.write_marks(organization, {plane: {**told, "since": stamp(now())} for plane, told in _by_plane([request["mark"]]).items()})
    except OSError as broken:
        raise as_refusal(broken) from broken
    return {"ok": True, "protocol": PROTOCOL}


def _by_plane(marks):
    return {mark["control_plane"]: {name: mark[name] for name in ("apply", "sequence", "head")} for mark in marks}


def _without_since(kept):
    return _by_plane({**mark, "control_plane": plane} for plane, mark in kept.items())


def marks(organization):
    """As a look tells them."""
    try:
        kept = state.marks_of(organization)
    except Refusal:  # unfit says it
        kept = {}
    return [{"control_plane": plane, **kept[plane]} for plane in sorted(kept)]
