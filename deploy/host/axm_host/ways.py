"""Who reaches a port of this host, by every base chain that the packets of a connection pass: whose chain it is makes no difference to the kernel."""
from __future__ import annotations

import itertools
from typing import Any, Callable, Collection, Dict, FrozenSet, Iterable, List, NamedTuple, Optional, Sequence, Set, Tuple

from axm_host import arrivals, legacy, nft, spans, words, xt
from axm_host.addresses import Apart, reachable, way_of
from axm_host.arrivals import Arrival, Host, Lower, Network
from axm_host.ipset import Ipsets
from axm_host.nft import ACCEPT, Base, Expression, Rule
from axm_host.packet import ACK, ESTABLISHED, INVALID, NEW, SYN, SYN_ACK, UNTRACKED, Packet
from axm_host.spans import NONE, Spans
from axm_host.walk import ELSEWHERE, IN, OPAQUE, OUT, SOURCE_NAT, TARGET_NAT, End, Key, Parcels, Walk, add

INET, IP, NETDEV, BRIDGE, IP6 = 1, 2, 5, 7, 10
PREROUTING, INPUT, OUTPUT, POSTROUTING, INET_INGRESS = 0, 1, 3, 4, 5
MOST_ADDRESSES, MOST_COMPARED, MOST_WALKS = 24, 400, 120
MOST_TOGETHER = 4
CHANGE_NOTHING = {"counter", "log", "last", "dup", "immediate", "bitwise", "byteorder", "cmp", "range", "lookup", "fib", "exthdr", "match", "entry", "limit", "quota", "connlimit",
                  "reject", "rt", "socket", "osf", "numgen", "hash", "xfrm", "tunnel", "objref"}
MANY_TOGETHER = Rule("more chains of one priority than are followed in every order", ())
MORE_ADDRESSES = Rule("the host has more addresses than are followed", ())
Deciding = List[Tuple[Rule, Spans]]
NO_ROUTE = Rule("no route of the host leads back", ())


class Reach(NamedTuple):
    """Of all clients of one version who reaches a port. What a client belongs to is exactly one of these."""
    version: int
    port: int
    let_in: Deciding
    kept_out: Deciding
    elsewhere: Deciding
    unknown: Deciding
    local: Spans
    ipset: Callable[[int], str]


class Kernel(NamedTuple):
    """All that decides, of one moment as far as the kernel gives it."""
    bases: List[Base]
    network: Network
    ipsets: Any
    changing: FrozenSet[str] = frozenset()  # where chains stand that change what others see; found when it is asked
    shared: Optional[Dict[Any, Any]] = None  # what rules do in every walk, likewise


def read() -> Kernel:
    """OSError or TimeoutError when the kernel does not tell."""
    bases = nft.read() + legacy.read()
    return Kernel(bases, arrivals.read(), Ipsets(filled(bases)))


def filled(bases: Iterable[Base]) -> Optional[Set[int]]:
    """The ipsets that a rule of any chain writes to; None when that can be any."""
    found: Set[int] = set()
    for step in steps_of(bases):
        if step.name == "target" and step.data.get("name") == "SET":
            indexes = xt.filled_sets(step.data.get("revision", 0), step.data.get("info", b""))
            if indexes is None:
                return None
            found |= set(indexes)
    return found


def steps_of(bases: Iterable[Base]) -> Iterable[Expression]:
    return (step for base in bases for rules in base.chains.values() for rule in rules for step in rule.steps)


def seen(ports: Iterable[int], openings: Collection[Tuple[int, str]]) -> Tuple[Optional[List[dict]], List[dict]]:
    """(who reaches which port, or None when the kernel does not say; what decides besides the openings)."""
    try:
        kernel = read()
        reaches = [reach(kernel, version, port) for port in sorted(set(ports)) for version in (4, 6)]
    except (OSError, TimeoutError) as broken:
        return None, [{"code": "FIREWALL_UNSEEN", "at": "the kernel's packet filter", "what": f"it can't be read: {broken}",
                       "mend": "who gets in can't be known until it can; look again, and report it if it stays so"}]
    return to_json(reaches, openings), findings(reaches, openings)


