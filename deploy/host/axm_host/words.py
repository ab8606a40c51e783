"""A rule of the kernel's as people write it. Only shown, never read again. Pure."""
from __future__ import annotations

import ipaddress
import struct
from typing import Callable, Dict, List

from axm_host import xt
from axm_host.nft import ACCEPT, DROP, GOTO, JUMP, RETURN, Expression, Rule, Verdict

MOST = 300
OPERATORS = ("", "!= ", "< ", "<= ", "> ", ">= ")
META = {1: "protocol", 3: "mark", 4: "iif", 5: "oif", 6: "iifname", 7: "oifname", 15: "nfproto", 16: "l4proto", 19: "pkttype"}
CONNECTION = {0: "ct state", 2: "ct status", 3: "ct mark"}
PROTOCOLS = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmpv6", 132: "sctp"}
PORTS = {"tcp sport", "tcp dport", "tcp ports"}
HARMLESS = {"counter", "last", "objref"}
STATES = {1: "invalid", 2: "established", 4: "related", 8: "new", 64: "untracked"}
IMPLIED = {"nfproto 0x02", "nfproto 0x0a", "l4proto tcp", "protocol 0x0800", "protocol 0x86dd"}  # said by what follows
NATIVE = ("mark", "iif", "oif", "ct mark", "ct status")


def said(rule: Rule, ipset: Callable[[int], str] = str) -> str:
    """The rule's own words, without where it stands; empty for a policy. `ipset` gives the name of a set of iptables."""
    words: List[str] = []
    names: Dict[int, str] = {}
    version = 6 if rule.at.startswith(("nftables ip6 ", "ip6tables")) else 4
    for step in rule.steps:
        if step.name not in HARMLESS:
            words += [word for word in [_safely(step, names, ipset, version)] if word]
    short = [word for word in words if word not in IMPLIED]
    if "l4proto tcp" in words and not any("tcp" in word for word in short):
        short.insert(0, "tcp")
    return "".join(one if one.isprintable() else "?" for one in " ".join(short))[:MOST]


def _safely(step: Expression, names: Dict[int, str], ipset: Callable[[int], str], version: int) -> str:
    try:
        if step.name == "match":
            return _match(step.data, ipset)
        return _target(step.data, version) if step.name == "target" else _word(step, names)
    except (LookupError, ValueError, struct.error):  # of a form that is not known
        return step.name


def _word(step: Expression, names: Dict[int, str]) -> str:
    data = step.data
    if step.name in ("payload", "meta", "ct", "fib") and "dreg" in data:
        names[data["dreg"]] = _loaded(step.name, data)
        return ""
    if step.name == "bitwise":
        names[data["dreg"]] = _masked(names.get(data["sreg"], "?"), data.get("mask", b""))
        return ""
    if step.name == "byteorder":
        names[data["dreg"]] = names.get(data["sreg"], "?")
        return ""
    if step.name == "cmp":
        name = names.get(data["sreg"], "?")
        if name.startswith("ct state ") and not any(data.get("data", b"")):
            return name if data.get("op", 0) else name.replace("ct state ", "ct state not ")
        return f"{name} {OPERATORS[data.get('op', 0)]}{_value(name, data.get('data', b''))}"
    if step.name == "range":
        name = names.get(data["sreg"], "?")
        return f"{name} {'!= ' if data.get('op') == 1 else ''}{_value(name, data['low'])}-{_value(name, data['high'])}"
    if step.name == "lookup":
        verb = "vmap" if data.get("dreg") == 0 else "map" if "dreg" in data else "not in" if data.get("flags", 0) & 1 else "in"
        return f"{names.get(data['sreg'], '?')} {verb} @{data.get('set', '')}"
    if step.name == "immediate":
        if isinstance(data.get("data"), Verdict):
            return _verdict(data["data"])
        names[data.get("dreg", 1)] = (data.get("data") or b"").hex()
        return ""
    if step.name == "entry":
        return _entry(data)
    if step.name == "nat":
        return ("dnat" if data.get("type") == 1 else "snat") + (" to " + _address(names.get(data["address"], "")) if data.get("address") else "") + _port(data, names)
    if step.name == "redir":
        return "redirect" + (" to" + _port(data, names) if data.get("port") else "")
    return step.name


def _port(data: Dict, names: Dict[int, str]) -> str:
    held = names.get(data.get("port", 0), "")
    return f" port {int(held, 16)}" if held and all(one in "0123456789abcdef" for one in held) else ""


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(bytes.fromhex(text)))
    except ValueError:
        return "?"


