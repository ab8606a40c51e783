"""Takes a packet through the chains on its way, for all clients at once, as the kernel does. Pure.

A rule that can't be read, and that no readable match of its own excludes, splits the clients that it could match: on one way it matched, on the other it
did not. What comes out the same on both ways is known all the same.
"""
from __future__ import annotations

import struct
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from axm_host import packet as packets
from axm_host import xt
from axm_host.nft import ACCEPT, BREAK, CONTINUE, DROP, GOTO, JUMP, RETURN, Base, Expression, Rule, Set, Verdict
from axm_host.packet import (ESTABLISHED, INVALID, NEW, UNTRACKED, Bits, Client, Found, Packet, Piece, answer, between, both, cut, either, equal,
                             exactly, inverted, known, loaded, total, unknown)
from axm_host.spans import NONE, Spans, joined

CONNTRACK, TARGET_NAT, SOURCE_NAT = -200, -100, 100
SIMPLE_TRANSLATION = 0x1F  # addresses, ports, and that they may be chosen at random: there is nothing to choose from
MOST_JUMPS = 32
WHOLE_MARK = 0xFFFFFFFF
IN, OUT, ELSEWHERE, OPAQUE, LEADS_ANYWHERE = "in", "out", "elsewhere", "opaque", "leads anywhere"
EQ, NEQ, LT, LTE, GT, GTE = range(6)
HARMLESS = {"counter", "log", "last", "dup"}
DOUBTFUL_OBJECTS, SYNPROXY = (None, 2, 4, 5), 10  # quota, limit, connlimit


class Key(NamedTuple):
    """What clients that are walked together have in common. `blame` is the first rule that could not be read, `by` the one that let them in."""
    mark: Optional[int] = 0
    connection_mark: Optional[int] = 0
    state: str = NEW
    port: Optional[int] = 0
    translated: Optional[Rule] = None
    host: Optional[bytes] = None  # the address that it was translated to; None: none, empty: not known
    blame: Optional[Rule] = None
    by: Optional[Rule] = None


class End(NamedTuple):
    kind: str
    rule: Rule
    key: Key
    clients: Spans


class Outcome(NamedTuple):
    """What a rule does: to whom for certain, to whom perhaps, with which effects, and then."""
    sure: Spans
    can: Spans
    effects: Tuple[Tuple[str, Any], ...]
    verdict: Verdict
    kind: str = ""


Parcels = Dict[Key, Spans]


def add(parcels: Parcels, key: Key, clients: Spans) -> None:
    if clients:
        parcels[key] = parcels[key] | clients if key in parcels else clients


def _after_anything(key: Key, rule: Rule) -> Key:
    """What is left to know after a rule that could have done anything."""
    return key._replace(blame=key.blame or rule, mark=None, connection_mark=None)


SAME_EVERYWHERE = {"cmp", "bitwise", "immediate", "range", "counter", "log", "reject", "limit"}
SAME_MATCHES = {"tcp", "udp", "comment", "limit"}


def is_the_same_everywhere(rule: Rule, packet: Packet) -> bool:
    """Whether a rule looks at nothing but the client's address, ports and flags: then it does the same on all devices and for all addresses of the host."""
    return all(step.name in SAME_EVERYWHERE or step.name == "match" and step.data.get("name") in SAME_MATCHES or _looks_at_client(step, packet) for step in rule.steps)


def _looks_at_client(step: Expression, packet: Packet) -> bool:
    data = step.data
    if step.name == "entry":
        return not any(data["target" if packet.arrives else "source"][1]) and not any(data["in"][1]) and not any(data["out"][1])
    if step.name != "payload" or "sreg" in data:
        return False
    size, first = (4, 12) if packet.version == 4 else (16, 8)
    begin = first if packet.arrives else first + size
    offset, end = data.get("offset", 0), data.get("offset", 0) + data.get("length", 0)
    return data.get("base") == 2 or data.get("base") == 1 and (end <= first or begin <= offset and end <= begin + size)


