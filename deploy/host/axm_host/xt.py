"""The matches and targets of iptables, as both of its variants hand them to the kernel: bytes of the kernel's own structures. Pure."""
from __future__ import annotations

import ipaddress
import struct
import sys
from typing import Callable, Dict, List, NamedTuple, Optional, Tuple

from axm_host.packet import (ESTABLISHED, INVALID, NEW, UNTRACKED, Found, Free, LAST_PORT, LEAST_PORT, Packet, answer, between, both, certain, host_between, host_masked,
                             inverted, port_of)
from axm_host.spans import BITS, NONE, Spans, masked

LOCAL, UNICAST = 2, 1
NOTHING_ELSE = {"LOG", "NFLOG", "ULOG", "AUDIT", "TRACE", "TCPMSS", "DSCP", "TOS", "TTL", "HL", "CLASSIFY", "CHECKSUM", "TEE", "RATEEST", "IDLETIMER", "LED",
                "SECMARK", "CONNSECMARK", "ECN", "TCPOPTSTRIP", "NFACCT", "ACCOUNT"}
NOT_OURS = {"udp", "udplite", "sctp", "dccp", "icmp", "icmp6", "ah", "esp", "ipcomp", "rt", "frag", "hbh", "dst", "mh"}  # other protocols and headers of IPv6


class Circumstances(NamedTuple):
    """What a match may read beside the packet."""
    packet: Packet
    original: Packet  # as the client sent it, before any translation
    mark: Optional[int]
    connection_mark: Optional[int]
    state: str
    translated: bool
    sets: Callable[[int, int, int], Found]  # (index, dimensions, flags) of an ipset


def matches(name: str, revision: int, info: bytes, now: Circumstances) -> Found:
    """(who matches for certain, who can). A match that is not known can match anybody: it never ends a packet's way by itself."""
    if name in NOT_OURS:
        return answer(now.packet, False)
    reader = MATCHES.get(name)
    try:
        return reader(revision, info, now) if reader else answer(now.packet, None)
    except struct.error:  # another revision's form
        return answer(now.packet, None)


def _tcp(revision: int, info: bytes, now: Circumstances) -> Found:
    source_low, source_high, low, high, option, mask, compared, flags = struct.unpack_from("=HHHHBBBB", info)
    packet = now.packet
    free, own = Free(LEAST_PORT, LAST_PORT), port_of(now.packet)
    source, target = (free, own) if packet.arrives else (own, free)
    found = inverted(packet, between(packet, source, source_low, source_high), flags & 1)
    found = both(found, inverted(packet, between(packet, target, low, high), flags & 2))
    is_flags = None if mask & ~0x3F else (packet.flags & mask) == compared
    found = both(found, inverted(packet, answer(packet, is_flags), flags & 4))
    return both(found, answer(packet, None)) if option else found


def _multiport(revision: int, info: bytes, now: Circumstances) -> Found:
    if revision != 1:
        return answer(now.packet, None)
    packet = now.packet
    kind, count = struct.unpack_from("=BB", info)
    ports = struct.unpack_from("=15H", info, 2)
    ranged, turned = info[32:47], info[47]
    free, own = Free(LEAST_PORT, LAST_PORT), port_of(now.packet)
    source, target = (free, own) if packet.arrives else (own, free)
    tried = [source] if kind == 0 else [target] if kind == 1 else [source, target]
    sure, can, at = NONE, NONE, 0
    while at < count:
        low = ports[at]
        at += 1 if ranged[at] else 0
        for piece in tried:
            found = between(packet, piece, low, ports[at])
            sure, can = sure | found[0], can | found[1]
        at += 1
    return inverted(packet, (sure, can), turned)


STATE_BITS = {INVALID: 1, ESTABLISHED: 2, NEW: 8}


def _state_bit(now: Circumstances, untracked: int) -> int:
    return untracked if now.state == UNTRACKED else STATE_BITS[now.state]


def _state(revision: int, info: bytes, now: Circumstances) -> Found:
    return answer(now.packet, bool(struct.unpack_from("=I", info)[0] & _state_bit(now, 64)))


STATE, PROTOCOL, ORIGIN_SOURCE, ORIGIN_TARGET, REPLY_SOURCE, REPLY_TARGET, STATUS, EXPIRES = (1 << bit for bit in range(8))
SOURCE_PORT, TARGET_PORT, REPLY_SOURCE_PORT, REPLY_TARGET_PORT, DIRECTION = (1 << bit for bit in range(8, 13))


