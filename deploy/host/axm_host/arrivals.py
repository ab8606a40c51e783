"""Which clients come by which device, to which address of the host: by netlink, of the host's own routes. A client is taken to come by the way that leads to it."""
from __future__ import annotations

import struct
from typing import Dict, FrozenSet, List, NamedTuple, Set, Tuple

from axm_host import files, netlink
from axm_host.netlink import Netlink, attributes_of, steady, text
from axm_host.spans import BITS, NONE, Spans, joined

GET_LINK, GET_ADDRESS, GET_ROUTE = 18, 22, 26
LOCAL_TABLE = 255
UNICAST, LOCAL, NOWHERE = 1, 2, (6, 7, 8)  # blackhole, unreachable, prohibit: no device leads there
LOOPS = {4: Spans(((127 << 24, (128 << 24) - 1),)), 6: Spans(((1, 1),))}
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
    kind: str = ""


class Lower(NamedTuple):
    """A device below another."""
    name: str
    index: int
    program: bool
    port: bool    # of a bridge
    tagged: bool  # a VLAN is above it
    packed: bool  # its packets carry those of a tunnel


STACKED = {"vlan", "macvlan", "macvtap", "ipvlan", "ipvtap", "dsa"}  # whose packets are the same below, but for a tag
PAIRED = {"veth", "netkit"}  # what they are linked to is the other end
PLAIN = {"", "bridge", "bond", "team", "dummy", "ifb", "vrf"} | STACKED | PAIRED  # all others are taken for tunnels


class Route(NamedTuple):
    version: int
    table: int
    prefix: int
    first: int
    devices: Tuple[int, ...]
    near: bool = False  # without a gateway: whom it leads to is on the link


class Network(NamedTuple):
    devices: Dict[int, Device]
    addresses: Tuple[Tuple[int, int, bytes, int], ...]  # (version, device, address, scope)
    routes: Tuple[Route, ...]
    local: Tuple[Tuple[int, int, int], ...] = ()   # (version, first, prefix): all of these the host answers for
    localnet: FrozenSet[int] = frozenset()         # devices that packets to 127.0.0.0/8 are taken from


class Host(NamedTuple):
    """An address of the host, or all those that differ in the last `free` bits."""
    address: bytes
    free: int = 0


class Arrival(NamedTuple):
    """Clients that come by one device, and the addresses that they can reach the host at."""
    device: Device
    lower: Tuple[Lower, ...]
    hosts: Tuple[Host, ...]
    clients: Spans
    local: bool
    redirected: bytes  # the address that a redirect leads to; empty where it can be several


def read() -> Network:
    with Netlink(netlink.ROUTE) as link:
        found = steady(lambda: _once(link))
    every = _takes_localnet("all")
    return found._replace(localnet=frozenset(index for index, one in found.devices.items() if every or _takes_localnet(one.name)))


def _takes_localnet(name: str) -> bool:
    return (files.load(f"/proc/sys/net/ipv4/conf/{name}/route_localnet") or b"0").strip() != b"0"


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
    listed = link.ask(GET_ROUTE, struct.pack("=BBBBBBBBI", 0, 0, 0, 0, 0, 0, 0, 0, 0))
    routes = [route for one in listed for route in _route(one.head, one.attributes)]
    return Network(devices, tuple(addresses), tuple(routes), tuple(sorted({own for one in listed for own in _own(one.head, one.attributes)})))


def _device(head: bytes, attributes: Dict[int, bytes]) -> Device:
    _, _, index, flags, _ = struct.unpack("=BxHiII", head)
    number = lambda key: struct.unpack("=i", attributes[key])[0] if key in attributes else 0
    kind = text(attributes_of(attributes.get(18, b"")).get(1, b""))
    parent = 0 if 37 in attributes or kind in PAIRED else number(5)
    attached = attributes_of(attributes.get(43, b"")).get(2, b"\0")
    return Device(text(attributes[3]), index, bool(flags & LOOPBACK), number(10), 0 if parent == index else parent, kind == "bridge", attached[:1] != b"\0", kind)


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
    return [Route(version, table, length, first, tuple(devices), not {5, 9, 18} & set(attributes))]