def reach(kernel: Kernel, version: int, port: int) -> Reach:
    found = _Gathered()
    kernel = kernel._replace(changing=frozenset(base.at for base in kernel.bases if any(changes(step) for rule in reachable(base) for step in rule.steps)), shared={})
    local, lost, left = NONE, spans.ALL[version], MOST_WALKS
    leads = any(can_lead(step) for base in kernel.bases if way_of(base) for rule in reachable(base) for step in rule.steps)
    for arrival in arrivals.arrivals(kernel.network, version):
        lost = lost - arrival.clients
        local = local | arrival.clients if arrival.local else local
        hosts = told_apart(kernel, version, port, arrival, leads)
        most = min(MOST_ADDRESSES, max(1, left))
        left -= min(most, len(hosts))
        for host in hosts[:most]:
            _One(kernel, version, port, arrival, host, found).walk()
            if leads and not arrival.local:
                _Other(kernel, version, port, arrival, host, found).walk()
        if len(hosts) > most:
            found.doubt(MORE_ADDRESSES, arrival.clients)
    if lost:
        found.end(End(OUT, NO_ROUTE, Key(), lost))
    return found.reach(version, port, local, kernel.ipsets.name)


def can_lead(step: Expression) -> bool:
    """Whether a step can lead what was sent to another port to the one that is asked about."""
    return step.name in ("nat", "redir", "unreadable nat", "unreadable redir") or step.name == "payload" and "sreg" in step.data or (
        step.name == "target" and step.data.get("name") in ("DNAT", "REDIRECT"))


def changes(step: Expression) -> bool:
    """Whether a step changes what another chain can see: marks, connections, translations, sets."""
    if step.name == "target":
        return xt.target(step.data.get("name", ""), step.data.get("revision", 0), step.data.get("info", b""), 4).kind not in ("drop", "continue") or step.data.get("name") == "SET"
    if step.name in ("meta", "ct", "payload"):
        return "sreg" in step.data
    return step.name not in CHANGE_NOTHING


def packet_of(version: int, port: Optional[int], arrival: Arrival, host: Host) -> Packet:
    device = arrival.device
    return Packet(version, True, device.name, device.index, arrival.lower, device.bridge or any(one.port for one in arrival.lower), host.address, port, NEW, SYN, arrival.local, free=host.free)


def told_apart(kernel: Kernel, version: int, port: int, arrival: Arrival, leads: bool) -> List[Host]:
    """One of each kind of the addresses that clients can reach."""
    if len(arrival.hosts) < 2:
        return list(arrival.hosts)
    apart = Apart(kernel.bases, packet_of(version, port, arrival, arrival.hosts[0]), kernel.ipsets, [port, None] if leads else [port])
    exact = [host for host in arrival.hosts if not host.free]
    kinds: Dict[Any, Host] = {}
    for host in exact[:MOST_COMPARED]:
        kinds.setdefault(apart.mark(host.address), host)
    return [*kinds.values(), *exact[MOST_COMPARED:], *(host for host in arrival.hosts if host.free)]


class _Gathered:
    """What can become of each client, over all devices and addresses that it may come by."""

    def __init__(self) -> None:
        self.let_in: Dict[Optional[Rule], Spans] = {}
        self.stopped: Dict[Tuple[str, Rule], Spans] = {}
        self.perhaps: Dict[Tuple[str, Rule], Spans] = {}
        self.blamed: Dict[Rule, Spans] = {}

    def end(self, end: End) -> None:
        key = ELSEWHERE if end.kind == ELSEWHERE else OUT, end.rule
        stopped = self.stopped if end.key.blame is not end.rule else self.perhaps
        stopped[key] = stopped.get(key, NONE) | end.clients
        self.blame(end.key, end.clients)

    def enter(self, by: Optional[Rule], key: Key, clients: Spans) -> None:
        self.let_in[by] = self.let_in.get(by, NONE) | clients
        self.blame(key, clients)

    def doubt(self, rule: Rule, clients: Spans) -> None:
        """These may get in, and may not."""
        self.end(End(OUT, rule, Key(blame=rule), clients))
        self.enter(None, Key(blame=rule), clients)

    def blame(self, key: Key, clients: Spans) -> None:
        if key.blame is not None:
            self.blamed[key.blame] = self.blamed.get(key.blame, NONE) | clients

    def reach(self, version: int, port: int, local: Spans, ipset: Callable[[int], str]) -> Reach:
        stopped = [*self.stopped.items(), *self.perhaps.items()]
        doubtful = _union(self.let_in.values()) & _union(clients for _, clients in stopped)
        unknown, left = [], doubtful
        for rule, clients in list(self.blamed.items()) + [(rule, clients) for (_, rule), clients in stopped]:
            if left & clients:
                unknown.append((rule, left & clients))
                left = left - clients
        return Reach(version, port, _apart([(by, one) for by, one in self.let_in.items() if by is not None], doubtful) + _unsaid(self.let_in, doubtful),
                     _apart([(rule, one) for (kind, rule), one in stopped if kind == OUT], doubtful),
                     _apart([(rule, one) for (kind, rule), one in stopped if kind == ELSEWHERE],
                            doubtful | _union(one for (kind, _), one in stopped if kind == OUT)), unknown, local, ipset)