def _conntrack(revision: int, info: bytes, now: Circumstances) -> Found:
    packet = now.packet
    if revision not in (1, 2, 3):
        return answer(packet, None)
    protocol, = struct.unpack_from("=H", info, 136)
    ports = struct.unpack_from("=4H" if revision == 3 else "!4H", info, 138)
    flags, turned = struct.unpack_from("=HH", info, 146)
    states, status = struct.unpack_from("=BB" if revision == 1 else "=HH", info, 150)
    high = struct.unpack_from("=4H", info, 154) if revision == 3 else ports
    tracked = now.state in (NEW, ESTABLISHED)
    found = answer(packet, True)
    if flags & STATE:
        bit = _state_bit(now, 256) | (128 if now.translated else 0)
        found = both(found, answer(packet, bool(states & bit) != bool(turned & STATE)))
    if not tracked:  # nothing else is asked
        return found if flags & STATE else answer(packet, False)
    if flags & PROTOCOL:
        found = both(found, answer(packet, (protocol == 6) != bool(turned & PROTOCOL)))
    if flags & DIRECTION:  # turned: of the way there; else of the way back
        found = both(found, answer(packet, packet.arrives == bool(turned & DIRECTION)))
    if flags & ORIGIN_SOURCE:
        found = both(found, inverted(packet, _clients(packet, info[0:16], info[16:32]), turned & ORIGIN_SOURCE))
    if flags & ORIGIN_TARGET:
        found = both(found, inverted(packet, answer(packet, _is_host(now.original, info[32:48], info[48:64])), turned & ORIGIN_TARGET))
    if flags & SOURCE_PORT:
        found = both(found, inverted(packet, between(packet, Free(LEAST_PORT, LAST_PORT), ports[0], high[0]), turned & SOURCE_PORT))
    if flags & TARGET_PORT:
        found = both(found, inverted(packet, between(packet, port_of(now.original), ports[1], high[1]), turned & TARGET_PORT))
    if flags & STATUS:
        has = (0x20 if now.translated else 0) | (0x2 if now.state == ESTABLISHED else 0)
        sure_bits = 0x1 | 0x2 | 0x10 | 0x20
        is_status = True if status & has else False if not status & ~sure_bits else None
        found = both(found, inverted(packet, answer(packet, is_status), turned & STATUS))
    return both(found, answer(packet, None)) if flags & (REPLY_SOURCE | REPLY_TARGET | EXPIRES | REPLY_SOURCE_PORT | REPLY_TARGET_PORT) else found


