"""This host for the length of one run: PostgreSQL, the three layers, and the reasons why a change cannot be made now."""
from __future__ import annotations

import functools
import os

from axm_host import access as sets
from axm_host import account, debian, files, hba, lookup, neighbours, ufw
from axm_host.basics import Refusal
from axm_host.pooler import Pooler, SPELLABLE, installed, sweep_proofs
from axm_host.postgres import Postgres
from axm_host.programs import tool
from axm_host.request import PLACE
from axm_host.sessions import all_of


class Host:
    """`head` is a request's head, or that of a document."""

    def __init__(self, head, openings=()):
        self.head = head
        self.postgres = Postgres(head["postgres"]["port"])
        self.pooler = None
        if head["pooler"] is not None and installed():
            self.pooler = Pooler(head["pooler"]["port"], head["postgres"]["port"], self.postgres.folder)
        self.hba = hba.Layer(self.postgres)
        self.ufw = ufw.Firewall(self.ports()) if head["firewall"] == "ufw" else ufw.NoFirewall(openings)

    def ports(self):
        return {self.head["postgres"]["port"]} | ({self.head["pooler"]["port"]} if self.head["pooler"] else set())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.postgres.close()
        if self.pooler:
            self.pooler.hang_up()

    def sweep(self):
        """Takes away what a run that was killed has left behind. Only under the lock, and before anything is saved. Returns the failures."""
        failures = []
        for take_away in [sweep_proofs, *(functools.partial(_sweep, layer) for layer in self.loosening())]:
            try:
                take_away()
            except Refusal as failure:  # what one directory does not let go keeps no other layer open
                failures.append(failure)
        return failures

    def loosening(self):
        """The layers in the order in which access may grow; the reverse is the one in which it shrinks."""
        return [layer for layer in (self.pooler, self.hba, self.ufw) if layer is not None]

    def there(self, wanted, live=True):
        """What really is there of any organization's access. `live`: in the running processes too, not only in the files."""
        found = self.hba.files()
        access = hba.there(found, wanted)
        if self.pooler:
            served = self.pooler.there(wanted, live)
            whole = {database: roles for database, roles in access.branches.items() if database not in wanted.pooled or database in served.pooled}
            access = sets.union(access, served)._replace(branches=whole)
        return sets.union(access, self.ufw.there(live))

    def sessions(self):
        return all_of(self.postgres.sessions(), self.pooler.show("CLIENTS") if self.pooler else None)


def _sweep(layer):
    for folder in layer.folders():
        files.sweep(folder)


def joined_head(head, documents):
    """The head of a request, with the pooler that another organization uses."""
    poolers = [document["head"]["pooler"] for document in documents.values() if document["head"]["pooler"]]
    joined = {key: head[key] for key in PLACE}
    joined["pooler"] = head["pooler"] or (poolers[0] if poolers else None)
    return joined


def unfit(host, wanted, seen, move=False):
    """Everything that makes a change impossible now, as Refusals. `seen` is what PostgreSQL told; `move`: with trial files, for a look must not make any."""
    server, hba_rows, ident_rows, _, roles = seen
    reasons = []
    if not server["ssl"]:
        reasons.append(Refusal("TLS_OFF", "PostgreSQL has ssl = off; hostssl lines would let nobody in",
                               "let AxiomDB install a certificate (axm host enroll), or set ssl = on with one of your own"))
    supers = {row["name"] for row in roles if row["super"]}
    closed_out = sorted(supers & set(hba.roles_of(wanted)))
    if closed_out:
        reasons.append(Refusal("LOCK_OUT", f"role {closed_out[0]} is a superuser; the managed block would close it out", "take superuser from it"))
    if host.head["pooler"] is not None:
        reasons += _unfit_pooler(host, wanted)
    reasons += lookup.unfit(host.postgres, host.head["pooler"] is not None)
    found = hba.Files(server)
    reasons += neighbours.unfit(host, found, wanted, hba_rows, ident_rows, supers)
    if host.head["firewall"] == "ufw":
        reasons += ufw.unfit(wanted.openings)
    reasons += unfit_files(host, move)
    broken = hba.foreign_errors(found, hba_rows, ident_rows)
    return reasons + ([hba.foreign_refusal(broken)] if broken else [])


def unfit_files(host, move):
    """Each file that could not be replaced, or not be read by its reader. `move`: tried with trial files beside them too."""
    reasons, tried = [], set()
    for layer in host.loosening():
        for path, reader in layer.paths():
            try:
                files.try_out(path, reader=reader, move=move and os.path.dirname(path) not in tried)
            except Refusal as why:
                reasons += [why] if why.what not in {other.what for other in reasons} else []  # one directory, many files
            tried.add(os.path.dirname(path))
    return reasons


def _unfit_pooler(host, wanted):
    if not installed():
        return [Refusal("NO_POOLER", "pgbouncer is not installed", "apt install pgbouncer, or leave ports.runtime out of the host")]
    unspellable = sorted(name for name in wanted.pooled if not SPELLABLE.fullmatch(name))
    if unspellable:
        return [Refusal("BAD_REQUEST", f"PgBouncer's file cannot spell the database name {unspellable[0]!r}", "rename it: letters, digits, _ . -")]
    reached = neighbours.reached(host.postgres)
    return account.unfit() + ([] if reached is None else [reached]) + _foreign_port(host.pooler)


def _foreign_port(pooler):
    """Our port must be free, or ours; and no other program may be meant to take it with the next start of the host."""
    if not pooler.is_others_port() and not debian.claims(pooler.port, tool):
        return []
    return [Refusal("FOREIGN_POOLER_PORT", f"port {pooler.port} belongs to another program than AxiomDB's pooler, or to Debian's own PgBouncer",
                    "give AxiomDB's pooler another port: `ports: {runtime: 6433}` on the host; or let `axm host enroll` stop Debian's instance, "
                    "which it does where that is as packaged and serves no one")]
