"""The kernel's ipsets, read by netlink, and whom they hold. What can't be read can hold anybody."""
from __future__ import annotations

import ipaddress
import struct
from typing import Collection, Dict, List, NamedTuple, Optional, Tuple

from axm_host import netlink
from axm_host.netlink import Netlink, attribute, attributes_of, number, parts, text
from axm_host.packet import TCP, Found, Free, LAST_PORT, LEAST_PORT, Packet, answer, between, both, certain, host_between, inverted, port_of
from axm_host.spans import BITS, NONE, Spans, joined

SUBSYSTEM = 6 << 8
LIST, BY_INDEX = SUBSYSTEM | 7, SUBSYSTEM | 15
PROTOCOL = 7
PORT_OF_BRIDGE, NOMATCH, BEGINNING = 2, 4, 0x80  # of an element
LIST_LIMIT = 8
PLAIN_OPTIONS = {1, 2, 3, 4, 5, 6, 8, 9, 17, 18, 19, 21, 22, 23, 24, 25, 26}  # bounds, sizes, times and counts; a mask (12, 20) is over what is looked up
PLAIN_SET_FLAGS = 0x78  # counters, comments, forceadd, marks
PLAIN_ATTRIBUTES = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30}
PLAIN_ELEMENT_FLAGS = 0x87  # before another, of a bridge's port, no match, a beginning
PLAIN_MATCH_FLAGS = 0x0F  # turned, and which side of the packet each dimension is; 0x80 asks for elements that don't match


class Ipset(NamedTuple):
    name: str
    kind: str
    family: int
    options: Dict[int, bytes]
    elements: Tuple[Dict[int, bytes], ...]
    filled: bool = False  # by rules: who is in it is of this moment alone


class Ipsets:
    """All of them, read when the first is asked for. `filled` are the indexes of those that rules write to; None when that can be any."""

    def __init__(self, filled: Optional[Collection[int]] = ()) -> None:
        self.names: Dict[int, str] = {}
        self.sets: Optional[Dict[str, Ipset]] = None
        self.filled = filled

    def of(self, packet: Packet, index: int, dimensions: int, flags: int) -> Found:
        """Whether a packet is in the set of an index. The bits of `flags` say for each dimension whether it is the packet's source."""
        try:
            one = self.by_index(index)
        except OSError:
            one = None
        return answer(packet, None) if one is None else holds(one, self.sets or {}, packet, dimensions, flags)

    def each_of(self, packet: Packet, index: int, dimensions: int, flags: int) -> List[Found]:
        """The same for each element alone."""
        try:
            one = self.by_index(index)
        except OSError:
            one = None
        sets = self.sets or {}
        members = [one] if one is None or not one.kind.startswith("list") else [sets.get(_member(element)) for element in one.elements]
        return [holds(held._replace(elements=(element,)), sets, packet, dimensions, flags) for held in members if held is not None for element in held.elements]

    def name(self, index: int) -> str:
        """For people."""
        return self.names.get(index, f"number {index}")

    def by_index(self, index: int) -> Optional[Ipset]:
        if self.sets is None:
            names = None if self.filled is None else {self._named(one) for one in self.filled}
            self.sets = with_filled(read(), names)
        return self.sets.get(self._named(index))

    def _named(self, index: int) -> str:
        if index not in self.names:
            with Netlink(netlink.NETFILTER) as link:
                self.names[index] = _name(link, index)
        return self.names[index]


def _head() -> bytes:
    return struct.pack("=BBH", 2, 0, 0)


def _name(link: Netlink, index: int) -> str:
    asked = attribute(1, bytes([PROTOCOL])) + attribute(11 | 0x4000, struct.pack("!H", index))
    return text(link.ask(BY_INDEX, _head(), asked, dump=False)[0].attributes[2])


def read() -> Dict[str, Ipset]:
    with Netlink(netlink.NETFILTER) as link:
        listed = link.ask(LIST, _head(), attribute(1, bytes([PROTOCOL])))
    return sets_of([one.attributes for one in listed])


def sets_of(listed: List[Dict[int, bytes]]) -> Dict[str, Ipset]:
    """A large set comes in several messages."""
    found: Dict[str, Ipset] = {}
    for one in listed:
        name = text(one[2])
        elements = tuple(attributes_of(element) for _, element in parts(one.get(8, b"")))
        if name in found:
            found[name] = found[name]._replace(elements=found[name].elements + elements)
        else:
            found[name] = Ipset(name, text(one.get(3, b"")), number(one.get(5, b"")), attributes_of(one.get(7, b"")), elements)
    return found


def with_filled(sets: Dict[str, Ipset], names: Optional[Collection[str]]) -> Dict[str, Ipset]:
    """Those of these names, and the members of lists among them, are filled by rules; with None all are."""
    filled = set(sets) if names is None else set(names)
    for name in [one for one in filled if one in sets and sets[one].kind.startswith("list")]:
        filled |= {_member(element) for element in sets[name].elements}
    return {name: one._replace(filled=name in filled) for name, one in sets.items()}


def _member(element: Dict[int, bytes]) -> str:
    return text(element.get(19, element.get(18, b"")))


