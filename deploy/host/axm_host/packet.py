"""The packet that is asked about: a new TCP connection from any client, of which all but the client's address is known or known to be free. Pure."""
from __future__ import annotations

from typing import Any, List, NamedTuple, Optional, Tuple, Union

from axm_host.spans import ALL, BITS, NONE, Spans, masked

TCP = 6
SYN, SYN_ACK, ACK = 0x02, 0x12, 0x10
LEAST_PORT, LAST_PORT = 0, 65535  # a client may bind any port; only its own machine could refuse it those below 1024
ETHERTYPE = {4: 0x0800, 6: 0x86DD}
NEW, ESTABLISHED, INVALID, UNTRACKED = "new", "established", "invalid", "untracked"

Found = Tuple[Spans, Spans]  # (the clients that match for certain, those that can match)


class Bits(NamedTuple):
    """Bytes of which only the bits in `known` are known."""
    value: int
    known: int
    length: int


class Client(NamedTuple):
    """`length` bytes of the client's address from byte `start` on, after `& mask ^ flip`."""
    start: int
    length: int
    mask: int
    flip: int


class Free(NamedTuple):
    """A port that can be any of these."""
    low: int
    high: int
    length: int = 2


Piece = Union[Bits, Client, Free]


class Packet(NamedTuple):
    """One of the three that a connection needs: the first one, its answer, the next one."""
    version: int
    arrives: bool          # or leaves
    device: Optional[str]  # that it arrives on, or leaves by; None: it can be any
    index: int
    lower: Tuple[Any, ...]  # devices below that one: one of them it goes through too
    bridge: bool
    host: bytes            # the host's own address
    port: Optional[int]    # of the host, as the client asks for it; None: it can be any
    state: str
    flags: int
    local: bool = False    # between addresses of this host
    tagged: bool = False   # there may be more of the link's bytes than usual
    free: int = 0          # so many bits at the end of `host` can be any

    @property
    def everybody(self) -> Spans:
        return ALL[self.version]


def known(value: int, length: int) -> Bits:
    return Bits(value, (1 << 8 * length) - 1, length)


def exactly(data: bytes) -> Bits:
    return known(int.from_bytes(data, "big"), len(data))


def unknown(length: int) -> Bits:
    return Bits(0, 0, length)


