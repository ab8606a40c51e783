"""The tables of iptables-legacy, read from the kernel as that program reads them. Tables that are not there are not asked for: asking would make them."""
from __future__ import annotations

import os
import socket
import struct
from typing import Any, Dict, List, NamedTuple, Tuple

from axm_host import files
from axm_host.nft import ACCEPT, CONTINUE, DROP, GOTO, JUMP, QUEUE, RETURN, Base, Expression, Rule, Verdict

INFO, ENTRIES = 64, 65
NAMES = {4: "/proc/net/ip_tables_names", 6: "/proc/net/ip6_tables_names"}
PROGRAMS = {4: "iptables-legacy", 6: "ip6tables-legacy"}
FAMILY = {4: 2, 6: 10}
HOOKS = ("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING")
PRIORITIES = {"raw": -300, "mangle": -150, "nat": -100, "filter": 0, "security": 50}
SOURCE_NAT = 100  # nat in INPUT and POSTROUTING
VERDICTS = {-DROP - 1: DROP, -ACCEPT - 1: ACCEPT, -QUEUE - 1: QUEUE, -5: RETURN}
MOST_TRIES = 20


class Form(NamedTuple):
    """Where things stand in an entry."""
    address: int
    devices: int
    protocol: int
    flags: int
    turned: int
    offsets: int
    size: int


FORMS = {4: Form(4, 16, 80, 82, 83, 88, 112), 6: Form(16, 64, 128, 131, 132, 140, 168)}


def read() -> List[Base]:
    return [one for version in (4, 6) for table in tables(version) for one in bases(version, table, *_blob(version, table))]


def tables(version: int) -> List[str]:
    return sorted((files.load(NAMES[version]) or b"").decode("ascii", "replace").split())  # no file: a kernel without iptables-legacy


def _blob(version: int, table: str) -> Tuple[bytes, bytes]:
    """(what the kernel says of a table, its entries), of one moment."""
    family, level = (socket.AF_INET, socket.SOL_IP) if version == 4 else (socket.AF_INET6, socket.IPPROTO_IPV6)
    with socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_RAW) as raw:
        for _ in range(MOST_TRIES):
            name = table.encode().ljust(32, b"\0")
            info = _option(raw.fileno(), level, INFO, name.ljust(84, b"\0"))
            size = struct.unpack_from("=I", info, 80)[0]
            try:
                return info, _option(raw.fileno(), level, ENTRIES, (name + struct.pack("=I", size)).ljust(40 + size, b"\0"))[40:]
            except BlockingIOError:  # another size by now
                continue
    raise TimeoutError(f"the {PROGRAMS[version]} table {table} changed each time it was read")


def _option(handle: int, level: int, option: int, data: bytes) -> bytes:
    """getsockopt() with data going in; Python's own hands nothing over."""
    import ctypes  # costs 10 ms, and few hosts have tables of this kind
    libc = ctypes.CDLL(None, use_errno=True)
    held = ctypes.create_string_buffer(data, len(data))
    length = ctypes.c_uint32(len(data))
    if libc.getsockopt(handle, level, option, held, ctypes.byref(length)) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return held.raw


