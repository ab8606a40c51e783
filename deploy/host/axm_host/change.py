"""The one change: what an organization wishes becomes what the host lets in, whole or not at all."""
from __future__ import annotations

import contextlib
import datetime
import secrets

from axm_host import access as sets
from axm_host import clocks, recover, state, ways
from axm_host.basics import PROTOCOL, Refusal, SKEW_SECONDS, WAY_SECONDS, bad, moment, now, point, stamp
from axm_host.expiry import expire
from axm_host.host import Host, joined_head, unfit
from axm_host.request import PLACE
from axm_host.sessions import counted
from axm_host.timers import arm_restore
from axm_host.undo import as_refusal, end_denied, is_overdue, resolve, undo
from axm_host.waiting import patience


def change(request):
    began = now()
    with guarded(request):
        resolve(lambda entry: not entry["applied"] or entry["organization"] == request["organization"])
        expire(request["organization"])
        documents = state.documents()
        check_neighbours(request, held())
        with Host(joined_head(request, documents), state.access_of(documents.get(request["organization"])).openings) as host:
            for failure in host.sweep():
                raise failure
            step = Step(request, documents, host)
            refuse_unfit(host, step)
            if not step.needed():
                return {"ok": True, "protocol": PROTOCOL, "change": None, "changed": False, "confirm_by": None, "ended": [], "findings": _deciding(host, step),
                        "took_ms": _since(began)}
            step.perform()
            return {"ok": True, "protocol": PROTOCOL, "change": step.id, "changed": True, "confirm_by": step.deadline, "ended": counted(step.ended),
                    "findings": _deciding(host, step),
                    "restarted": bool(host.pooler and (host.pooler.restarted or host.pooler.started)), "took_ms": _since(began)}


def _deciding(host, step):
    """What else decides who reaches the ports, now that AxiomDB's own layers let in what was wanted."""
    return ways.seen(host.ports(), step.narrow.openings)[1]


def confirm(request):
    """Keeps a change: what the timer would have undone stays."""
    with guarded(request):
        entry = state.read_pending(request["change"])
        if entry is None or entry["organization"] != request["organization"]:
            raise Refusal("NOT_PENDING", f"change {request['change']} does not wait for a confirmation; it was undone or confirmed before", "look again")
        if is_overdue(entry) or not entry["applied"]:
            undo(entry)
            raise Refusal("NOT_PENDING", f"change {request['change']} should have been confirmed by {entry['deadline']}; it is undone", "plan again")
        state.journal("confirmed", request["organization"], change=request["change"])
        point("confirm:journal")
        state.forget_pending(request["change"])
        if state.is_empty(entry["after"]):  # who wants nothing more binds nobody
            state.write_document(request["organization"], None)
        point("confirm:done")
        return {"ok": True, "protocol": PROTOCOL, "change": request["change"]}


@contextlib.contextmanager
def guarded(request):
    """Clock, lock, epoch; a full disk as a refusal."""
    check_clock(request)
    try:
        with state.locked():
            recover.whole()
            if "now" in request:
                clocks.agreed()
            point("change:locked")
            state.check_epoch(request["lease"])
            point("change:epoch")
            yield
    except OSError as broken:
        raise as_refusal(broken) from broken


def check_clock(request):
    """Before anything is waited for. A request is sent before it arrives, so a clock that is behind it is slow: rules would end late. One that is
    ahead of it may be right, and the request was long on its way."""
    if "now" not in request:
        return
    ahead = (now() - moment(request["now"])).total_seconds()
    if ahead < -SKEW_SECONDS:
        why = f"this host's clock is {-ahead:.1f} s behind AxiomDB's; rules would end late"
    elif ahead > SKEW_SECONDS + patience(WAY_SECONDS):
        why = f"this host's clock is {ahead:.1f} s ahead of AxiomDB's, or the request was that long on its way; rules would end early"
    else:
        return
    raise Refusal("CLOCK_SKEW", why, "let both follow NTP (timedatectl set-ntp true)")


def held():
    """(organization, document) of all that hold something here: those of now, and those that an unconfirmed change may bring back."""
    return [*state.documents().items(), *((entry["organization"], entry["before"]) for entry in state.pending())]


def check_names(organization, databases, roles, held):
    """What is recorded as another organization's is that one's alone, whoever asks for it."""
    for other, document in held:
        theirs = state.access_of(document)
        for kind, both in (("database", set(databases) & set(theirs.branches)), ("role", set(roles) & {role for named in theirs.branches.values() for role in named})):
            if both and other != organization:
                raise Refusal("NOT_YOURS", f"{kind} {min(both)!r} is recorded on this host as organization {other}'s; {organization} has no say in it",
                              f"give the branch another {kind} (names: in its axiomdb.yaml); or, if it is to change hands, take it out of {other}'s "
                              "axiomdb.yaml and run axm apply there first")


