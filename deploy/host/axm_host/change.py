"""The one change: what an organization wishes becomes what the host lets in, whole or not at all."""
from __future__ import annotations

import contextlib
import datetime
import errno
import secrets

from axm_host import access as sets
from axm_host import hba, state
from axm_host.basics import PROTOCOL, Refusal, SKEW_SECONDS, bad, moment, now, point, stamp
from axm_host.host import Host, unfit
from axm_host.sessions import counted, denied, end
from axm_host.timers import arm_restore


def change(request):
    began = now()
    with guarded(request):
        resolve(lambda entry: not entry["applied"] or entry["organization"] == request["organization"])
        documents = state.documents()
        check_neighbours(request, documents)
        with Host(joined_head(request, documents), state.access_of(documents.get(request["organization"])).openings) as host:
            step = Step(request, documents, host)
            refuse_unfit(host, step.narrow)
            if not step.needed():
                return {"ok": True, "protocol": PROTOCOL, "change": None, "changed": False, "confirm_by": None, "ended": [], "took_ms": _since(began)}
            step.perform()
            return {"ok": True, "protocol": PROTOCOL, "change": step.id, "changed": True, "confirm_by": step.deadline, "ended": counted(step.ended),
                    "restarted": bool(host.pooler and (host.pooler.restarted or host.pooler.started)), "took_ms": _since(began)}


def confirm(request):
    """Keeps a change: what the timer would have undone stays."""
    with guarded(request):
        entry = state.read_pending(request["change"])
        if entry is None or entry["organization"] != request["organization"]:
            raise Refusal("VERIFY_FAILED", f"change {request['change']} does not wait for a confirmation; it was undone or confirmed before", "look again")
        if moment(entry["deadline"]) <= now() or not entry["applied"]:
            undo(entry)
            raise Refusal("VERIFY_FAILED", f"change {request['change']} should have been confirmed by {entry['deadline']}; it is undone", "plan again")
        state.journal("confirmed", request["organization"], change=request["change"])
        point("confirm:journal")
        state.forget_pending(request["change"])
        point("confirm:done")
        return {"ok": True, "protocol": PROTOCOL, "change": request["change"]}


@contextlib.contextmanager
def guarded(request):
    """Lock, clock, epoch; a full disk as a refusal."""
    try:
        with state.locked():
            state.ensure()
            point("change:locked")
            check_clock(request)
            state.check_epoch(request["lease"])
            point("change:epoch")
            yield
    except OSError as broken:
        raise as_refusal(broken) from broken


def as_refusal(broken, rolled_back=True):
    if isinstance(broken, Refusal):
        broken.rolled_back = broken.rolled_back and rolled_back
        return broken
    if isinstance(broken, OSError) and broken.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO):
        return Refusal("DISK", f"the host's disk: {broken.strerror} ({broken.filename})", "make room, then plan again", rolled_back)
    return Refusal("VERIFY_FAILED", f"{type(broken).__name__}: {broken}"[:500], "look at the host's journal; then plan again", rolled_back)


def check_clock(request):
    if "now" in request:
        skew = abs((now() - moment(request["now"])).total_seconds())
        if skew > SKEW_SECONDS:
            raise Refusal("CLOCK_SKEW", f"this host's clock differs by {skew:.1f} s from AxiomDB's; rules would expire at the wrong time",
                          "let both follow NTP (timedatectl set-ntp true)")


def check_neighbours(request, documents):
    """One database belongs to one organization, and the host has one pooler port."""
    for organization, document in documents.items():
        if organization == request["organization"]:
            continue
        both = {branch["database"] for branch in request["access"]["branches"]} & set(state.access_of(document).branches)
        if both:
            raise bad(f"database {sorted(both)[0]!r} belongs to organization {organization!r} on this host")
        for key in ("pooler", "firewall", "postgres"):
            theirs, ours = document["head"][key], request[key]
            if theirs != ours and not (key == "pooler" and None in (theirs, ours)) and not (key == "postgres" and theirs["port"] == ours["port"]):
                raise bad(f"organization {organization!r} has {key} = {theirs} on this host, this request says {ours}")


def joined_head(head, documents):
    """The head of a request, with the pooler that another organization uses."""
    poolers = [document["head"]["pooler"] for document in documents.values() if document["head"]["pooler"]]
    keys = ("organization", "postgres", "pooler", "firewall", "ssh_port")
    joined = {key: head[key] for key in keys}
    joined["pooler"] = head["pooler"] or (poolers[0] if poolers else None)
    return joined


