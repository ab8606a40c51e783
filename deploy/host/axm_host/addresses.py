"""Which of the host's own addresses the rules tell apart: those that no rule does are walked as one. Pure but for ipsets."""
from __future__ import annotations

import struct
from typing import Any, Dict, Iterable, Iterator, List, Optional, Tuple

from axm_host import packet as packets
from axm_host.nft import GOTO, JUMP, Base, Expression, Rule, Verdict
from axm_host.packet import ESTABLISHED, INVALID, NEW, UNTRACKED, Packet, unknown
from axm_host.walk import OPAQUE, Key, Reading, Walk

CT_ADDRESSES = (8, 9, 19, 20, 21, 22)


def way_of(base: Base) -> Optional[bool]:
    """Whether packets on their way to the host pass a chain (True), or answers (False), or neither."""
    if base.family == 5:
        return base.hook == 0
    return {0: True, 1: True, 5: True, 3: False, 4: False}.get(base.hook)


def reachable(base: Base) -> Iterator[Rule]:
    """The rules that a base chain can come to."""
    asked, done = [base.chain], {base.chain}
    while asked:
        for rule in base.chains.get(asked.pop(), []):
            yield rule
            for chain in _jumps(base, rule):
                if chain not in done:
                    done.add(chain)
                    asked.append(chain)


def _jumps(base: Base, rule: Rule) -> Iterator[str]:
    for step in rule.steps:
        found: Iterable[Any] = ()
        if step.name == "immediate":
            found = (step.data.get("data"),)
        elif step.name == "lookup" and step.data.get("set") in base.sets:
            held = base.sets[step.data["set"]]
            found = (element.data for element in held.elements + held.other)
        for verdict in found:
            if isinstance(verdict, Verdict) and verdict.code in (JUMP, GOTO):
                yield verdict.chain


class Apart:
    """For one packet on its way to the host, and its answer."""

    def __init__(self, bases: List[Base], packet: Packet, ipsets: Any, ports: List[Optional[int]]) -> None:
        self.packet, self.ipsets = packet, ipsets
        self.rules: List[Tuple[Base, Rule, bool]] = []
        done = set()
        for base in bases:
            arrives = way_of(base)
            for rule in reachable(base) if arrives is not None else ():
                if (rule.at, arrives) not in done and any(_looks(step, bool(arrives), packet.version) for step in rule.steps):
                    done.add((rule.at, arrives))
                    early = base.family in (5, 7) or base.hook in (0, 4, 5)  # where another port than the one that is asked about can still be seen
                    if any(self._can_match(base, rule, bool(arrives), port) for port in ports if port is not None or early):
                        self.rules.append((base, rule, bool(arrives)))

    def _can_match(self, base: Base, rule: Rule, arrives: bool, port: Optional[int]) -> bool:
        """Whether a rule does anything with packets for a port, whatever the host's address is."""
        walk = Walk(self.packet._replace(arrives=arrives, port=port, free=8 * len(self.packet.host)), self.ipsets, lambda address: OPAQUE)
        walk.base = base
        return any(Reading(walk, rule, Key(None, None, state, port)).outcomes() for state in (NEW, ESTABLISHED, INVALID, UNTRACKED))

    def mark(self, address: bytes) -> Tuple[str, ...]:
        """The same for two addresses that no rule tells apart."""
        found = []
        for base, rule, arrives in self.rules:
            walk = Walk(self.packet._replace(arrives=arrives, host=address), self.ipsets, str)
            walk.base = base
            found.append(_Alone(walk, rule, Key()).said())
        return tuple(found)


def _looks(step: Expression, arrives: bool, version: int) -> bool:
    """Whether a step can look at the host's address."""
    data = step.data
    if step.name == "payload":
        size, first = (4, 12) if version == 4 else (16, 8)
        begin = first + (size if arrives else 0)
        return data.get("base") == 1 and data.get("offset", 0) < begin + size and data.get("offset", 0) + data.get("length", 0) > begin
    if step.name == "ct":
        return data.get("key") in CT_ADDRESSES
    if step.name == "entry":
        return any(data["target" if arrives else "source"][1])
    if step.name == "match" and data.get("name") == "set":
        dimensions, flags = (data.get("info", b"").ljust(4, b"\0"))[2:4]
        return any(bool(flags >> place & 1) != arrives for place in range(1, dimensions + 1))
    return step.name == "match" and data.get("name") in ("conntrack", "iprange")


class _Alone(Reading):
    """A rule of which every match is asked, with nothing known but the host's address: no other match hides what it says of that."""

    def said(self) -> str:
        registers: Dict = {}
        return repr([self._one(step, registers) for step in self.rule.steps])

    def _one(self, step: Expression, registers: Dict) -> Any:
        handler = getattr(self, "_on_" + step.name, None)
        try:
            done = handler(step.data, registers) if handler is not None else None
        except (LookupError, ValueError, OverflowError, struct.error):
            registers.clear()
            return None
        if isinstance(done, tuple) and done[0] == "each":
            self._store(registers, step.data["dreg"], [unknown(16)])
        return done

    def _on_meta(self, data: Dict, registers: Dict) -> Any:
        if "sreg" not in data:
            self._store(registers, data["dreg"], [unknown(16)])
            return None
        return self._fetch(registers, data["sreg"], 4)

    def _on_payload(self, data: Dict, registers: Dict) -> Any:
        if data.get("base") == 1 or "sreg" in data:
            return super()._on_payload(data, registers)
        self._store(registers, data["dreg"], [unknown(max(1, min(64, data.get("length", 1))))])
        return None

    def _on_ct(self, data: Dict, registers: Dict) -> Any:
        if "sreg" in data:
            return self._fetch(registers, data["sreg"], 4)
        is_host = data.get("direction") == 0 and data.get("key") in (9, 20, 22) or data.get("direction") == 1 and data.get("key") in (8, 19, 21)
        self._store(registers, data["dreg"], [packets.host_of(self.original) if is_host else unknown(16)])
        return None

    def _on_lookup(self, data: Dict, registers: Dict) -> Any:
        """Which elements can be the one that is found."""
        one = self.walk.base.sets.get(data.get("set", "")) if self.walk.base else None
        pieces = self._fetch(registers, data["sreg"], one.length if one else 4)
        if data.get("dreg"):
            self._store(registers, data["dreg"], [unknown(16)])
        return [place for place, element in enumerate(one.elements if one else ()) if self._in_elements([element], pieces)[1]]

    def _on_entry(self, data: Dict, registers: Dict) -> Any:
        value, mask = (int.from_bytes(one, "big") for one in data["target" if self.packet.arrives else "source"])
        return packets.host_masked(self.packet, mask, value)

    def _on_match(self, data: Dict, registers: Dict) -> Any:
        name, info = data.get("name", ""), data.get("info", b"")
        if name == "set":
            index, dimensions, flags = struct.unpack_from("=HBB", info)
            return self.walk.ipsets.each_of(self.packet._replace(port=None, device=None), index, dimensions, flags)
        size = len(self.packet.host)
        number = lambda at: int.from_bytes(info[at:at + size], "big")
        if name == "iprange":
            return [packets.host_between(self.packet, number(at), number(at + 16)) for at in (0, 32)]
        if name == "conntrack":
            return [packets.host_masked(self.packet, number(at + 16), number(at) & number(at + 16)) for at in (32, 64)]
        return None

    def _on_target(self, data: Dict, registers: Dict) -> Any:
        return None
