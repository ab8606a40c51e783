"""Sets of addresses of one version, as sorted ranges of numbers. Pure."""
from __future__ import annotations

import bisect
import ipaddress
from typing import Iterable, Iterator, Tuple

Range = Tuple[int, int]
BITS = {4: 32, 6: 128}


class Spans:
    """Ranges in order, none of which touches the next. Never changed."""

    __slots__ = ("ranges",)

    def __init__(self, ranges: Tuple[Range, ...] = ()) -> None:
        self.ranges = ranges

    def __bool__(self) -> bool:
        return bool(self.ranges)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Spans) and self.ranges == other.ranges

    def __hash__(self) -> int:
        return hash(self.ranges)

    def __repr__(self) -> str:
        return f"Spans({self.ranges!r})"

    def __contains__(self, address: int) -> bool:
        at = bisect.bisect_right(self.ranges, (address, 1 << 130)) - 1
        return at >= 0 and self.ranges[at][0] <= address <= self.ranges[at][1]

    def __and__(self, other: "Spans") -> "Spans":
        few, many = (self.ranges, other.ranges) if len(self.ranges) <= len(other.ranges) else (other.ranges, self.ranges)
        found = []
        for low, high in few:
            at = max(bisect.bisect_right(many, (low, 1 << 130)) - 1, 0)
            while at < len(many) and many[at][0] <= high:
                if many[at][1] >= low:
                    found.append((max(low, many[at][0]), min(high, many[at][1])))
                at += 1
        return Spans(tuple(found))

    def __or__(self, other: "Spans") -> "Spans":
        if not self.ranges or not other.ranges:
            return self if self.ranges else other
        return joined(self.ranges + other.ranges)

    def __sub__(self, other: "Spans") -> "Spans":
        if not self.ranges or not other.ranges:
            return self
        left, at = [], 0
        for low, high in self.ranges:
            at = max(bisect.bisect_right(other.ranges, (low, 1 << 130)) - 1, 0)
            while at < len(other.ranges) and other.ranges[at][0] <= high:
                begin, end = other.ranges[at]
                if begin > low:
                    left.append((low, begin - 1))
                low = max(low, end + 1)
                at += 1
            if low <= high:
                left.append((low, high))
        return Spans(tuple(left))

    def size(self) -> int:
        return sum(high - low + 1 for low, high in self.ranges)


NONE = Spans()
ALL = {version: Spans(((0, (1 << bits) - 1),)) for version, bits in BITS.items()}


def joined(ranges: Iterable[Range]) -> Spans:
    """Of ranges in any order, also overlapping ones."""
    done: list = []
    for low, high in sorted(ranges):
        if done and low <= done[-1][1] + 1:
            done[-1] = (done[-1][0], max(high, done[-1][1]))
        else:
            done.append((low, high))
    return Spans(tuple(done))


def masked(version: int, mask: int, value: int, most: int = 12) -> Tuple[Spans, Spans]:
    """The addresses a with `a & mask == value`: those for certain, and those that can be, where they are too many ranges to be listed."""
    bits = BITS[version]
    if value & ~mask:
        return NONE, NONE
    if mask == 0:
        return ALL[version], ALL[version]
    low_bits = (mask & -mask).bit_length() - 1
    free = [bit for bit in range(low_bits, bits) if not mask >> bit & 1]
    if len(free) > most:
        wider = mask & ~((1 << free[-most]) - 1)
        return NONE, masked(version, wider, value & wider, most)[1]
    found = joined(_spread(value, free, (1 << low_bits) - 1))
    return found, found


def _spread(value: int, free: list, tail: int) -> Iterator[Range]:
    for number in range(1 << len(free)):
        start = value
        for place, bit in enumerate(free):
            start |= (number >> place & 1) << bit
        yield start, start | tail


def network(text: str) -> Spans:
    found = ipaddress.ip_network(text)
    return Spans(((int(found.network_address), int(found.broadcast_address)),))


def texts(version: int, spans: Spans) -> list:
    """Each range as `first-last`, or one address alone."""
    make = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address
    return [str(make(low)) if low == high else f"{make(low)}-{make(high)}" for low, high in spans.ranges]


def brief(version: int, spans: Spans, most: int = 3) -> str:
    """For people: the first few, as networks where they are."""
    make = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address
    found = []
    for low, high in spans.ranges[:most]:
        networks = list(_some(ipaddress.summarize_address_range(make(low), make(high)), most))
        found += [str(one.network_address) if one.prefixlen == one.max_prefixlen else str(one) for one in networks]
    more = len(found) > most or len(spans.ranges) > most or spans.size() > sum(1 << (BITS[version] - ipaddress.ip_network(one).prefixlen) for one in found[:most])
    return ", ".join(found[:most]) + (" and more" if more else "")


def _some(items: Iterable, most: int) -> Iterator:
    for count, item in enumerate(items):
        if count > most:
            return
        yield item
