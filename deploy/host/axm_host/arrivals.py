"""Which clients come by which device, to which address of the host: by netlink, of the host's own routes. A client is taken to come by the way that leads to it."""
from __future__ import annotations

import struct
from typing import Dict, List, NamedTuple, Set, Tuple

from axm_host import netlink
from axm_host.netlink import Netlink, attributes_of, steady, text
from axm_host.spans import BITS, NONE, Spans, joined

GET_LINK, GET_ADDRESS, GET_ROUTE = 18, 22, 26
LOCAL_TABLE = 255
UNICAST, NOWHERE = 1, (6, 7, 8)  # blackhole, unreachable, prohibit: no device leads there
LINK_ONLY = 253  # addresses of a wider scope are below it
LOOPBACK = 0x8
FAMILY = {4: 2, 6: 10}


class Device(NamedTuple):
    name: str
    index: int
    loopback: bool
    master: int
    parent: int
    bridge: bool
    program: bool  # an XDP program sees each packet first


class Route(NamedTuple):
    version: int
    table: int
    prefix: int
    first: int
    devices: Tuple[int, ...]


class Network(NamedTuple):
    devices: Dict[int, Device]
    addresses: Tuple[Tuple[int, int, bytes, int], ...]  # (version, device, address, scope)
    routes: Tuple[Route, ...]


class Arrival(NamedTuple):
    """Clients that come by one device."""
    device: Device
    lower: Tuple[str, ...]
    addresses: Tuple[bytes, ...]
    clients: Spans
    local: bool


def read() -> Network:
    with Netlink(netlink.ROUTE) as link:
        return steady(lambda: _once(link))


def _once(link: Netlink) -> Network:
    devices = {}
    for one in link.ask(GET_LINK, struct.pack("=BxHiII", 0, 0, 0, 0, 0)):
        device = _device(one.head, one.attributes)
        devices[device.index] = device
    addresses = []
    for one in link.ask(GET_ADDRESS, struct.pack("=BBBBI", 0, 0, 0, 0, 0)):
        family, _, _, scope, index = struct.unpack("=BBBBI", one.head)
        held = one.attributes.get(2, one.attributes.get(1, b""))
        if family in FAMILY.values() and held:
            addresses.append((4 if family == 2 else 6, index, held, scope))
    routes = [route for one in link.ask(GET_ROUTE, struct.pack("=BBBBBBBBI", 0, 0, 0, 0, 0, 0, 0, 0, 0)) for route in _route(one.head, one.attributes)]
    return Network(devices, tuple(addresses), tuple(routes))


def _device(head: bytes, attributes: Dict[int, bytes]) -> Device:
    _, _, index, flags, _ = struct.unpack("=BxHiII", head)
    number = lambda key: struct.unpack("=i", attributes[key])[0] if key in attributes else 0
    kind = text(attributes_of(attributes.get(18, b"")).get(1, b""))
    parent = 0 if 37 in attributes or kind == "veth" else number(5)
    attached = attributes_of(attributes.get(43, b"")).get(2, b"\0")
    return Device(text(attributes[3]), index, bool(flags & LOOPBACK), number(10), 0 if parent == index else parent, kind == "bridge", attached[:1] != b"\0")


def _route(head: bytes, attributes: Dict[int, bytes]) -> List[Route]:
    family, length, _, _, table, _, _, kind, _ = struct.unpack("=BBBBBBBBI", head)
    if family not in FAMILY.values() or kind not in (UNICAST, *NOWHERE):
        return []
    version = 4 if family == 2 else 6
    table = struct.unpack("=I", attributes[15])[0] if 15 in attributes else table
    devices = [struct.unpack("=I", attributes[4])[0]] if 4 in attributes else []
    hops, at = attributes.get(9, b""), 0
    while at + 8 <= len(hops):
        size, _, _, index = struct.unpack_from("=HBBi", hops, at)
        devices.append(index)
        at += max(size + 3 & ~3, 8)
    first = int.from_bytes(attributes.get(1, bytes(BITS[version] // 8)), "big")
    return [Route(version, table, length, first, tuple(devices))]


def arrivals(network: Network, version: int) -> List[Arrival]:
    """Each device with the clients that come by it, those of the host itself last. Where two ways lead to a client it is in both."""
    own = [(address, scope) for family, _, address, scope in network.addresses if family == version]
    mine = joined((int.from_bytes(address, "big"),) * 2 for address, _ in own)
    loops = Spans(((127 << 24, (128 << 24) - 1),)) if version == 4 else Spans(((1, 1),))
    inner = mine | loops
    reached = _reached(network, version)
    found = []
    for index, device in sorted(network.devices.items()):
        clients = reached.get(index, NONE) - inner
        if clients and not device.loopback:
            found.append(Arrival(device, _lower(network, index), _own(network, version, index), clients, False))
    loop = [device for device in network.devices.values() if device.loopback]
    everything = tuple(address for address, scope in own if scope < LINK_ONLY) or tuple(address for address, _ in own)
    for device in loop[:1]:
        found.append(Arrival(device, (), everything[:1], mine - loops, True))
        found.append(Arrival(device, (), tuple(address for address, _ in own if int.from_bytes(address, "big") in loops)[:1], loops, True))
    return [one for one in found if one.clients and one.addresses]


def _reached(network: Network, version: int) -> Dict[int, Spans]:
    """Of each table the narrowest route. Whom no route leads to gets no answer."""
    reached: Dict[int, Spans] = {}
    tables: Set[int] = {route.table for route in network.routes if route.version == version and route.table != LOCAL_TABLE}
    for table in sorted(tables):
        claimed = NONE
        mine = [route for route in network.routes if route.version == version and route.table == table]
        for length in sorted({route.prefix for route in mine}, reverse=True):
            these = NONE
            for route in mine:
                if route.prefix == length:
                    free = BITS[version] - length
                    clients = Spans(((route.first, route.first | (1 << free) - 1),)) - claimed
                    these = these | clients
                    for device in route.devices:
                        reached[device] = reached.get(device, NONE) | clients
            claimed = claimed | these
    return reached


def _own(network: Network, version: int, index: int) -> Tuple[bytes, ...]:
    """The addresses that clients of a device reach the host at: its own, without those of the link alone unless there are no others."""
    here = [(address, scope) for family, at, address, scope in network.addresses if family == version and at == index]
    wide = [address for address, scope in here if scope < LINK_ONLY]
    anywhere = [address for family, _, address, scope in network.addresses if family == version and scope < LINK_ONLY]
    return tuple(wide or anywhere or [address for address, _ in here])


def _lower(network: Network, index: int) -> Tuple[str, ...]:
    """The devices below one: ports of a bridge, members of a bond, what a VLAN is on."""
    found: List[int] = []
    asked = [index]
    while asked:
        at = asked.pop()
        parent = network.devices[at].parent if at in network.devices else 0
        below = [one.index for one in network.devices.values() if one.master == at and at] + ([parent] if parent in network.devices else [])
        fresh = [one for one in below if one not in found and one != index]
        found += fresh
        asked += fresh
    return tuple(network.devices[one].name for one in sorted(found))
