"""The doctor's list as text, for whoever is root on the host."""
from __future__ import annotations

from axm_host import state
from axm_host.basics import PROTOCOL
from axm_host.look import doctor
from axm_host.pooler import installed


def check():
    """(whether a change would be possible, lines)."""
    heads = [document["head"] for document in state.documents().values()] or [_usual()]
    lines, fit = [], True
    for head in heads:
        seen = doctor({"protocol": PROTOCOL, "op": "doctor", **head})
        lines.append(f"organization {head['organization']}: PostgreSQL {seen['postgres']['version'] // 10000}, "
                     f"{len(seen['access']['branches'])} branches, {len(seen['access']['entries'])} entries, {len(seen['access']['openings'])} openings")
        fit = fit and not seen["unfit"]
        lines += [f"  MEND   {why['code']}: {why['what']}; {why['mend']}" for why in seen["unfit"]]
        lines += [f"  DRIFT  {item['at']}: {item['is']} ({item['why']})" for item in seen["disorder"]]
        lines += [f"  NOTE   {note['code']} {note['at']}: {note['what']}; {note['mend']}" for note in seen["findings"]]
    return fit, lines + ["fit for a change" if fit else "not fit for a change"]


def _usual():
    """What a host has when nothing else was said: nobody's organization, the usual ports."""
    return {"organization": "none", "postgres": {"port": 5432, "admin": "axiomdb"}, "pooler": {"port": 6432} if installed() else None,
            "firewall": "ufw", "ssh_port": 22}
