"""The kernel's nf_tables, read by netlink: nftables' own rules and those of iptables-nft alike, so a missing `nft` program hides nothing."""
from __future__ import annotations

import re
import struct
from typing import Any, Callable, Dict, Iterable, Iterator, List, NamedTuple, Optional, Tuple

from axm_host import netlink
from axm_host.netlink import Changed, Netlink, attribute, attributes_of, number, parts, steady, text

SUBSYSTEM = 10 << 8
GET_TABLE, GET_CHAIN, GET_RULE, GET_SET, GET_ELEMENTS, GET_GENERATION = (SUBSYSTEM | one for one in (1, 4, 7, 10, 13, 16))
FAMILIES = {1: "inet", 2: "ip", 3: "arp", 5: "netdev", 7: "bridge", 10: "ip6"}
DORMANT = 1
INTERVAL, MAP, DYNAMIC = 4, 8, 0x20
END, CATCH_ALL = 1, 2
DROP, ACCEPT, QUEUE = 0, 1, 3
CONTINUE, BREAK, JUMP, GOTO, RETURN = -1, -2, -3, -4, -5
ABSENT = (2, 19, 22, 92, 93, 95, 97)  # no such thing, not supported: a kernel without nf_tables has no chain of it


class Verdict(NamedTuple):
    code: int
    chain: str = ""


class Expression(NamedTuple):
    """One step of a rule. `data` are its attributes, read by its name."""
    name: str
    data: Dict[Any, Any]


class Rule(NamedTuple):
    at: str
    steps: Tuple[Expression, ...]
    delete: str = ""

    def __hash__(self) -> int:
        return hash(self.at)


class Element(NamedTuple):
    """From `low` to `high`, both in it, as bytes of the whole key. `data` is a value's bytes, a Verdict, or None."""
    low: bytes
    high: bytes
    data: Any = None
    maybe: bool = False


class Set(NamedTuple):
    name: str
    length: int
    elements: Tuple[Element, ...]
    other: Tuple[Element, ...] = ()
    dynamic: bool = False  # rules fill it: who is in it is of this moment alone
    concatenated: bool = False
    data_length: int = 4


class Base(NamedTuple):
    """A base chain with everything that it can jump to."""
    family: int
    table: str
    chain: str
    hook: int
    priority: int
    policy: int
    kind: str
    devices: Tuple[str, ...]
    chains: Dict[str, List[Rule]]
    sets: Dict[str, Set]
    at: str


def read() -> List[Base]:
    """All base chains of this network namespace, of one moment; none where the kernel has no nf_tables."""
    try:
        link = Netlink(netlink.NETFILTER)
    except OSError as refused:
        return _absent(refused)
    with link:
        try:
            _generation(link)
        except OSError as refused:
            return _absent(refused)
        return steady(lambda: _unless_gone(link))


def _absent(refused: OSError) -> List[Base]:
    """Only the first question tells whether the kernel has nf_tables at all."""
    if refused.errno in ABSENT:
        return []
    raise refused


def _unless_gone(link: Netlink) -> List[Base]:
    """What was listed and is gone when it is asked about is a change, not a kernel without chains."""
    try:
        return _once(link)
    except FileNotFoundError:
        raise Changed() from None


def _once(link: Netlink) -> List[Base]:
    before = _generation(link)
    head = _head(0)
    tables = {(one.head[0], text(one.attributes[1])): number(one.attributes.get(2, b"")) for one in link.ask(GET_TABLE, head)}
    chains = [one for one in link.ask(GET_CHAIN, head)]
    rules = link.ask(GET_RULE, head)
    sets = [(one.head[0], one.attributes) for one in link.ask(GET_SET, head)]
    bases = [one for one in chains if 4 in one.attributes and not tables.get((one.head[0], text(one.attributes[1])), 0) & DORMANT]
    held = {(one.head[0], text(one.attributes[1])) for one in bases}
    contents = {key: _Table(*key) for key in held}
    for one in chains:
        key = (one.head[0], text(one.attributes[1]))
        if key in held:
            contents[key].chains.setdefault(text(one.attributes[3]), [])
    for one in rules:
        key = (one.head[0], text(one.attributes[1]))
        if key in held:
            contents[key].add(one.attributes)
    for family, attributes in sets:
        key = (family, text(attributes[1]))
        if key in held:
            _add_set(link, contents[key], family, attributes)
    for table in contents.values():
        table.mark_filled()
    if _generation(link) != before:
        raise Changed()
    return [base(one.head[0], one.attributes, contents[(one.head[0], text(one.attributes[1]))]) for one in bases]