def holds(one: Ipset, others: Dict[str, Ipset], packet: Packet, dimensions: int, flags: int, depth: int = 0) -> Found:
    storage, _, fields = one.kind.partition(":")
    if one.filled:
        return answer(packet, None)
    if storage == "list" and flags & ~PLAIN_MATCH_FLAGS:
        return answer(packet, None)
    if storage == "list":
        return _any_of(one, others, packet, dimensions, flags, depth)
    if one.family not in (0, {4: 2, 6: 10}[packet.version]):
        return answer(packet, False)
    names = fields.split(",")
    if len(names) > dimensions or storage not in ("hash", "bitmap"):
        return answer(packet, None)
    if not _is_plain_set(one) or flags & ~PLAIN_MATCH_FLAGS:
        return answer(packet, None)
    plain = _plain(one, names, packet, flags)
    if plain is not None:
        return certain(packet, plain)
    found = answer(packet, False)
    for element in one.elements:
        each = _element(element, names, packet, flags)
        if not _is_plain_element(element):
            each = NONE, each[1]
        if _is_exception(element):
            found = both(found, inverted(packet, each)) if each[1] else found
            found = (found[0], found[1] | each[1])  # which of two networks is the narrower is not weighed here
        else:
            found = found[0] | each[0], found[1] | each[1]
    return found


def _is_plain_set(one: Ipset) -> bool:
    return set(one.options) <= PLAIN_OPTIONS and not number(one.options.get(8, b"")) & ~PLAIN_SET_FLAGS


def _is_plain_element(element: Dict[int, bytes]) -> bool:
    return set(element) <= PLAIN_ATTRIBUTES and not number(element.get(8, b"")) & ~PLAIN_ELEMENT_FLAGS


def _is_exception(element: Dict[int, bytes]) -> bool:
    return bool(number(element.get(8, b"")) & NOMATCH)


def _any_of(one: Ipset, others: Dict[str, Ipset], packet: Packet, dimensions: int, flags: int, depth: int) -> Found:
    found = answer(packet, False)
    for element in one.elements:
        member = others.get(_member(element))
        each = answer(packet, None) if member is None or depth > LIST_LIMIT else holds(member, others, packet, dimensions, flags, depth + 1)
        found = found[0] | each[0], found[1] | each[1]
    return found


def _plain(one: Ipset, names: List[str], packet: Packet, flags: int) -> Optional[Spans]:
    """Of a set of addresses or networks alone, looked up by the client; the narrowest network decides."""
    if names not in (["ip"], ["net"]) or bool(flags & 2) != packet.arrives:
        return None
    by_length: Dict[int, Tuple[list, list]] = {}
    for element in one.elements:
        found = _range(element, 1, 2, 3, packet.version)
        if found is None or not _is_plain_element(element):
            return None
        size = found[1] - found[0]
        by_length.setdefault(size, ([], []))[_is_exception(element)].append(found)
    held = NONE
    for size in sorted(by_length, reverse=True):
        yes, no = by_length[size]
        held = (held | joined(yes)) - joined(no)
    return held


def _range(element: Dict[int, bytes], at: int, to: int, length: int, version: int) -> Optional[Tuple[int, int]]:
    if at not in element:
        return None
    first = _address(element[at], version)
    if first is None:
        return None
    if to in element:
        last = _address(element[to], version)
        return None if last is None else (first, last)
    free = BITS[version] - (element[length][0] if length in element else BITS[version])
    return first >> free << free, first | (1 << free) - 1


def _address(nested: bytes, version: int) -> Optional[int]:
    held = attributes_of(nested)
    key = {4: 1, 6: 2}[version]
    return int(ipaddress.ip_address(held[key])) if key in held else None


def _element(element: Dict[int, bytes], names: List[str], packet: Packet, flags: int) -> Found:
    found, addresses = answer(packet, True), [(1, 2, 3), (20, 22, 21)]
    for dimension, name in enumerate(names, 1):
        source = bool(flags >> dimension & 1)
        if name in ("ip", "net"):
            where = _range(element, *addresses.pop(0), packet.version) if addresses else None
            found = both(found, _is_address(where, source == packet.arrives, packet))
        elif name == "port":
            found = both(found, _is_port(element, source == packet.arrives, packet))
        elif name == "iface":
            found = both(found, answer(packet, _is_device(element, source == packet.arrives, packet)))
        else:
            found = both(found, answer(packet, None))
    return found


def _is_device(element: Dict[int, bytes], here: bool, packet: Packet) -> Optional[bool]:
    """`here`: the device that the packet arrives on, or leaves by. Flags: of a bridge's port, and that the name is a beginning."""
    flags, name = number(element.get(8, b"")), text(element.get(23, b""))
    if flags & PORT_OF_BRIDGE or packet.device is None:
        return None
    return here and (packet.device.startswith(name) if flags & BEGINNING else packet.device == name)


def _is_address(where: Optional[Tuple[int, int]], client: bool, packet: Packet) -> Found:
    if where is None:
        return answer(packet, None)
    return certain(packet, Spans((where,))) if client else answer(packet, host_between(packet, *where))


def _is_port(element: Dict[int, bytes], client: bool, packet: Packet) -> Found:
    if element.get(7, bytes([TCP]))[0] != TCP:
        return answer(packet, False)
    if 4 not in element:
        return answer(packet, None)
    low = number(element[4])
    return between(packet, Free(LEAST_PORT, LAST_PORT) if client else port_of(packet), low, number(element.get(5, element[4])))