def _number(packet: Packet, data: bytes) -> int:
    return int.from_bytes(data[:BITS[packet.version] // 8], "big")


def _clients(packet: Packet, address: bytes, mask: bytes) -> Found:
    wanted = _number(packet, mask)
    return masked(packet.version, wanted, _number(packet, address) & wanted)


def _is_host(packet: Packet, address: bytes, mask: bytes) -> Optional[bool]:
    wanted = _number(packet, mask)
    return host_masked(packet, wanted, _number(packet, address) & wanted)


def _mark(revision: int, info: bytes, now: Circumstances, of: Optional[int] = None) -> Found:
    wanted, mask, turned = struct.unpack_from("=IIB", info)
    mark = now.mark
    return answer(now.packet, None if revision != 1 or mark is None else ((mark & mask) == wanted) != bool(turned))


def _connmark(revision: int, info: bytes, now: Circumstances) -> Found:
    wanted, mask, turned = struct.unpack_from("=IIB", info)
    mark = now.connection_mark
    return answer(now.packet, None if revision != 1 or mark is None else ((mark & mask) == wanted) != bool(turned))


def _addrtype(revision: int, info: bytes, now: Circumstances) -> Found:
    packet = now.packet
    source, target, flags = struct.unpack_from("=HHI", info)
    if revision == 0:
        turned_source, turned_target = flags, struct.unpack_from("=I", info, 8)[0]
    else:
        turned_source, turned_target = flags & 1, flags & 2
    limited = revision == 1 and flags & 12
    client, host = LOCAL if packet.local else UNICAST, LOCAL
    kinds = (client, host) if packet.arrives else (host, client)
    found = answer(packet, True)
    for wanted, kind, turned in ((source, kinds[0], turned_source), (target, kinds[1], turned_target)):
        if wanted:
            is_kind = bool(wanted & 1 << kind)
            found = both(found, answer(packet, None if limited and kind == LOCAL else is_kind != bool(turned)))
    return found


def _iprange(revision: int, info: bytes, now: Circumstances) -> Found:
    packet = now.packet
    if revision != 1:
        return answer(packet, None)
    bounds = [_number(packet, info[at:at + 16]) for at in (0, 16, 32, 48)]
    flags = info[64]
    found = answer(packet, True)
    for wanted, turned, (low, high), is_client in ((1, 16, bounds[:2], packet.arrives), (2, 32, bounds[2:], not packet.arrives)):
        if flags & wanted:
            inside = certain(packet, Spans(((low, high),)) if low <= high else NONE) if is_client else answer(packet, host_between(packet, low, high))
            found = both(found, inverted(packet, inside, flags & turned))
    return found


def _set(revision: int, info: bytes, now: Circumstances) -> Found:
    if revision not in (1, 2, 3, 4):
        return answer(now.packet, None)
    index, dimensions, flags = struct.unpack_from("=HBB", info)
    more = int.from_bytes(info[40:44], sys.byteorder) if revision >= 3 else 0
    counted = revision >= 3 and any(info[8:40])
    if more & ~COUNTING or counted and flags & 1:
        return answer(now.packet, None)
    found = inverted(now.packet, now.sets(index, dimensions, flags), flags & 1)
    return both(found, answer(now.packet, None)) if counted else found


COUNTING = 0x38  # flags of a set's match: whether elements count what they match, and that their counts decide


def _recent(revision: int, info: bytes, now: Circumstances) -> Found:
    _, _, check, turned = struct.unpack_from("=IIBB", info)
    return answer(now.packet, not turned if check == 2 else None)


def _pkttype(revision: int, info: bytes, now: Circumstances) -> Found:
    kind, turned = struct.unpack_from("=ii", info)
    return answer(now.packet, None if now.packet.local else (kind == 0) != bool(turned))


def _physdev(revision: int, info: bytes, now: Circumstances) -> Found:
    """Only of what a bridge passes on: elsewhere whatever is asked for is not so."""
    turned, asked = info[64], info[65]
    return answer(now.packet, None if now.packet.bridge else not asked & ~turned)


def _rpfilter(revision: int, info: bytes, now: Circumstances) -> Found:
    """Clients are taken to come by the device that leads to them."""
    return answer(now.packet, not info[0] & 8)


MATCHES: Dict[str, Callable[[int, bytes, Circumstances], Found]] = {
    "tcp": _tcp, "multiport": _multiport, "conntrack": _conntrack, "state": _state, "mark": _mark, "connmark": _connmark, "addrtype": _addrtype,
    "iprange": _iprange, "set": _set, "recent": _recent, "pkttype": _pkttype, "physdev": _physdev, "rpfilter": _rpfilter,
    "comment": lambda revision, info, now: answer(now.packet, True)}


class Target(NamedTuple):
    """What a target does: `kind` is drop, continue, opaque, untracked, mark, mark unknown, connmark, save, restore, source or translate."""
    kind: str
    value: int = 0
    mask: int = 0
    packet_mask: int = 0
    to: "Optional[ipaddress.IPv4Address | ipaddress.IPv6Address]" = None
    port: Optional[int] = None


def target(name: str, revision: int, info: bytes, version: int) -> Target:
    try:
        return _target(name, revision, info, version)
    except struct.error:
        return Target("opaque")


def _target(name: str, revision: int, info: bytes, version: int) -> Target:
    if name in ("REJECT", "DROP"):
        return Target("drop")
    if name in NOTHING_ELSE:
        return Target("continue")
    if name == "SET":
        return Target("continue" if _mapped_set(revision, info) == NO_SET else "mark unknown")
    if name == "NOTRACK":
        return Target("untracked")
    if name == "CT":
        return Target("untracked" if struct.unpack_from("=H", info)[0] & 1 else "continue")
    if name == "MARK" and revision == 2:
        return Target("mark", *struct.unpack_from("=II", info))
    if name == "CONNMARK":
        return _connection_mark(revision, info)
    if name in ("DNAT", "REDIRECT"):
        return _translation(name, revision, info, version)
    if name == "MASQUERADE":
        return Target("source")
    return Target("source" if name in ("SNAT", "NETMAP") else "opaque")


NO_SET = 65535


def filled_sets(revision: int, info: bytes) -> Optional[List[int]]:
    """The indexes of the sets that a SET target adds to or deletes from; None when that can't be read."""
    if revision not in (1, 2, 3) or len(info) < 8:
        return None
    return [index for index in (struct.unpack_from("=H", info, at)[0] for at in (0, 4)) if index != NO_SET]


def _mapped_set(revision: int, info: bytes) -> int:
    """The set whose elements carry marks that a packet gets."""
    return struct.unpack_from("=H", info, 8)[0] if revision >= 3 else NO_SET


def _connection_mark(revision: int, info: bytes) -> Target:
    """Of the second revision on, what is copied can be shifted: that is not followed."""
    if revision == 1:
        value, mask, packet_mask, mode = struct.unpack_from("=IIIB", info)
    elif revision == 2:
        value, mask, packet_mask, _, shift, mode = struct.unpack_from("=IIIBBB", info)
        if shift:
            return Target("opaque")
    else:
        return Target("opaque")
    return Target({0: "connmark", 1: "save", 2: "restore"}.get(mode, "opaque"), value, mask, packet_mask)


SIMPLE_TRANSLATION = 0x1F  # addresses, ports, and that they may be chosen at random: there is nothing to choose from


def _translation(name: str, revision: int, info: bytes, version: int) -> Target:
    if revision > 2:
        return Target("opaque")
    if revision == 0 and version == 4:
        flags, = struct.unpack_from("=I", info, 4)
        address: Tuple[bytes, bytes] = (info[8:12], info[12:16])
        low, high = struct.unpack_from("!HH", info, 16)
    else:
        flags, = struct.unpack_from("=I", info)
        size = BITS[version] // 8
        address = info[4:4 + size], info[20:20 + size]
        low, high = struct.unpack_from("!HH", info, 36)
    to = ipaddress.ip_address(address[0]) if flags & 1 and address[0] == address[1] else None
    if flags & 1 and to is None or flags & ~SIMPLE_TRANSLATION:
        return Target("opaque")
    if name == "DNAT" and to is None and not flags & 2:
        return Target("opaque")
    if flags & 2 and low != high:
        return Target("opaque")
    return Target("translate", to=to, port=low if flags & 2 else None)