def _union(many: Iterable[Spans]) -> Spans:
    return spans.joined(one for each in many for one in each.ranges)


def _apart(deciding: Deciding, without: Spans) -> Deciding:
    """Each client under the first rule alone."""
    found, done = [], without
    for rule, clients in deciding:
        rest = clients - done
        if rest:
            found.append((rule, rest))
            done = done | rest
    return found


def _unsaid(let_in: Dict[Optional[Rule], Spans], doubtful: Spans) -> Deciding:
    rest = let_in.get(None, NONE) - doubtful - _union(one for by, one in let_in.items() if by is not None)
    return [(Rule("no rule", ()), rest)] if rest else []


class _One:
    """The packets of a connection from the clients of one device to one address."""

    def __init__(self, kernel: Kernel, version: int, port: int, arrival: Arrival, host: Host, found: _Gathered) -> None:
        self.kernel, self.version, self.port, self.arrival, self.found = kernel, version, port, arrival, found
        self.packet = packet_of(version, port, arrival, host)

    def leads(self, address: bytes) -> str:
        """Where what is translated to an address gets."""
        if not arrivals.is_own(self.kernel.network, self.version, address):
            return ELSEWHERE
        if self.arrival.local or not arrivals.is_loop(address, self.version):
            return IN
        if self.version == 6:
            return OPAQUE
        return IN if self.arrival.device.index in self.kernel.network.localnet else OUT

    def start(self) -> Key:
        return Key(port=self.port)

    def walk(self) -> None:
        for name in [self.arrival.device.name] * self.arrival.device.program + [one.name for one in self.arrival.lower if one.program]:
            program = Rule(f"XDP program on {name}", ())
            self.ended(End(OUT, program, Key(blame=program), self.arrival.clients))
        parcels = self._pass(self.packet, {self.start(): self.arrival.clients})
        landed: Parcels = {}
        accepted: List[Tuple[Optional[Rule], Spans]] = []
        for key, clients in self.landed(parcels).items():
            accepted.append((key.by, clients))
            add(landed, key._replace(by=None, mark=0, state=ESTABLISHED if key.state == NEW else key.state), clients)
        if not self.arrival.local:
            answers = {key._replace(state=INVALID if key.state == UNTRACKED else key.state): clients for key, clients in landed.items()}
            landed = self._pass(self.packet._replace(arrives=False, flags=SYN_ACK), answers)
            landed = self._pass(self.packet._replace(flags=ACK), _merged({key._replace(mark=0): clients for key, clients in landed.items()}))
        for key, clients in landed.items():
            for by, some in accepted:
                if some & clients:
                    self.found.enter(by, key, some & clients)

    def landed(self, parcels: Parcels) -> Parcels:
        """Those that got to the port that is asked about."""
        here: Parcels = {}
        for key, clients in parcels.items():
            if key.port != self.port and key.translated is not None:
                self.ended(End(ELSEWHERE, key.translated, key, clients))
            else:
                here[key] = clients
        return here

    def led(self, parcels: Parcels) -> Parcels:
        """Those that are of matter behind all translations."""
        return parcels

    def ended(self, end: End) -> None:
        self.found.end(end)

    def _pass(self, packet: Packet, parcels: Parcels) -> Parcels:
        for stage in self._stages(packet):
            ways = [through(self._walk(one), self._orders(stage.bases), parcels) for one in stage.packets]
            ends, parcels = _merge(ways) if stage.certain else _perhaps(ways, parcels)
            for end in ends:
                self.ended(end)
            if stage.translates:
                parcels = self.led(parcels)
        return parcels

    def _walk(self, packet: Packet) -> Walk:
        return Walk(packet, self.kernel.ipsets, self.leads, self.arrival.redirected, self.port, self.kernel.shared)

    def _orders(self, bases: List[Base]) -> List[List[List[Base]]]:
        """Groups of chains, one after the other, each in all orders in which the kernel can have it: of one priority the newest comes first, and which that is can't be seen."""
        groups = [list(group) for _, group in itertools.groupby(bases, key=place_of)]
        return [orders(group) if len(group) > 1 and any(base.at in self.kernel.changing for base in group) else [group] for group in groups]

    def _stages(self, packet: Packet) -> List[Stage]:
        layer3 = {INET, IP if packet.version == 4 else IP6}
        inward = packet.arrives
        hooks = {(NETDEV, 0), (INET, INET_INGRESS)} if inward else {(NETDEV, 1)}
        links = [self._of_link(hooks, packet, one, len(packet.lower) == 1) for one in packet.lower]
        device = [Stage(self._of_device(hooks, packet.device or ""), [packet], True)]
        bridge = [self._of_bridge(packet, hook) for hook in ((PREROUTING, INPUT) if inward else (OUTPUT, POSTROUTING)) if packet.bridge]
        host = [Stage(self._at(layer3, hook), [packet], True, inward and hook == PREROUTING) for hook in ((PREROUTING, INPUT) if inward else (OUTPUT, POSTROUTING))]
        return links + bridge + device + host if inward else host + device + bridge + links[::-1]

    def _of_link(self, hooks: Set[Tuple[int, int]], packet: Packet, lower: Lower, only: bool) -> Stage:
        """The chains of a device below. Behind a tunnel they see other packets: they could do anything."""
        bases = self._of_device(hooks, lower.name)
        if lower.packed:
            bases = [base._replace(chains={base.chain: [Rule(f"{base.at}, of {lower.name} below {packet.device}", (Expression("sees only what carries them", {}),))]}, policy=ACCEPT)
                     for base in bases if base.policy != ACCEPT or base.chains.get(base.chain)]
        return Stage(bases, [_below(packet, lower)], only)

    def _of_bridge(self, packet: Packet, hook: int) -> Stage:
        """The chains of a bridge see the port that a packet comes by."""
        ports = [_below(packet, one) for one in packet.lower if one.port]
        return Stage(self._at({BRIDGE}, hook), ports or [packet], all(not one.tagged for one in packet.lower if one.port))

    def _at(self, families: Set[int], hook: int) -> List[Base]:
        return sorted((base for base in self.kernel.bases if base.family in families and base.hook == hook), key=place_of)

    def _of_device(self, hooks: Set[Tuple[int, int]], name: str) -> List[Base]:
        return sorted((base for base in self.kernel.bases if (base.family, base.hook) in hooks and name in base.devices), key=place_of)