def _loaded(name: str, data: Dict) -> str:
    if name == "meta":
        return META.get(data["key"], f"meta {data['key']}")
    if name == "ct":
        return CONNECTION.get(data["key"], f"ct {data['key']}")
    if name == "fib":
        return "fib"
    base, offset, length = data.get("base"), data.get("offset"), data.get("length", 0)
    if base == 2:
        return {(0, 2): "tcp sport", (2, 2): "tcp dport", (0, 4): "tcp ports", (13, 1): "tcp flags"}.get((offset, length), f"@th,{offset},{length}")
    if base == 1:
        if offset in (12, 16) and length <= 4:
            return "ip saddr" if offset == 12 else "ip daddr"
        if offset in (8, 24) and length <= 16 and length != 1:
            return "ip6 saddr" if offset == 8 else "ip6 daddr"
        return {9: "ip protocol", 6: "ip6 nexthdr"}.get(offset, f"@nh,{offset},{length}")
    return f"@{base},{offset},{length}"


def _masked(name: str, mask: bytes) -> str:
    if name == "ct state" and len(mask) == 4:
        bits = struct.unpack("=I", mask)[0]
        return "ct state " + ",".join(word for bit, word in STATES.items() if bits & bit)
    return f"{name} & 0x{mask.hex()}"


def _value(name: str, data: bytes) -> str:
    if name in PORTS and len(data) in (2, 4):
        return ", ".join(str(one) for one in struct.unpack(f"!{len(data) // 2}H", data))
    if name.startswith(("ip saddr", "ip daddr")):
        return str(ipaddress.IPv4Address(data.ljust(4, b"\0"))) + (f"/{8 * len(data)}" if len(data) < 4 else "")
    if name.startswith(("ip6 saddr", "ip6 daddr")):
        return str(ipaddress.IPv6Address(data.ljust(16, b"\0"))) + (f"/{8 * len(data)}" if len(data) < 16 else "")
    if name in ("iifname", "oifname"):
        return '"' + data.split(b"\0")[0].decode("utf-8", "replace") + ('"' if b"\0" in data else '*"')
    if name in ("l4proto", "ip protocol", "ip6 nexthdr") and data:
        return PROTOCOLS.get(data[0], str(data[0]))
    if name in NATIVE and len(data) == 4:
        return hex(struct.unpack("=I", data)[0])
    return "0x" + data.hex()


def _verdict(verdict: Verdict) -> str:
    return {DROP: "drop", ACCEPT: "accept", RETURN: "return", JUMP: f"jump {verdict.chain}", GOTO: f"goto {verdict.chain}", 3: "queue"}.get(verdict.code, "")


def _match(data: Dict, ipset: Callable[[int], str]) -> str:
    name, info = data.get("name", ""), data.get("info", b"")
    if name == "tcp" and len(info) >= 12:
        low, high = struct.unpack_from("=HH", info, 4)
        other = struct.unpack_from("=HH", info)
        text = "tcp" if (low, high) == (0, 65535) else f"tcp dport {'!= ' if info[11] & 2 else ''}{low}" + (f"-{high}" if low != high else "")
        return text + (f" sport {other[0]}-{other[1]}" if other != (0, 65535) else "")
    if name == "multiport" and len(info) >= 48:
        ports = struct.unpack_from("=15H", info, 2)[:info[1]]
        return "tcp ports {" + ", ".join(str(port) for port in ports) + "}"
    if name == "set" and len(info) >= 4:
        index, dimensions, flags = struct.unpack_from("=HBB", info)
        sides = ",".join("src" if flags >> one & 1 else "dst" for one in range(1, min(dimensions, 6) + 1))
        return f"{'not ' if flags & 1 else ''}in set {ipset(index)} {sides}"
    if name == "comment":
        return '"' + info.split(b"\0")[0].decode("utf-8", "replace")[:60] + '"'
    return f"match {name}"


def _entry(data: Dict) -> str:
    words = []
    for key, name, bit in (("source", "saddr", 8), ("target", "daddr", 16)):
        address, mask = data[key]
        if any(mask):
            bits = bin(int.from_bytes(mask, "big")).count("1")
            words.append(f"{name} {'!= ' if data['turned'] & bit else ''}{ipaddress.ip_address(address)}/{bits}")
    for key, name, bit in (("in", "iifname", 1), ("out", "oifname", 2)):
        device, mask = data[key]
        if any(mask):
            words.append(f"{name} {'!= ' if data['turned'] & bit else ''}" + _value("iifname", device[:max(1, sum(1 for one in mask if one))]))
    if data["protocol"]:
        words.append(PROTOCOLS.get(data["protocol"], str(data["protocol"])))
    return " ".join(words)


def _target(data: Dict, version: int) -> str:
    name = data.get("name", "")
    done = xt.target(name, data.get("revision", 0), data.get("info", b""), version)
    if done.kind == "translate":
        return f"{name.lower()} to {done.to or ''}" + (f":{done.port}" if done.port is not None else "")
    return name.lower()