def refuse_unfit(host, wanted):
    server, hba_rows, ident_rows, _, roles = host.postgres.look()
    for why in unfit(host, wanted, server, roles):
        raise why
    broken = hba.foreign_errors(hba.Files(server), hba_rows, ident_rows)
    if broken:
        raise hba.foreign_refusal(broken)


class Step:
    """One change under way. `wide` is everything that was or will be allowed, `narrow` what will be."""

    def __init__(self, request, documents, host):
        self.request, self.host = request, host
        self.organization = request["organization"]
        self.id, self.ended, self.deadline = secrets.token_hex(16), [], None
        self.old = documents.get(self.organization)
        wish = sets.from_json(request["access"], request["pooler"] is not None)
        wish = sets.split_expired(wish)[0]
        others = state.union_of(documents, self.organization)
        was = state.access_of(self.old)
        there = host.there(sets.union(others, was))
        others = sets.within(others, there)
        mine = was._replace(entries={key: was.entries.get(key) for key in there.entries if key[1] in was.branches},
                            openings={key: was.openings.get(key) for key in there.openings if key in was.openings or key not in others.openings})
        self.wish, self.was = wish, mine
        self.wide, self.narrow = sets.union(others, sets.union(mine, wish)), sets.union(others, wish)
        head = {key: request[key] for key in ("organization", "postgres", "pooler", "firewall", "ssh_port")}
        self.before = None if self.old is None else {**self.old, "access": sets.to_json(mine)}
        self.after = {"head": head, "access": sets.to_json(wish), "grace": self._grace()}

    def _grace(self):
        """What expired lately and still lets sessions go on, unless its branch is gone."""
        return [entry for entry in (self.old or {}).get("grace", ()) if entry["database"] in self.wish.branches and moment(entry["until"]) > now()]

    def needed(self):
        known = self.old is not None and all(self.old[key] == self.after[key] for key in ("head", "access"))
        return not known or any(layer.differs(self.narrow) for layer in self.host.loosening())

    def perform(self):
        state.journal("intent", self.organization, change=self.id, epoch=self.request["lease"]["epoch"])
        point("change:intent")
        self._write_pending(applied=False)
        point("change:pending")
        try:
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
        self.deadline = stamp(now() + datetime.timedelta(seconds=self.request["confirm_seconds"]))
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


def end_denied(host, accesses, allowed, grace):
    """Ends the sessions of these accesses' roles that neither `allowed` nor a grace allows; returns them."""
    for entry in grace:
        allowed = sets.union(allowed, sets.NOTHING._replace(entries={(entry["port"], entry["database"], entry["cidr"]): None}))
    databases = {database for access in accesses for database in access.branches}
    roles = {role for access in accesses for roles in access.branches.values() for role in roles}
    over = denied(host.sessions(), allowed, databases, roles)
    if over:
        end(over, host.postgres, host.pooler)
    return over


def resolve(due):
    """Undoes the changes that are `due`: overdue ones always, and those that a crash left half done."""
    for entry in state.pending():
        if due(entry) or moment(entry["deadline"]) <= now():
            undo(entry)


def undo(entry):
    """Back to what was before, every layer that lets itself be put back; then the error of one that does not."""
    documents = state.documents()
    organization = entry["organization"]
    before = sets.split_expired(state.access_of(entry["before"]))[0]
    after = state.access_of(entry["after"])
    with Host(joined_head(entry["head"], documents), before.openings) as host:
        others = state.union_of(documents, organization)
        there = host.there(sets.union(others, sets.union(before, after)), live=False)
        others = sets.within(others, there)
        mine = after._replace(entries={key: None for key in there.entries if key[1] in after.branches or key[1] in before.branches},
                              openings={key: None for key in there.openings if key not in others.openings})
        narrow = sets.union(others, before)
        failures = converge_all(host.loosening(), sets.union(narrow, mine), False) + converge_all(reversed(host.loosening()), narrow, True)
        if failures:
            raise failures[0]
        end_denied(host, [before, after], before, (entry["before"] or {}).get("grace", ()))
    state.write_document(organization, entry["before"])
    point("undo:wanted")
    state.journal("restored", organization, change=entry["change"])
    point("undo:journal")
    state.forget_pending(entry["change"])
    point("undo:done")


def converge_all(layers, access, force):
    failures = []
    for layer in layers:
        try:
            layer.converge(access, "undo", force)
            layer.settle()
        except Exception as failure:  # one layer that cannot be changed keeps no other open
            failures.append(failure)
            layer.put_back()
    return failures


def _since(began):
    return int((now() - began).total_seconds() * 1000)
