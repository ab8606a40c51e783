"""The lab's wire: a bridge in a namespace of its own, so that no firewall of the machine sits on it, and one namespace per node.

Every node takes the whole world to be on the wire, so a client may have any address. Nothing leaves: the bridge
routes nowhere, and the machine has a blackhole for the lab's networks behind the way to them.
"""
import contextlib
import ipaddress
import os

from .run import Refused, run

NAMESPACES = "/run/netns"


def v4(lab, last):
    return f"10.77.{lab['number']}.{last}"


def v6(lab, last):
    return f"fd77:{lab['number']}::{last}"


def interface(lab):
    return f"axm{lab['number']}"


def namespace(lab, node):
    return f"axm{lab['number']}-{node}"


def path(lab, node):
    return f"{NAMESPACES}/{namespace(lab, node)}"


def networks(lab):
    return f"10.77.{lab['number']}.0/24", f"fd77:{lab['number']}::/64"


def ip(*lines, inside=None):
    run("ip", *(["-n", inside] if inside else []), "-batch", "-", stdin="\n".join(lines) + "\n")


def lay(lab):
    """The bridge, and the control address in the caller's namespace."""
    wire, here = namespace(lab, "wire"), interface(lab)
    four, six = networks(lab)
    ip(f"netns add {wire}",
       f"link add {here} type veth peer name control netns {wire}",
       f"address add {v4(lab, 1)}/24 dev {here}",
       f"address add {v6(lab, 1)}/64 dev {here} nodad",
       f"link set {here} up",
       f"route add blackhole {four} metric 9999",
       f"route add blackhole {six} metric 9999")
    ip("link add br0 type bridge mcast_snooping 0", "link set br0 up",
       "link set control master br0", "link set control up", inside=wire)


def attach(lab, node, key, addresses):
    """A namespace on the wire. `key` (1..65535) makes its hardware address, which stays the same when the node comes again."""
    there, wire = namespace(lab, node), namespace(lab, "wire")
    mac = f"02:77:00:{lab['number']:02x}:{key >> 8:02x}:{key & 255:02x}"
    ip(f"netns add {there}", f"link add {node} netns {wire} type veth peer name eth0 netns {there} address {mac}")
    ip("link set lo up", *(f"address add {one} dev eth0 nodad" if ":" in one else f"address add {one} dev eth0" for one in addresses),
       "link set eth0 up",
       *(["route add 0.0.0.0/0 dev eth0"] if any(":" not in one for one in addresses) else []),
       *(["route add ::/0 dev eth0"] if any(":" in one for one in addresses) else []), inside=there)
    ip(f"link set {node} master br0", f"link set {node} up", inside=wire)


def pass_on(lab, node, yes):
    """Puts a node on the bridge or takes it off; its own link stays up, as when a cable breaks further away."""
    run("ip", "-n", namespace(lab, "wire"), "link", "set", "dev", node, *(["master", "br0"] if yes else ["nomaster"]))


def passes(lab, node):
    return "master br0" in run("ip", "-n", namespace(lab, "wire"), "link", "show", "dev", node)


def refresh(lab):
    """Every node forgets whom it could not find on the wire: else its next try is refused for a second or two after the way is free."""
    run("ip", "neigh", "flush", "dev", interface(lab))
    for one in own(lab):
        run("ip", "-n", one, "neigh", "flush", "all")


def own(lab):
    """The names of the lab's namespaces."""
    return [one for one in os.listdir(NAMESPACES) if one.startswith(namespace(lab, ""))] if os.path.isdir(NAMESPACES) else []


def detach(lab, node):
    """By its link first: a namespace that was deleted takes its links along only a while later."""
    if os.path.exists(path(lab, node)):
        with contextlib.suppress(Refused):  # it never got one
            run("ip", "-n", namespace(lab, "wire"), "link", "delete", "dev", node)
        run("ip", "netns", "delete", namespace(lab, node))


def tear(lab):
    """Everything of the lab's wire, whatever of it there is."""
    for one in own(lab):
        run("ip", "netns", "delete", one)
    four, six = networks(lab)
    for words in (["link", "delete", interface(lab)], ["route", "delete", "blackhole", four], ["-6", "route", "delete", "blackhole", six]):
        with contextlib.suppress(Refused):  # it is not there: the namespace took it along, or it never came to be
            run("ip", *words)


def inhabitants(lab):
    """The processes in the lab's namespaces, hosts' and clients'."""
    mine = {os.stat(f"{NAMESPACES}/{one}").st_ino for one in own(lab)}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):  # ended meanwhile
            if int(pid) != os.getpid() and os.stat(f"/proc/{pid}/ns/net").st_ino in mine:
                yield int(pid)


def canonical(text):
    try:
        return str(ipaddress.ip_address(text))
    except ValueError as reason:
        raise Refused(f"{reason}; give one address, such as 198.51.100.7 or 2001:db8::7") from reason