class _Table:
    def __init__(self, family: int, name: str) -> None:
        self.family, self.name = family, name
        self.chains: Dict[str, List[Rule]] = {}
        self.sets: Dict[str, Set] = {}

    def add(self, attributes: Dict[int, bytes]) -> None:
        chain = text(attributes[2])
        self.chains.setdefault(chain, []).append(rule(self.family, attributes))

    def mark_filled(self) -> None:
        """Sets that a rule of the table adds to or deletes from, whether or not they are flagged so."""
        for name in filled(step for rules in self.chains.values() for one in rules for step in one.steps):
            if name in self.sets:
                self.sets[name] = self.sets[name]._replace(dynamic=True)


def filled(steps: Iterable[Expression]) -> Iterator[str]:
    """The names of the sets that these write to."""
    for step in steps:
        if step.name in ("dynset", "unreadable dynset"):
            yield step.data["set"] if "set" in step.data else text(step.data.get("held", {}).get(1, b""))


def _add_set(link: Netlink, table: _Table, family: int, attributes: Dict[int, bytes]) -> None:
    asked = attribute(1, attributes[1]) + attribute(2, attributes[2])
    listed = [one for message in link.ask(GET_ELEMENTS, _head(family), asked) for _, one in parts(message.attributes.get(3, b""))]
    table.sets[text(attributes[2])] = elements(attributes, [attributes_of(one) for one in listed])


def _head(family: int) -> bytes:
    return struct.pack("=BBH", family, 0, 0)


def _generation(link: Netlink) -> int:
    return number(link.ask(GET_GENERATION, _head(0), dump=False)[0].attributes[1])


def base(family: int, attributes: Dict[int, bytes], table: _Table) -> Base:
    hook = attributes_of(attributes[4])
    devices = [text(one) for _, one in parts(hook.get(4, b""))] + ([text(hook[3])] if 3 in hook else [])
    name, chain = text(attributes[1]), text(attributes[3])
    return Base(family, name, chain, number(hook[1]), struct.unpack("!i", hook[2])[0], number(attributes.get(5, b"\0\0\0\1")), text(attributes.get(7, b"filter")),
                tuple(sorted(set(devices))), table.chains, table.sets, f"nftables {FAMILIES.get(family, family)} {name} {chain}")


def rule(family: int, attributes: Dict[int, bytes]) -> Rule:
    where = f"{FAMILIES.get(family, family)} {text(attributes[1])} {text(attributes[2])}"
    handle = number(attributes.get(3, b""))
    steps = tuple(expression(attributes_of(one)) for _, one in parts(attributes.get(4, b"")))
    return Rule(f"nftables {where} handle {handle}", steps, _removal(text(attributes[2]), f"nft delete rule {where} handle {handle}"))


def _removal(chain: str, usual: str) -> str:
    """How a rule is removed for good: ufw's come back with ufw."""
    if re.match("ufw6?-user-", chain):
        return "ufw status numbered; ufw delete NUMBER"
    return "edit /etc/ufw/*.rules; ufw reload" if re.match("ufw6?-", chain) else usual


def elements(attributes: Dict[int, bytes], listed: List[Dict[int, bytes]]) -> Set:
    """A set of its attributes and those of its elements."""
    flags, length = number(attributes.get(3, b"")), number(attributes.get(5, b""))
    fixed = [one for one in listed if not number(one.get(3, b"")) & CATCH_ALL]
    others = tuple(Element(b"", b"", _data_of(one), 7 in one or 11 in one) for one in listed if number(one.get(3, b"")) & CATCH_ALL)
    concatenated = flags & INTERVAL and any(10 in one for one in fixed)
    if flags & INTERVAL and not concatenated:
        found = _intervals(fixed, length)
    else:
        found = [Element(value(one[1]), value(one[10]) if 10 in one else value(one[1]), _data_of(one), _depends(one)) for one in fixed if 1 in one]
    return Set(text(attributes[2]), length, tuple(found), others, bool(flags & DYNAMIC), bool(concatenated), number(attributes.get(7, b"\0\0\0\4")))