def _own(head: bytes, attributes: Dict[int, bytes]) -> List[Tuple[int, int, int]]:
    """What a route of type local, of whatever table, leads to: the host itself."""
    family, length, _, _, _, _, _, kind, _ = struct.unpack("=BBBBBBBBI", head)
    if family not in FAMILY.values() or kind != LOCAL:
        return []
    version = 4 if family == 2 else 6
    return [(version, int.from_bytes(attributes.get(1, bytes(BITS[version] // 8)), "big"), length)]


def arrivals(network: Network, version: int) -> List[Arrival]:
    """Each device with the clients that come by it, those of the host itself last. Where two ways lead to a client it is in both."""
    hosts = _hosts(network, version)
    mine = joined(_span(one) for one in hosts)
    loops = LOOPS[version]
    reached, near = _reached(network, version)
    found = []
    for index, device in sorted(network.devices.items()):
        clients = reached.get(index, NONE) - mine - loops
        if clients and not device.loopback:
            outer = [one for one in hosts if not is_loop(one.address, version) or version == 4 and index in network.localnet]
            anywhere = tuple(one for one in outer if not _of_link(one, version))
            here = tuple(one for one in outer if _of_link(one, version) and (version, index, one.address) in {held[:3] for held in network.addresses})
            makes = lambda some, whom: Arrival(device, _lower(network, index), some, whom, False, _redirected(network, version, index))
            found += [makes(anywhere or here, clients)] + [makes(here, clients & near.get(index, NONE))] * bool(anywhere)
    loop = [device for device in network.devices.values() if device.loopback]
    for device in loop[:1]:
        for some, whom in (([one for one in hosts if not is_loop(one.address, version)], mine - loops), ([one for one in hosts if is_loop(one.address, version)], loops)):
            found.append(Arrival(device, (), tuple(some), whom, True, b""))
    return [one for one in found if one.clients and one.hosts]


def _hosts(network: Network, version: int) -> List[Host]:
    """All that the host answers for: Linux does by any device."""
    size = BITS[version] // 8
    ranges = {Host((first >> BITS[version] - length << BITS[version] - length).to_bytes(size, "big"), BITS[version] - length)
              for family, first, length in network.local if family == version}
    held = {Host(address) for family, _, address, _ in network.addresses if family == version} | {one for one in ranges if one.free == 0}
    wide = sorted(one for one in ranges if one.free)
    covered = joined(_span(one) for one in wide)
    return sorted(one for one in held if int.from_bytes(one.address, "big") not in covered) + wide


def _span(host: Host) -> Tuple[int, int]:
    first = int.from_bytes(host.address, "big")
    return first, first | (1 << host.free) - 1


def is_own(network: Network, version: int, address: bytes) -> bool:
    number = int.from_bytes(address, "big")
    return any(first <= number <= last for first, last in map(_span, _hosts(network, version))) or is_loop(address, version)


def is_loop(address: bytes, version: int) -> bool:
    return int.from_bytes(address, "big") in LOOPS[version]


def _of_link(host: Host, version: int) -> bool:
    """Whether an address is reached on its own link alone. (Anybody reaches an IPv4 address, whatever its scope.)"""
    return version == 6 and host.address[:2] in {bytes([0xFE, low]) for low in range(0x80, 0xC0)}


def _redirected(network: Network, version: int, index: int) -> bytes:
    held = [address for family, at, address, _ in network.addresses if family == version and at == index]
    return held[0] if len(held) == 1 else b""


def _reached(network: Network, version: int) -> Tuple[Dict[int, Spans], Dict[int, Spans]]:
    """(whom each device leads to, who of these is on its link): of each table the narrowest route. Whom no route leads to gets no answer."""
    reached: Dict[int, Spans] = {}
    near: Dict[int, Spans] = {}
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
                        if route.near:
                            near[device] = near.get(device, NONE) | clients
            claimed = claimed | these
    return reached, near


def _lower(network: Network, index: int) -> Tuple[Lower, ...]:
    """The devices below one: ports of a bridge, members of a bond, what a VLAN or a tunnel is on."""
    found: Dict[int, Lower] = {}
    asked = [(index, False, False)]
    while asked:
        at, tagged, packed = asked.pop()
        above = network.devices.get(at)
        if above is None:
            continue
        for one in network.devices.values():
            under = one.master == at or one.index == above.parent or _may_carry(one, above)
            if under and one.index not in found and one.index != index:
                is_vlan, is_tunnel = above.kind == "vlan", one.master != at and above.kind not in STACKED
                found[one.index] = Lower(one.name, one.index, one.program, one.master == at and above.bridge, tagged or is_vlan, packed or is_tunnel or tagged and is_vlan)
                asked.append((one.index, tagged or is_vlan, found[one.index].packed))
    return tuple(found[one] for one in sorted(found))


def _may_carry(one: Device, tunnel: Device) -> bool:
    """A tunnel that is bound to no device can come by any."""
    return tunnel.kind not in PLAIN and not tunnel.parent and not one.loopback and one.kind in PLAIN