def check_neighbours(request, held):
    """Names belong to one organization, and the host has one pooler port."""
    branches = request["access"]["branches"]
    check_names(request["organization"], [branch["database"] for branch in branches], [role for branch in branches for role in branch["roles"]], held)
    for organization, document in held:
        if organization == request["organization"] or state.is_empty(document):
            continue
        for key in ("pooler", "firewall", "postgres"):
            theirs, ours = document["head"][key], request[key]
            if theirs != ours and not (key == "pooler" and None in (theirs, ours)) and not (key == "postgres" and theirs["port"] == ours["port"]):
                raise bad(f"organization {organization!r} has {key} = {theirs} on this host, this request says {ours}")


def refuse_unfit(host, step):
    host.hba.files()  # first: what PostgreSQL says of a file that it can't read has no owner and no mode
    for why in [*recover.unfit(step.organization, step.wide), *unfit(host, step.narrow, host.postgres.look(), move=True)]:
        raise why


class Step:
    """One change under way. `wide` is everything that was or will be allowed, `narrow` what will be."""

    def __init__(self, request, documents, host):
        self.request, self.host = request, host
        self.organization = request["organization"]
        self.id, self.ended, self.deadline = secrets.token_hex(16), [], None
        self.old = documents.get(self.organization)
        wish = sets.from_json(request["access"], request["pooler"] is not None, request["organization"])
        wish = sets.split_expired(wish, clocks.reached())[0]
        was, others = state.access_of(self.old), state.union_of(documents, self.organization)
        there = host.there(sets.union(others, was), live=False)
        others, was = sets.within(others, there), sets.within(was, there)
        self.wish, self.was = wish, was
        self.wide, self.narrow = sets.union(others, sets.union(was, wish)), sets.union(others, wish)
        head = {key: request[key] for key in PLACE}
        self.before = None if self.old is None else {**self.old, "access": sets.to_json(was)}
        self.after = {"head": head, "access": sets.to_json(wish), "grace": self._grace()}

    def _grace(self):
        """What expired lately and still lets sessions go on, unless its branch is gone."""
        return [entry for entry in (self.old or {}).get("grace", ()) if entry["database"] in self.wish.branches and moment(entry["until"]) > clocks.reached()]

    def needed(self):
        known = state.is_empty(self.after) if self.old is None else all(self.old[key] == self.after[key] for key in ("head", "access"))
        return not known or any(layer.differs(self.narrow) for layer in self.host.loosening())

    def perform(self):
        state.journal("intent", self.organization, change=self.id, epoch=self.request["lease"]["epoch"])
        point("change:intent")
        try:
            self._write_pending(applied=False)
            point("change:pending")
            self._converge()
            self._end_sessions()
            state.write_document(self.organization, self.after)
            point("change:wanted")
            self._write_pending(applied=True)
            point("change:applied")
            arm_restore(self.id, self.request["confirm_seconds"])
            point("change:armed")
            state.journal("applied", self.organization, change=self.id)
            point("change:outcome")
        except Exception as broken:
            raise self._roll_back(broken) from broken
        for layer in self.host.loosening():
            layer.settle()

    def _converge(self):
        for layer in self.host.loosening():
            layer.converge(self.wide, "loosen")
        for layer in reversed(self.host.loosening()):
            layer.converge(self.narrow, "tighten")

    def _end_sessions(self):
        point("change:sessions")
        self.ended = end_denied(self.host, [self.was, self.wish], self.wish, self.after["grace"])
        point("change:ended")

    def _write_pending(self, applied):
        self.deadline = stamp(clocks.reached() + datetime.timedelta(seconds=self.request["confirm_seconds"]))
        state.write_pending({"change": self.id, "organization": self.organization, "deadline": self.deadline, "applied": applied,
                             "head": self.after["head"], "before": self.before, "after": self.after})

    def _roll_back(self, broken):
        """The files as they were, byte for byte. What cannot be put back now is the tick's: the pending change stays."""
        failures = []
        for layer in reversed(self.host.loosening()):
            try:
                layer.put_back()
            except Exception as failure:  # the other layers must still be put back
                failures.append(failure)
        if not failures:
            try:
                state.write_document(self.organization, self.old)
                state.forget_pending(self.id)
                state.journal("rolled_back", self.organization, change=self.id)
            except OSError as failure:
                failures.append(failure)
        return as_refusal(broken, not failures)


def _since(began):
    return int((now() - began).total_seconds() * 1000)