class Walk:
    """One packet. `ipsets` answers for sets of iptables, `leads` where what is translated to an address gets: IN, OUT, ELSEWHERE or OPAQUE.

    `shared` keeps what rules do that do the same in every walk. `redirected` is the address that a redirect leads to; empty when it can be several. `asked` is the port that is asked about.
    """

    def __init__(self, packet: Packet, ipsets: Any, leads: Callable[[bytes], str], redirected: bytes = b"", asked: Optional[int] = None,
                 shared: Optional[Dict[Any, List[Outcome]]] = None) -> None:
        self.packet, self.ipsets, self.leads, self.redirected = packet, ipsets, leads, redirected
        self.known: Dict[Any, List[Outcome]] = {}
        self.shared: Dict[Any, List[Outcome]] = {} if shared is None else shared
        self.everybody = packet.everybody
        self.asked = packet.port if asked is None else asked
        self.base: Optional[Base] = None

    def through(self, bases: List[Base], parcels: Parcels) -> Tuple[List[End], Parcels]:
        """(those that a chain ended the way of, those that got through)."""
        ends: List[End] = []
        for base in bases:
            if not parcels:
                break
            more, parcels = self.through_base(base, parcels)
            ends += more
        return ends, parcels

    def through_base(self, base: Base, parcels: Parcels) -> Tuple[List[End], Parcels]:
        self.base, self.known = base, {}
        skipped = {key: clients for key, clients in parcels.items() if base.kind == "nat" and (key.state != NEW or key.translated and base.hook in (0, 3))}
        found, rest = self._chain(base.chains.get(base.chain, []), {key: clients for key, clients in parcels.items() if key not in skipped}, 0)
        ends = [end for end in found if end.kind != IN]
        passed: Parcels = dict(skipped)
        for end in found:
            if end.kind == IN:
                by = end.rule if base.policy == DROP or end.key.by is None else end.key.by
                add(passed, end.key._replace(by=by), end.clients)
        for key, clients in rest.items():
            if base.policy == ACCEPT:
                add(passed, key, clients)
            else:
                ends.append(End(OUT, Rule(base.at + " policy drop", ()), key, clients))
        return ends, passed

    def _chain(self, rules: List[Rule], parcels: Parcels, depth: int) -> Tuple[List[End], Parcels]:
        ends: List[End] = []
        returned: Parcels = {}
        for rule in rules:
            if not parcels:
                break
            parcels = self._rule(rule, parcels, depth, ends, returned)
        for key, clients in parcels.items():
            add(returned, key, clients)
        return ends, returned

    def _rule(self, rule: Rule, parcels: Parcels, depth: int, ends: List[End], returned: Parcels) -> Parcels:
        after: Parcels = {}
        for key, clients in parcels.items():
            outcomes = self.outcomes(rule, key)
            left = clients
            doubtful = NONE
            for one in outcomes:
                sure, can = clients & one.sure, clients & (one.can - one.sure)
                left = left - sure
                if sure:
                    self._apply(rule, one, key, sure, depth, after, ends, returned)
                if can and self._differs(rule, one, key._replace(blame=key.blame or rule), can, depth, after, ends, returned):
                    doubtful = doubtful | can
            doubtful = doubtful & left
            add(after, key, left - doubtful)
            add(after, key._replace(blame=key.blame or rule), doubtful)
        return after

    def _differs(self, rule: Rule, one: Outcome, key: Key, clients: Spans, depth: int, after: Parcels, ends: List[End], returned: Parcels) -> bool:
        """Lets these match; False, and nothing is done, where it makes no difference."""
        passed, ended, gone = {}, [], {}  # type: Parcels, List[End], Parcels
        self._apply(rule, one, key, clients, depth, passed, ended, gone)
        if (passed, ended, gone) == ({key: clients}, [], {}):
            return False
        ends += ended
        for into, some in ((after, passed), (returned, gone)):
            for each, these in some.items():
                add(into, each, these)
        return True

    def _apply(self, rule: Rule, one: Outcome, key: Key, clients: Spans, depth: int, after: Parcels, ends: List[End], returned: Parcels) -> None:
        for name, value in one.effects:
            key = key._replace(**{name: value})
        if one.kind in (OPAQUE, LEADS_ANYWHERE):
            for blamed in self._afterwards(one.kind, key, rule):
                ends += [End(IN, rule, blamed, clients), End(OUT, rule, blamed, clients)]
                add(after, blamed, clients)
        elif one.kind:
            ends.append(End(one.kind, rule, key, clients))
        elif one.verdict.code in (CONTINUE, BREAK):
            add(after, key, clients)
        elif one.verdict.code == RETURN:
            add(returned, key, clients)
        elif one.verdict.code in (JUMP, GOTO):
            chain = (self.base.chains if self.base else {}).get(one.verdict.chain, [])
            if depth >= MOST_JUMPS:
                blamed = _after_anything(key, rule)
                ends += [End(IN, rule, blamed, clients), End(OUT, rule, blamed, clients)]
                return
            found, rest = self._chain(chain, {key: clients}, depth + 1)
            ends += found
            for each, some in rest.items():
                add(after if one.verdict.code == JUMP else returned, each, some)
        elif one.verdict.code == DROP:
            ends.append(End(OUT, rule, key, clients))
        elif one.verdict.code in (ACCEPT, 5):
            ends.append(End(IN, rule, key, clients))
        else:  # a program decides (queue), or the packet is taken
            blamed = _after_anything(key, rule)
            ends += [End(IN, rule, blamed, clients), End(OUT, rule, blamed, clients)]

    def _afterwards(self, kind: str, key: Key, rule: Rule) -> List[Key]:
        """What a packet can be after a rule that could have done anything: also translated to the very port that is asked about."""
        blamed = _after_anything(key, rule)
        leads = key.state == NEW and (kind == LEADS_ANYWHERE or self.base is not None and self.base.kind == "nat" and self.base.hook == 0)
        return [blamed, blamed._replace(translated=rule, host=b"", port=self.asked)] if leads else [blamed]

    # What a rule matches.

    def outcomes(self, rule: Rule, key: Key) -> List[Outcome]:
        plain = key._replace(blame=None, by=None)
        if is_the_same_everywhere(rule, self.packet):
            packet = self.seen(key)
            place = rule, packet.version, packet.arrives, packet.flags, packet.port
            if place not in self.shared:
                self.shared[place] = Reading(self, rule, plain).outcomes()
            return self.shared[place]
        if (rule, plain) not in self.known:
            self.known[(rule, plain)] = Reading(self, rule, plain).outcomes()
        return self.known[(rule, plain)]

    def state_of(self, key: Key) -> str:
        """Before connections are tracked every packet is of none."""
        early = self.base is not None and (self.base.family in (5, 7) or self.base.hook == 5 or self.base.hook in (0, 3) and self.base.priority <= CONNTRACK)
        return INVALID if early and key.state != UNTRACKED else key.state

    def is_at_conntrack(self) -> bool:
        """Whether a chain has the very priority at which connections are tracked: which is first can't be seen."""
        return self.base is not None and self.base.family not in (5, 7) and self.base.hook in (0, 3) and self.base.priority == CONNTRACK

    def seen(self, key: Key) -> Packet:
        """The packet as the chain sees it: with the translated address and port, or those that the client asked for."""
        if key.translated is None or not self._is_translated(key):
            return self.packet
        if key.host is None:
            return self.packet._replace(port=key.port)
        size = len(self.packet.host)
        return self.packet._replace(port=key.port, host=key.host or bytes(size), free=0 if key.host else 8 * size)

    def _is_translated(self, key: Key) -> bool:
        """Later packets are translated at the same place as the first; answers are turned back behind the last chain but those for source addresses."""
        if self.base is None or key.state == NEW:
            return True
        if self.base.family in (5, 7) or self.base.hook == 5:
            return False
        if self.packet.arrives:
            return self.base.hook != 0 or self.base.priority >= TARGET_NAT
        return self.base.hook == 3 or self.base.priority <= SOURCE_NAT