def whole_client(version: int) -> Client:
    return Client(0, BITS[version] // 8, (1 << BITS[version]) - 1, 0)


def host_of(packet: Packet) -> Bits:
    """The host's address."""
    whole = exactly(packet.host)
    return whole._replace(known=whole.known >> packet.free << packet.free)


def port_of(packet: Packet) -> Bits:
    """The host's port."""
    return unknown(2) if packet.port is None else known(packet.port, 2)


def network_header(packet: Packet) -> List[Piece]:
    client, host = whole_client(packet.version), host_of(packet)
    ends: List[Piece] = [client, host] if packet.arrives else [host, client]
    if packet.version == 4:
        return [Bits(0x40, 0xF0, 1), unknown(1), unknown(4), Bits(0, 0x3FFF, 2), unknown(1), known(TCP, 1), unknown(2), *ends]
    return [Bits(0x60, 0xF0, 1), unknown(5), known(TCP, 1), unknown(1), *ends]


def transport_header(packet: Packet) -> List[Piece]:
    free, own = Free(LEAST_PORT, LAST_PORT), port_of(packet)
    ends: List[Piece] = [free, own] if packet.arrives else [own, free]
    return [*ends, unknown(9), Bits(packet.flags, 0x3F, 1), unknown(6)]


def loaded(header: List[Piece], offset: int, length: int) -> List[Piece]:
    """The bytes at an offset; what lies behind the header is unknown."""
    found: List[Piece] = []
    at = 0
    for piece in header:
        begin, end = max(offset, at), min(offset + length, at + piece.length)
        if begin < end:
            found.append(sliced(piece, begin - at, end - begin))
        at += piece.length
    missing = length - sum(piece.length for piece in found)
    return found + ([unknown(missing)] if missing else [])


def sliced(piece: Piece, start: int, length: int) -> Piece:
    if start == 0 and length == piece.length:
        return piece
    shift = 8 * (piece.length - start - length)
    ones = (1 << 8 * length) - 1
    if isinstance(piece, Bits):
        return Bits(piece.value >> shift & ones, piece.known >> shift & ones, length)
    if isinstance(piece, Client):
        return Client(piece.start + start, length, piece.mask >> shift & ones, piece.flip >> shift & ones)
    return unknown(length)


def cut(pieces: List[Piece], length: int) -> List[Piece]:
    return loaded(pieces, 0, length)


def total(pieces: List[Piece]) -> int:
    return sum(piece.length for piece in pieces)


def answer(packet: Packet, yes: Optional[bool]) -> Found:
    """Yes for every client, no for every client, or (None) perhaps."""
    everybody = packet.everybody
    return (everybody, everybody) if yes else (NONE, everybody if yes is None else NONE)


def certain(packet: Packet, spans: Optional[Spans]) -> Found:
    return (NONE, packet.everybody) if spans is None else (spans, spans)


def both(one: Found, other: Found) -> Found:
    return one[0] & other[0], one[1] & other[1]


def either(one: Found, other: Found) -> Found:
    return one[0] | other[0], one[1] | other[1]


def inverted(packet: Packet, found: Found, yes: object = True) -> Found:
    """Not so, if `yes`."""
    return (packet.everybody - found[1], packet.everybody - found[0]) if yes else found


def equal(packet: Packet, pieces: List[Piece], data: bytes) -> Found:
    found, at = answer(packet, True), 0
    for piece in cut(pieces, len(data)):
        found = both(found, _one_equal(packet, piece, int.from_bytes(data[at:at + piece.length], "big")))
        at += piece.length
    return found


def host_masked(packet: Packet, mask: int, wanted: int) -> Optional[bool]:
    """Whether the host's address under a mask is what is wanted."""
    host = host_of(packet)
    if (host.value ^ wanted) & mask & host.known or wanted & ~mask:
        return False
    return True if not mask & ~host.known else None


def host_between(packet: Packet, low: int, high: int) -> Optional[bool]:
    least = int.from_bytes(packet.host, "big") >> packet.free << packet.free
    return _inside(least, least | (1 << packet.free) - 1, low, high)


def _one_equal(packet: Packet, piece: Piece, wanted: int) -> Found:
    if isinstance(piece, Bits):
        different = (piece.value ^ wanted) & piece.known
        return answer(packet, False if different else True if piece.known == (1 << 8 * piece.length) - 1 else None)
    if isinstance(piece, Free):
        return answer(packet, None if piece.low <= wanted <= piece.high else False)
    shift = BITS[packet.version] - 8 * (piece.start + piece.length)
    return masked(packet.version, piece.mask << shift, (wanted ^ piece.flip) << shift)


def between(packet: Packet, piece: Piece, low: int, high: int) -> Found:
    """Whether one piece, as a number, is from `low` to `high`."""
    if low == high:
        return _one_equal(packet, piece, low)
    if isinstance(piece, Bits):
        least, most = piece.value & piece.known, piece.value | (~piece.known & (1 << 8 * piece.length) - 1)
        return answer(packet, _inside(least, most, low, high))
    if isinstance(piece, Free):
        return answer(packet, _inside(piece.low, piece.high, low, high))
    found = client_range(packet, piece, low, high)
    return certain(packet, None if found is None else Spans((found,)) if found[0] <= found[1] else NONE)


def _inside(least: int, most: int, low: int, high: int) -> Optional[bool]:
    if most < low or least > high:
        return False
    return True if low <= least and most <= high else None


def client_range(packet: Packet, piece: Client, low: int, high: int) -> "Tuple[int, int] | None":
    """The addresses whose leading bytes are from `low` to `high`; None when the piece is no such part of the address."""
    if piece.start or piece.flip or piece.mask != (1 << 8 * piece.length) - 1:
        return None
    shift = BITS[packet.version] - 8 * piece.length
    return low << shift, (high << shift) | ((1 << shift) - 1)