class Stage(NamedTuple):
    """Chains, as a packet comes to them: it can be any of `packets`. Not `certain`: or it does not come to them."""
    bases: List[Base]
    packets: List[Packet]
    certain: bool
    translates: bool = False  # behind it the port is the one that the packet ends at


def _below(packet: Packet, lower: Lower) -> Packet:
    return packet._replace(device=lower.name, index=lower.index, tagged=lower.tagged)


def place_of(base: Base) -> int:
    """Where a chain stands among those of its hook. All chains that translate stand together, in a place of the kernel's own."""
    if base.kind == "nat" and base.family in (INET, IP, IP6):
        return TARGET_NAT if base.hook in (PREROUTING, OUTPUT) else SOURCE_NAT
    return base.priority


def orders(group: List[Base]) -> List[List[Base]]:
    """Those that translate stay together and in the order of their own priorities."""
    if len(group) > MOST_TOGETHER:
        doubt = Base(0, "", "", 0, 0, ACCEPT, "filter", (), {"": [Rule(MANY_TOGETHER.at, (Expression("any order", {}),))]}, {}, MANY_TOGETHER.at)
        return [[*group, doubt], [*reversed(group), doubt]]
    return [list(one) for one in itertools.permutations(group) if _is_possible(one)]


def _is_possible(order: Sequence[Base]) -> bool:
    places = [place for place, base in enumerate(order) if base.kind == "nat"]
    priorities = [order[place].priority for place in places]
    return priorities == sorted(priorities) and (not places or places[-1] - places[0] == len(places) - 1)


def through(walk: Walk, groups: List[List[List[Base]]], parcels: Parcels) -> Tuple[List[End], Parcels]:
    """Through groups of chains; what different orders of one come to counts side by side."""
    ends: List[End] = []
    for group in groups:
        more, parcels = _merge([walk.through(order, dict(parcels)) for order in group])
        ends += more
    return ends, parcels


def _merge(ways: List[Tuple[List[End], Parcels]]) -> Tuple[List[End], Parcels]:
    ends: List[End] = []
    merged: Parcels = {}
    for more, passed in ways:
        ends += more
        for key, clients in passed.items():
            add(merged, key, clients)
    return ends, merged