def _depends(one: Dict[int, bytes]) -> bool:
    """Whether the element carries an expression (a limit, a quota) that decides too; a counter does not."""
    carried = [text(attributes_of(one[7]).get(1, b""))] if 7 in one else []
    carried += [text(attributes_of(each).get(1, b"")) for _, each in parts(one.get(11, b""))]
    return any(name not in ("counter", "last") for name in carried)


def _intervals(listed: List[Dict[int, bytes]], length: int) -> List[Element]:
    """Each start up to before the next end; without an end, up to the last key there is."""
    ordered = sorted(listed, key=lambda one: (value(one[1]), not number(one.get(3, b"")) & END))
    found: List[Element] = []
    start: Optional[Dict[int, bytes]] = None
    for one in ordered:
        if start is not None:
            before = (int.from_bytes(value(one[1]), "big") - 1).to_bytes(length, "big")
            found.append(Element(value(start[1]), before, _data_of(start), _depends(start)))
        start = None if number(one.get(3, b"")) & END else one
    if start is not None:
        found.append(Element(value(start[1]), b"\xff" * length, _data_of(start), _depends(start)))
    return found


def _data_of(one: Dict[int, bytes]) -> Any:
    return data(one[2]) if 2 in one else None


def data(nested: bytes) -> Any:
    """A value's bytes, or a Verdict."""
    held = attributes_of(nested)
    if 2 in held:
        verdict = attributes_of(held[2])
        return Verdict(struct.unpack("!i", verdict[1])[0], text(verdict.get(2, b"")))
    return held.get(1, b"")


def value(nested: bytes) -> bytes:
    found = data(nested)
    return found if isinstance(found, bytes) else b""


def _numbers(names: str) -> Callable[[Dict[int, bytes]], Dict[Any, Any]]:
    listed = names.split()
    return lambda held: {name: number(held[place]) for place, name in enumerate(listed, 1) if place in held}


def _with(reader: Callable[[Dict[int, bytes]], Dict[Any, Any]], **more: Tuple[int, Callable[[bytes], Any]]) -> Callable[[Dict[int, bytes]], Dict[Any, Any]]:
    return lambda held: {**reader(held), **{name: read_one(held[place]) for name, (place, read_one) in more.items() if place in held}}


READERS: Dict[str, Callable[[Dict[int, bytes]], Dict[Any, Any]]] = {
    "immediate": _with(_numbers("dreg"), data=(2, data)),
    "bitwise": _with(_numbers("sreg dreg length"), mask=(4, value), xor=(5, value), op=(6, number)),
    "byteorder": _numbers("sreg dreg op length size"),
    "cmp": _with(_numbers("sreg op"), data=(3, value)),
    "range": _with(_numbers("sreg op"), low=(3, value), high=(4, value)),
    "lookup": _with(_numbers("_ sreg dreg _ flags"), set=(1, text)),
    "dynset": _with(_numbers("_ _ op key"), set=(1, text), within=(7, lambda one: [text(attributes_of(one)[1])]),
                    among=(10, lambda one: [text(attributes_of(each)[1]) for _, each in parts(one)]), flags=(9, number)),
    "payload": _numbers("dreg base offset length sreg"),
    "meta": _numbers("dreg key sreg"),
    "ct": _numbers("dreg key direction sreg"),
    "nat": _numbers("type family address last_address port last_port flags"),
    "redir": _numbers("port last_port flags"),
    "fib": _numbers("dreg result flags"),
    "exthdr": _numbers("dreg type offset length flags op"),
    "objref": _with(_numbers("type"), name=(2, text)),
    "match": _with(_numbers("_ revision"), name=(1, text), info=(3, bytes)),
    "target": _with(_numbers("_ revision"), name=(1, text), info=(3, bytes)),
}


def expression(attributes: Dict[int, bytes]) -> Expression:
    """One that no reader knows, or whose attributes are of another form, is left as it is: the walk takes it for one that could do anything."""
    name = text(attributes.get(1, b""))
    held = attributes_of(attributes.get(2, b""))
    try:
        return Expression(name, READERS[name](held) if name in READERS else {"held": held})
    except (LookupError, struct.error):
        return Expression(f"unreadable {name}", {"held": held})