class Reading:
    """One rule for one kind of packet."""

    def __init__(self, walk: Walk, rule: Rule, key: Key) -> None:
        self.walk, self.rule, self.key, self.packet, self.original = walk, rule, key, walk.seen(key), walk.packet
        self.found: List[Outcome] = []
        self.now = xt.Circumstances(self.packet, self.original, key.mark, key.connection_mark, walk.state_of(key), key.translated is not None, self._ipset)

    def outcomes(self) -> List[Outcome]:
        self._step(0, {}, self.walk.everybody, self.walk.everybody, (), False)
        return [one for one in self.found if one.can]

    def _ipset(self, index: int, dimensions: int, flags: int) -> Found:
        return self.walk.ipsets.of(self.packet, index, dimensions, flags)

    def _step(self, at: int, registers: Dict[int, List[Piece]], sure: Spans, can: Spans, effects: Tuple, strange: bool) -> None:
        """From one expression on. `strange`: one before was of a kind that is not known."""
        while at < len(self.rule.steps) and can:
            name, data = self.rule.steps[at]
            at += 1
            if name in HARMLESS:
                continue
            handler = getattr(self, "_on_" + name, None)
            if handler is None:
                sure, strange, registers = NONE, True, {}
                continue
            try:
                done = handler(data, registers)
            except (LookupError, ValueError, OverflowError, struct.error):  # its attributes are of another form than is known
                sure, strange, registers = NONE, True, {}
                continue
            if done is None:
                continue
            kind, value = done
            if kind == "match":
                if effects and value[1] != self.walk.everybody:
                    self._end(sure - value[1], can - value[0], effects, Verdict(CONTINUE))
                sure, can = sure & value[0], can & value[1]
            elif kind == "effect":
                effects = effects + value
            elif kind == "each":
                for found, more in value:
                    self._step(at, {**registers, **more}, sure & found[0], can & found[1], effects, strange)
                return
            elif kind == "translate":
                self._end(sure, can, effects + value, Verdict(ACCEPT))
                return
            elif kind == "verdicts":
                for found, verdict in value:
                    self._end(sure & found[0], can & found[1], effects, verdict)
                return
            else:
                self._end(sure, can, effects, *value)
                return
        self._end(sure, can, effects, Verdict(CONTINUE), OPAQUE if strange else "")

    def _end(self, sure: Spans, can: Spans, effects: Tuple, verdict: Verdict, kind: str = "") -> None:
        if can:
            self.found.append(Outcome(sure, can, effects, verdict, kind))

    # Registers: of 4 bytes each; the old names are of four of them.

    def _place(self, register: int) -> int:
        return (register - 1) * 4 if register < 8 else register - 8

    def _store(self, registers: Dict[int, List[Piece]], register: int, pieces: List[Piece]) -> None:
        place = self._place(register)
        for over in range(place, place + (total(pieces) + 3) // 4):
            registers.pop(over, None)
        registers[place] = pieces

    def _fetch(self, registers: Dict[int, List[Piece]], register: int, length: int) -> List[Piece]:
        place, found = self._place(register), []  # type: int, List[Piece]
        while total(found) < length:
            pieces = registers.get(place)
            if pieces is None:
                return cut(found, length)
            size = total(pieces)
            if size == 0:
                return cut(found, length)
            padding = -size % 4
            found += pieces + ([known(0, padding)] if padding else [])
            place += (size + padding) // 4
        return cut(found, length)

    # Expressions that load.

    def _on_payload(self, data: Dict, registers: Dict) -> Any:
        base, offset, length = data.get("base", 9), data.get("offset", 0), _bounded(data.get("length", 0))
        if "sreg" in data:
            return ("end", (Verdict(CONTINUE), LEADS_ANYWHERE)) if base in (1, 2) and not self._is_spared(base, offset, length) else None
        if base == 1:
            pieces = loaded(packets.network_header(self.packet), offset, length)
        elif base == 2:
            pieces = loaded(packets.transport_header(self.packet), offset, length)
        elif base == 0:
            pieces = loaded([unknown(12), unknown(2) if self.packet.tagged else known(packets.ETHERTYPE[self.packet.version], 2)], offset, length)
        else:
            pieces = [unknown(length)]
        self._store(registers, data["dreg"], pieces)
        return None

    def _is_spared(self, base: int, offset: int, length: int) -> bool:
        """Whether what is written is of no matter to where the packet goes: all but addresses and ports."""
        return offset >= 4 if base == 2 else offset + length <= (12 if self.packet.version == 4 else 8)

    def _on_meta(self, data: Dict, registers: Dict) -> Any:
        key = data.get("key")
        if "sreg" in data:
            if key != 3:
                return None
            pieces = self._fetch(registers, data["sreg"], 4)
            return "effect", (("mark", _native(pieces)),)
        self._store(registers, data["dreg"], [self._meta(key)])
        return None

    def _meta(self, key: Optional[int]) -> Piece:
        packet, native = self.packet, lambda value: exactly(struct.pack("=I", value))
        inward, outward = (packet.device, packet.index) if packet.arrives else ("", 0), ("", 0) if packet.arrives else (packet.device, packet.index)
        if key == 1 and not packet.tagged:
            return known(packets.ETHERTYPE[packet.version], 2)
        if key == 3:
            return unknown(4) if self.key.mark is None else native(self.key.mark)
        if key in (4, 5):
            return native((inward if key == 4 else outward)[1])
        if key in (6, 7):
            return exactly((inward if key == 6 else outward)[0].encode().ljust(16, b"\0"))
        if key == 15:
            return known({4: 2, 6: 10}[packet.version] if self.walk.base is None or self.walk.base.family not in (5, 7) else self.walk.base.family, 1)
        if key == 16:
            return known(packets.TCP, 1)
        if key == 19 and packet.arrives and not packet.local:
            return known(0, 1)
        return unknown({1: 2, 8: 2, 9: 2, 17: 16, 18: 16, 19: 1, 25: 1, 26: 16, 27: 16, 30: 8, 31: 1, 34: 16}.get(key or 0, 4))

    def _on_ct(self, data: Dict, registers: Dict) -> Any:
        key, direction = data.get("key"), data.get("direction")
        if "sreg" in data:
            if key != 3 or not self._is_tracked():
                return None
            return "effect", (("connection_mark", _native(self._fetch(registers, data["sreg"], 4))),)
        self._store(registers, data["dreg"], [self._connection(key, direction)])
        return None

    def _connection(self, key: Optional[int], direction: Optional[int]) -> Piece:
        state = self.walk.state_of(self.key)
        if self.walk.is_at_conntrack():
            return unknown(16)
        native = lambda value: exactly(struct.pack("=I", value))
        if key == 0:
            return native({INVALID: 1, ESTABLISHED: 2, NEW: 8, UNTRACKED: 64}[state])
        if state in (INVALID, UNTRACKED):
            return unknown(16)
        if key == 1:
            return known(0 if self.packet.arrives else 1, 1)
        if key == 2:
            value = (0x20 if self.key.translated else 0) | (0x2 if state == ESTABLISHED else 0)
            return Bits(int.from_bytes(struct.pack("=I", value), "big"), int.from_bytes(struct.pack("=I", 0x33), "big"), 4)
        if key == 3 and self.key.connection_mark is not None:
            return native(self.key.connection_mark)
        if key == 7:
            return known({4: 2, 6: 10}[self.packet.version], 1)
        if key == 10:
            return known(packets.TCP, 1)
        if direction == 0:
            if key in (8, 19, 21):
                return packets.whole_client(self.packet.version)
            if key in (9, 20, 22):
                return packets.host_of(self.original)
            if key == 11:
                return packets.Free(packets.LEAST_PORT, packets.LAST_PORT)
            if key == 12:
                return packets.port_of(self.original)
        return unknown({8: 16, 9: 16, 11: 2, 12: 2, 13: 16, 18: 2}.get(key or 0, 4))

    def _on_fib(self, data: Dict, registers: Dict) -> Any:
        result, flags = data.get("result"), data.get("flags", 0)
        client_side = bool(flags & 1) == self.packet.arrives
        if result == 3 and not flags & 24:
            kind = (xt.LOCAL if self.packet.local else xt.UNICAST) if client_side else xt.LOCAL
            pieces: List[Piece] = [exactly(struct.pack("=I", kind))]
        elif client_side and self.packet.arrives and flags & 0x20:
            pieces = [known(1, 1)]
        elif client_side and self.packet.arrives and result == 1:
            pieces = [exactly(struct.pack("=I", self.packet.index))]
        elif client_side and self.packet.arrives and result == 2:
            pieces = [exactly(self.packet.device.encode().ljust(16, b"\0"))]
        else:
            pieces = [unknown(16 if result == 2 else 4)]
        self._store(registers, data["dreg"], pieces)
        return None

    def _on_immediate(self, data: Dict, registers: Dict) -> Any:
        held = data.get("data")
        if isinstance(held, Verdict):
            return "end", (held,)
        self._store(registers, data.get("dreg", 1), [exactly(held or b"")])
        return None

    def _on_bitwise(self, data: Dict, registers: Dict) -> Any:
        length = _bounded(data.get("length", 4))
        pieces = self._fetch(registers, data["sreg"], length)
        if data.get("op", 0) != 0:
            self._store(registers, data["dreg"], [unknown(length)])
            return None
        mask, flip, at, done = data.get("mask", b""), data.get("xor", b""), 0, []
        for piece in pieces:
            size = piece.length
            done.append(_masked(piece, int.from_bytes(mask[at:at + size], "big"), int.from_bytes(flip[at:at + size], "big")))
            at += size
        self._store(registers, data["dreg"], done)
        return None

    def _on_byteorder(self, data: Dict, registers: Dict) -> Any:
        length, size = _bounded(data.get("length", 4)), _bounded(data.get("size", 4))
        pieces = self._fetch(registers, data["sreg"], length)
        if len(pieces) == 1 and isinstance(pieces[0], Bits):
            value, sure = (b"".join(number.to_bytes(length, "big")[at:at + size][::-1] for at in range(0, length, size)) for number in pieces[0][:2])
            self._store(registers, data["dreg"], [Bits(int.from_bytes(value, "big"), int.from_bytes(sure, "big"), length)])
        else:
            self._store(registers, data["dreg"], [unknown(length)])
        return None

    def _unknown_load(self, data: Dict, registers: Dict) -> Any:
        """Loads something of which nothing is known, into a register that is not looked for: from then on nothing is known of any."""
        registers.clear()
        return None

    _on_rt = _on_socket = _on_osf = _on_numgen = _on_hash = _on_xfrm = _on_tunnel = _unknown_load

    def _on_exthdr(self, data: Dict, registers: Dict) -> Any:
        """Of IPv6: the packets of a connection have no such header. What TCP's options are is the client's choice."""
        if data.get("op", 0) != 0:
            return self._unknown_load(data, registers)
        if not data.get("flags", 0) & 1:
            return "match", answer(self.packet, False)
        self._store(registers, data["dreg"], [known(0, 1)])
        return None

    # Expressions that match.

    def _on_cmp(self, data: Dict, registers: Dict) -> Any:
        wanted, op = data.get("data", b""), data.get("op", EQ)
        pieces = self._fetch(registers, data["sreg"], len(wanted))
        if op in (EQ, NEQ):
            return "match", inverted(self.packet, equal(self.packet, pieces, wanted), op == NEQ)
        if len(pieces) != 1:
            return "match", answer(self.packet, None)
        number, most = int.from_bytes(wanted, "big"), (1 << 8 * len(wanted)) - 1
        low, high = {LT: (0, number - 1), LTE: (0, number), GT: (number + 1, most), GTE: (number, most)}[op]
        return "match", between(self.packet, pieces[0], low, high) if low <= high else answer(self.packet, False)

    def _on_range(self, data: Dict, registers: Dict) -> Any:
        low, high = data.get("low", b""), data.get("high", b"")
        pieces = self._fetch(registers, data["sreg"], len(low))
        if len(pieces) != 1:
            return "match", answer(self.packet, None)
        found = between(self.packet, pieces[0], int.from_bytes(low, "big"), int.from_bytes(high, "big"))
        return "match", inverted(self.packet, found, data.get("op", 0) == 1)

    def _on_lookup(self, data: Dict, registers: Dict) -> Any:
        one = (self.walk.base.sets if self.walk.base else {}).get(data.get("set", ""))
        if one is None:
            return "match", answer(self.packet, None)
        if one.dynamic:
            return self._on_filled(one, data)
        pieces = self._fetch(registers, data["sreg"], one.length)
        found = self._looked_up(one, pieces)
        if "dreg" not in data:
            whole = (NONE, NONE)
            for each, _ in found:
                whole = either(whole, each)
            return "match", inverted(self.packet, whole, data.get("flags", 0) & 1)
        if data["dreg"] == 0:
            return "verdicts", [(each, value) for each, value in found if isinstance(value, Verdict)]
        return "each", [(each, {self._place(data["dreg"]): [exactly(value)]}) for each, value in found if isinstance(value, bytes)]

    def _on_filled(self, one: Set, data: Dict) -> Any:
        """A set that rules fill: anybody may be in it by the time a packet comes, and whoever is in it now may be out."""
        perhaps = answer(self.packet, None)
        if "dreg" not in data:
            return "match", perhaps
        if data["dreg"] == 0:
            return "verdicts", [(perhaps, element.data) for element in one.elements + one.other if isinstance(element.data, Verdict)]
        return "each", [(perhaps, {self._place(data["dreg"]): [unknown(_bounded(one.data_length))]})]

    def _looked_up(self, one: Set, pieces: List[Piece]) -> List[Tuple[Found, Any]]:
        """For each value of the map (None for a set) who finds it."""
        by_value: Dict[Any, List] = {}
        for element in one.elements:
            by_value.setdefault(element.data, []).append(element)
        found = [(self._in_elements(elements, pieces), value) for value, elements in by_value.items()]
        for other in one.other:
            any_sure, any_can = NONE, NONE
            for (sure, can), _ in found:
                any_sure, any_can = any_sure | sure, any_can | can
            rest = self.walk.everybody - any_can, self.walk.everybody - any_sure
            found.append(((NONE, rest[1]) if other.maybe else rest, other.data))
        return found

    def _in_elements(self, elements: List, pieces: List[Piece]) -> Found:
        ranges: List[Tuple[int, int]] = []
        possible: List[Tuple[int, int]] = []
        sure, can = NONE, NONE
        for element in elements:
            known_yes: Optional[bool] = True
            where: Optional[Tuple[int, int]] = None
            found = answer(self.packet, True)
            at = 0
            for piece in pieces:
                low, high = (int.from_bytes(key[at:at + piece.length], "big") for key in (element.low, element.high))
                at += piece.length
                if isinstance(piece, Client) and where is None:
                    where = packets.client_range(self.packet, piece, low, high)
                    if where is not None:
                        continue
                found = both(found, between(self.packet, piece, low, high))
                if not found[1]:
                    break
            if not found[1]:
                continue
            if element.maybe:
                found = NONE, found[1]
            if where is None:
                sure, can = sure | found[0], can | found[1]
            elif found[0] == found[1] == self.walk.everybody:
                ranges.append(where)
            elif found[0] == NONE and found[1] == self.walk.everybody:
                possible.append(where)
            else:
                inside = joined([where])
                sure, can = sure | found[0] & inside, can | found[1] & inside
        all_sure = sure | joined(ranges)
        return all_sure, can | all_sure | joined(possible)

    def _on_dynset(self, data: Dict, registers: Dict) -> Any:
        """What it writes is seen by whoever looks the set up: `_on_filled`. Whether a set is full is not weighed."""
        carried = data.get("within", []) + data.get("among", [])
        return ("match", answer(self.packet, None)) if data.get("flags") or any(name not in HARMLESS for name in carried) else None

    def _doubtful(self, data: Dict, registers: Dict) -> Any:
        return "match", answer(self.packet, None)

    _on_limit = _on_quota = _on_connlimit = _doubtful

    def _on_objref(self, data: Dict, registers: Dict) -> Any:
        kind = data.get("type")
        if kind in DOUBTFUL_OBJECTS:
            return "match", answer(self.packet, None)
        return ("end", (Verdict(CONTINUE), OPAQUE)) if kind == SYNPROXY else None

    def _on_match(self, data: Dict, registers: Dict) -> Any:
        if data.get("name") in ("conntrack", "state", "connmark") and self.walk.is_at_conntrack():
            return "match", answer(self.packet, None)
        return "match", xt.matches(data.get("name", ""), data.get("revision", 0), data.get("info", b""), self.now)

    def _on_entry(self, data: Dict, registers: Dict) -> Any:
        """The addresses, devices and protocol of a rule of iptables-legacy."""
        packet, turned = self.packet, data["turned"]
        client, host = ("source", "target") if packet.arrives else ("target", "source")
        bits = {"source": 0x08, "target": 0x10}
        mask = int.from_bytes(data[client][1], "big")
        found = packets.masked(packet.version, mask, int.from_bytes(data[client][0], "big"))
        found = inverted(packet, found, turned & bits[client])
        mask = int.from_bytes(data[host][1], "big")
        is_host = packets.host_masked(packet, mask, int.from_bytes(data[host][0], "big"))
        found = both(found, inverted(packet, answer(packet, is_host), turned & bits[host]))
        for way, name, bit in (("in", packet.device if packet.arrives else "", 1), ("out", "" if packet.arrives else packet.device, 2)):
            wanted, mask_bytes = data[way]
            padded = name.encode().ljust(16, b"\0")
            same = all((a ^ b) & m == 0 for a, b, m in zip(padded, wanted, mask_bytes))
            found = both(found, inverted(packet, answer(packet, same), turned & bit))
        if data["protocol"]:
            found = both(found, inverted(packet, answer(packet, data["protocol"] == packets.TCP), turned & 0x40))
        if data["fragment"]:
            found = both(found, inverted(packet, answer(packet, False), turned & 0x20))
        return "match", found

    # Expressions that decide.

    def _on_reject(self, data: Dict, registers: Dict) -> Any:
        return "end", (Verdict(DROP),)

    def _on_notrack(self, data: Dict, registers: Dict) -> Any:
        return "effect", (("state", UNTRACKED),)

    def _on_fwd(self, data: Dict, registers: Dict) -> Any:
        return "end", (Verdict(DROP), ELSEWHERE)

    def _on_masq(self, data: Dict, registers: Dict) -> Any:
        return "end", (Verdict(ACCEPT), OPAQUE if self.packet.arrives else "")

    def _on_queue(self, data: Dict, registers: Dict) -> Any:
        return "end", (Verdict(CONTINUE), OPAQUE)

    _on_tproxy = _on_synproxy = _on_queue

    def _on_redir(self, data: Dict, registers: Dict) -> Any:
        if data.get("flags", 0) & ~SIMPLE_TRANSLATION:
            return "end", (Verdict(CONTINUE), LEADS_ANYWHERE)
        return self._translated(self.walk.redirected, self._port(data, registers))

    def _on_nat(self, data: Dict, registers: Dict) -> Any:
        if data.get("family", 0) not in (0, {4: 2, 6: 10}[self.packet.version]):
            return None
        if data.get("type") != 1:
            return self._on_masq(data, registers)
        if data.get("flags", 0) & ~SIMPLE_TRANSLATION:
            return "end", (Verdict(CONTINUE), LEADS_ANYWHERE)
        port = self._port(data, registers)
        if not data.get("address"):
            return self._translated(None, port)
        address = self._only(data, registers, "address", "last_address", len(self.packet.host))
        return ("end", (Verdict(CONTINUE), LEADS_ANYWHERE)) if address is None else self._translated(address.to_bytes(len(self.packet.host), "big"), port)

    def _only(self, data: Dict, registers: Dict, first: str, last: str, length: int) -> Optional[int]:
        """What two registers hold when that is one and the same."""
        found = [self._fetch(registers, data[name], length) for name in (first, last) if data.get(name)]
        exact = {pieces[0].value for pieces in found if len(pieces) == 1 and _is_exact(pieces[0])}
        return exact.pop() if len(exact) == 1 and all(len(pieces) == 1 and _is_exact(pieces[0]) for pieces in found) else None

    def _port(self, data: Dict, registers: Dict) -> Optional[int]:
        """The port that it goes to; None when it keeps its own, -1 when that can't be known."""
        if not data.get("port"):
            return None
        found = self._only(data, registers, "port", "last_port", 2)
        return -1 if found is None else found

    def _translated(self, address: Optional[bytes], port: Optional[int]) -> Any:
        """To an address of ours, or (None) to the one that was asked for, or (empty) to one of ours that is not known."""
        leads = self.walk.leads(address) if address else IN
        if leads in (OUT, ELSEWHERE):
            return "end", (Verdict(DROP), leads)
        if port == -1 or leads == OPAQUE:
            return "end", (Verdict(CONTINUE), LEADS_ANYWHERE)
        return "translate", (("port", self.packet.port if port is None else port), ("translated", self.rule), ("host", address))

    def _on_target(self, data: Dict, registers: Dict) -> Any:
        done = xt.target(data.get("name", ""), data.get("revision", 0), data.get("info", b""), self.packet.version)
        key = self.key
        if done.kind == "drop":
            return "end", (Verdict(DROP),)
        if done.kind == "continue":
            return "end", (Verdict(CONTINUE),)
        if done.kind == "untracked":
            return "effect", (("state", UNTRACKED),)
        if done.kind == "mark unknown":
            return "effect", (("mark", None),)
        if done.kind == "mark":
            return "effect", (("mark", None if key.mark is None else key.mark & ~done.mask ^ done.value),)
        if done.kind in ("connmark", "save", "restore"):
            return self._connection_mark(done)
        if done.kind == "source":
            return self._on_masq(data, registers)
        if done.kind == "translate":
            return self._translated(done.to.packed if done.to is not None else self.walk.redirected if data["name"] == "REDIRECT" else None, done.port)
        return "end", (Verdict(CONTINUE), LEADS_ANYWHERE if data["name"] in ("DNAT", "REDIRECT") else OPAQUE)

    def _connection_mark(self, done: xt.Target) -> Any:
        """A packet of no connection has none."""
        key = self.key
        if not self._is_tracked():
            return "end", (Verdict(CONTINUE),)
        if done.kind == "restore":
            return "effect", (("mark", _mixed(key.mark, done.packet_mask, key.connection_mark, done.mask)),)
        put, taken = (done.value, WHOLE_MARK) if done.kind == "connmark" else (key.mark, done.packet_mask)
        return "effect", (("connection_mark", _mixed(key.connection_mark, done.mask, put, taken)),)

    def _is_tracked(self) -> bool:
        return self.walk.state_of(self.key) in (NEW, ESTABLISHED)


def _mixed(kept: Optional[int], mask: int, put: Optional[int], taken: int) -> Optional[int]:
    """`kept` without the bits of `mask`, with those of `put & taken` turned over; None where either is not known and matters."""
    if kept is None and mask != WHOLE_MARK or put is None and taken:
        return None
    return (kept or 0) & ~mask & WHOLE_MARK ^ (put or 0) & taken


def _bounded(length: int) -> int:
    """The kernel has registers of 64 bytes."""
    if not 0 < length <= 64:
        raise ValueError(length)
    return length


def _native(pieces: List[Piece]) -> Optional[int]:
    """A number in the machine's own order, when all of it is known."""
    if len(pieces) == 1 and _is_exact(pieces[0]) and pieces[0].length == 4:
        return struct.unpack("=I", pieces[0].value.to_bytes(4, "big"))[0]
    return None


def _is_exact(piece: Piece) -> bool:
    return isinstance(piece, Bits) and piece.known == (1 << 8 * piece.length) - 1


def _masked(piece: Piece, mask: int, flip: int) -> Piece:
    ones = (1 << 8 * piece.length) - 1
    if isinstance(piece, Bits):
        return Bits((piece.value & mask) ^ flip, piece.known | ~mask & ones, piece.length)
    if isinstance(piece, Client):
        return Client(piece.start, piece.length, piece.mask & mask, piece.flip & mask ^ flip)
    return unknown(piece.length) if mask != ones or flip else piece