class _Other(_One):
    """Packets to any other port: of those that a rule leads to the port that is asked about, who gets in. That they don't get in proves nothing."""

    def __init__(self, kernel: Kernel, version: int, port: int, arrival: Arrival, host: Host, found: _Gathered) -> None:
        super().__init__(kernel, version, port, arrival, host, found)
        self.packet = self.packet._replace(port=None)

    def start(self) -> Key:
        return Key(port=None)

    def led(self, parcels: Parcels) -> Parcels:
        return {key: clients for key, clients in parcels.items() if key.translated is not None and key.port == self.port}

    landed = led

    def ended(self, end: End) -> None:
        pass


def _perhaps(ways: List[Tuple[List[End], Parcels]], parcels: Parcels) -> Tuple[List[End], Parcels]:
    """Through chains that they may come to: what these stop is stopped perhaps."""
    ends, passed = _merge(ways)
    blamed = [end._replace(key=end.key._replace(blame=end.key.blame or end.rule)) for end in ends]
    if passed == parcels:
        return blamed, passed
    for key, clients in parcels.items():
        for end in blamed:
            add(passed, key._replace(blame=key.blame or end.rule), clients & end.clients)
            clients = clients - end.clients
        add(passed, key, clients)
    return blamed, passed


def _merged(parcels: Parcels) -> Parcels:
    merged: Parcels = {}
    for key, clients in parcels.items():
        add(merged, key, clients)
    return merged


def to_json(reaches: List[Reach], openings: Collection[Tuple[int, str]]) -> List[dict]:
    """For each port who is let in, kept out or of whom it can't be known, and the rule that decides so; empty for AxiomDB's own openings."""
    return [{"port": one.port, "is": kind, "rule": f"{rule.at}: {words.said(rule, one.ipset)}" if rule.steps else rule.at, "from": spans.texts(one.version, clients)}
            for one in reaches
            for kind, deciding in (("let_in", _with_ours(one, openings)), ("kept_out", one.kept_out), ("elsewhere", one.elsewhere), ("unknown", one.unknown))
            for rule, clients in deciding]


def _with_ours(one: Reach, openings: Collection[Tuple[int, str]]) -> Deciding:
    """Who is let in: by the openings, as one, whatever rule came first; then by each other rule."""
    ours = _opened(one, openings)
    parts = [(Rule("", ()), _union(clients for _, clients in one.let_in) & ours)] + [(rule, clients - ours) for rule, clients in one.let_in]
    return [(rule, clients) for rule, clients in parts if clients]


def _opened(one: Reach, openings: Collection[Tuple[int, str]]) -> Spans:
    return _union(spans.network(cidr) for port, cidr in openings if port == one.port and (":" in cidr) == (one.version == 6))


def findings(reaches: List[Reach], openings: Collection[Tuple[int, str]]) -> List[dict]:
    """What decides besides AxiomDB's openings, each with its rule."""
    items: Dict[Tuple[str, str], dict] = {}
    for one in reaches:
        ours = _opened(one, openings)
        for code, deciding, among, says, mend in (
                ("FIREWALL_DENIES_FIRST", one.kept_out, ours, "keeps out", "its drop is final, whatever AxiomDB's own rules let in. If these should get in, remove it{how}"),
                ("FIREWALL_LEADS_ELSEWHERE", one.elsewhere, ours, "leads elsewhere", "it changes where packets go before AxiomDB's rules see them. Remove it{how}, or publish another port"),
                ("FIREWALL_OPENED_BY_OTHERS", one.let_in, spans.ALL[one.version] - ours - one.local, "lets in",
                 "it opens the port in addition to AxiomDB's rules; pg_hba.conf and PgBouncer still decide. If no one needs it, remove it{how}"),
                ("FIREWALL_UNREADABLE", one.unknown, spans.ALL[one.version] - one.local, "decides by what AxiomDB can't know about",
                 "who gets in can't be known. Narrow it to other ports (such as `tcp dport 22` before it), or remove it{how}")):
            for rule, clients in deciding:
                some = clients & among
                if some and rule is not NO_ROUTE:
                    what = words.said(rule, one.ipset)
                    item = items.setdefault((code, rule.at), {
                        "code": code, "at": rule.at, "what": "", "mend": mend.format(how=f" ({rule.delete})" if rule.delete else ""), "ports": [], "rule": what, "says": says})
                    item["ports"].append(f"{spans.brief(one.version, some)} to port {one.port}")
    return [_told(item) for item in items.values()]


def _told(item: dict) -> dict:
    rule, says, ports = item.pop("rule"), item.pop("says"), item.pop("ports")
    item["what"] = (f'"{rule}" ' if rule else "") + f"{says}: " + "; ".join(ports)
    return item
