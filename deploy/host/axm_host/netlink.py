"""Netlink: asks the kernel for its tables without any program. Only dumps and single answers are asked for; nothing is ever changed."""
from __future__ import annotations

import os
import socket
import struct
from typing import Callable, Dict, Iterator, List, NamedTuple, Tuple, TypeVar

NETFILTER, ROUTE = 12, 0
REQUEST, ACK, DUMP = 0x1, 0x4, 0x300
INTERRUPTED = 0x10
DONE, ERROR = 3, 2
NESTED_MASK = 0x3FFF
SECONDS = 10
MOST_TRIES = 20


T = TypeVar("T")


class Message(NamedTuple):
    kind: int
    head: bytes
    attributes: Dict[int, bytes]


class Changed(Exception):
    """What was read is of two moments: read again."""


class Netlink:
    """One socket. Raises OSError with the kernel's number when it refuses."""

    def __init__(self, protocol: int) -> None:
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol)
        self.socket.settimeout(SECONDS)
        self.socket.bind((0, 0))
        self.sequence = 0

    def __enter__(self) -> "Netlink":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def ask(self, kind: int, head: bytes, attributes: bytes = b"", dump: bool = True) -> List[Message]:
        """All messages of one answer. Changed when the kernel says that they don't belong together."""
        self.sequence += 1
        body = head + attributes
        flags = REQUEST | (DUMP if dump else ACK)
        self.socket.send(struct.pack("=IHHII", 16 + len(body), kind, flags, self.sequence, 0) + body)
        found: List[Message] = []
        while True:
            data, sender = self.socket.recvfrom(1 << 20)
            if sender[0] != 0:  # not the kernel's
                continue
            for message_kind, message_flags, sequence, payload in messages(data):
                if sequence != self.sequence:
                    continue
                if message_flags & INTERRUPTED:
                    raise Changed()
                if message_kind in (DONE, ERROR):
                    number = struct.unpack_from("=i", payload)[0] if len(payload) >= 4 else 0
                    if number < 0:
                        raise OSError(-number, os.strerror(-number))
                    return found
                found.append(Message(message_kind, payload[:len(head)], attributes_of(payload[len(head):])))


def messages(data: bytes) -> Iterator[Tuple[int, int, int, bytes]]:
    """(type, flags, sequence, payload) of each message in what was received at once."""
    at = 0
    while at + 16 <= len(data):
        length, kind, flags, sequence, _ = struct.unpack_from("=IHHII", data, at)
        if length < 16:
            return
        yield kind, flags, sequence, data[at + 16:at + length]
        at += length + 3 & ~3


def parts(data: bytes) -> Iterator[Tuple[int, bytes]]:
    """(type, value) of each attribute, also of those that repeat."""
    at = 0
    while at + 4 <= len(data):
        length, kind = struct.unpack_from("=HH", data, at)
        if length < 4:
            return
        yield kind & NESTED_MASK, data[at + 4:at + length]
        at += length + 3 & ~3


def attributes_of(data: bytes) -> Dict[int, bytes]:
    return dict(parts(data))


def attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(value), kind) + value + b"\0" * (-len(value) % 4)


def text(value: bytes) -> str:
    return value.split(b"\0")[0].decode("utf-8", "replace")


def number(value: bytes) -> int:
    """Of netfilter: network byte order."""
    return int.from_bytes(value, "big")


def steady(read: Callable[[], T]) -> T:
    """What `read()` gives, read again while the kernel changes meanwhile; TimeoutError when it never holds still."""
    for _ in range(MOST_TRIES):
        try:
            return read()
        except Changed:
            continue
    raise TimeoutError("the kernel's rules changed each time they were read")