def bases(version: int, table: str, info: bytes, entries: bytes) -> List[Base]:
    """The base chains of a table."""
    valid, = struct.unpack_from("=I", info, 32)
    starts = struct.unpack_from("=5I", info, 36)
    ends = struct.unpack_from("=5I", info, 56)
    form = FORMS[version]
    heads = {starts[hook]: HOOKS[hook] for hook in range(5) if valid >> hook & 1}
    policies = {ends[hook]: hook for hook in range(5) if valid >> hook & 1}
    chains: Dict[str, List[Rule]] = {}
    names: Dict[int, str] = dict(heads)
    offsets = list(_offsets(entries, form))
    for at, after in offsets:
        name, data = _target(entries, at, form)
        if name == "ERROR":
            names[after] = data[:30].split(b"\0")[0].decode("utf-8", "replace")
    found: Dict[int, int] = {}
    current = ""
    for at, after in offsets:
        current = names.get(at, current)
        if _target(entries, at, form)[0] == "ERROR":
            current = ""
        elif at in policies:
            found[policies[at]] = VERDICTS[struct.unpack_from("=i", _target(entries, at, form)[1])[0]]
            current = ""
        elif current:
            listed = chains.setdefault(current, [])
            listed.append(rule(version, table, current, len(listed) + 1, entries, at, after, names))
    return [Base(FAMILY[version], table, HOOKS[hook], hook, SOURCE_NAT if table == "nat" and hook in (1, 4) else PRIORITIES.get(table, 0), found.get(hook, ACCEPT),
                 "nat" if table == "nat" else "filter", (), chains, {}, f"{PROGRAMS[version]} {table} {HOOKS[hook]}")
            for hook in range(5) if valid >> hook & 1]


def _offsets(entries: bytes, form: Form):
    at = 0
    while at + form.size <= len(entries):
        after = struct.unpack_from("=H", entries, at + form.offsets + 2)[0]
        if after < form.size:
            return
        yield at, at + after
        at += after


def _target(entries: bytes, at: int, form: Form) -> Tuple[str, bytes]:
    start = at + struct.unpack_from("=H", entries, at + form.offsets)[0]
    size, name, _, data = _extension(entries, start)
    return name, data


def _extension(entries: bytes, at: int) -> Tuple[int, str, int, bytes]:
    size, name, revision = struct.unpack_from("=H29sB", entries, at)
    return size, name.split(b"\0")[0].decode("utf-8", "replace"), revision, entries[at + 32:at + size]


def rule(version: int, table: str, chain: str, place: int, entries: bytes, at: int, after: int, names: Dict[int, str]) -> Rule:
    form = FORMS[version]
    steps = [Expression("entry", _entry(entries, at, form))]
    start, last = at + form.size, at + struct.unpack_from("=H", entries, at + form.offsets)[0]
    while start < last:
        size, name, revision, info = _extension(entries, start)
        steps.append(Expression("match", {"name": name, "revision": revision, "info": info}))
        start += max(size, 32)
    _, name, revision, info = _extension(entries, last)
    if name:
        steps.append(Expression("target", {"name": name, "revision": revision, "info": info}))
    else:
        verdict = struct.unpack_from("=i", info)[0]
        goto = bool(entries[at + form.flags] & 2)
        steps.append(Expression("immediate", {"dreg": 0, "data": _verdict(verdict, after, goto, names)}))
    where = f"{PROGRAMS[version]} -t {table}"
    return Rule(f"{where} {chain} rule {place}", tuple(steps), f"{where} -D {chain} {place}")


def _verdict(verdict: int, after: int, goto: bool, names: Dict[int, str]) -> Verdict:
    if verdict < 0:
        return Verdict(VERDICTS.get(verdict, QUEUE))
    return Verdict(CONTINUE) if verdict == after else Verdict(GOTO if goto else JUMP, names.get(verdict, ""))


def _entry(entries: bytes, at: int, form: Form) -> Dict[str, Any]:
    size, devices = form.address, at + form.devices
    fields = [entries[at + size * place:at + size * (place + 1)] for place in range(4)]
    protocol = struct.unpack_from("=H", entries, at + form.protocol)[0]
    if form.address == 16 and not entries[at + form.flags] & 1:  # IP6T_F_PROTO
        protocol = 0
    return {"source": (fields[0], fields[2]), "target": (fields[1], fields[3]),
            "in": (entries[devices:devices + 16], entries[devices + 32:devices + 48]),
            "out": (entries[devices + 16:devices + 32], entries[devices + 48:devices + 64]),
            "protocol": protocol, "fragment": form.address == 4 and bool(entries[at + form.flags] & 1), "turned": entries[at + form.turned]}
