"""What hosts and clients have in common, and the clients."""
import ipaddress
import json
import os
import sys

from . import network, registry
from .run import Refused


def node(lab, name):
    for one in (*lab["hosts"], *lab["clients"]):
        if one["name"] == name:
            return one
    known = ", ".join(one["name"] for one in (*lab["hosts"], *lab["clients"]))
    raise Refused(f"lab '{lab['name']}' has no '{name}'; it has {known}")


def client(lab, name):
    if any(one["name"] == name for one in lab["hosts"]):
        raise Refused(f"{name} is a host; use `lab exec {name} -- COMMAND`")
    return node(lab, name)


def execute(arguments):
    lab = registry.chosen(arguments.name)
    one = client(lab, arguments.client)
    place = one["name"]
    if arguments.source:
        source = network.canonical(arguments.source)
        place = {one["ipv4"]: place, one["ipv6"]: place, **one["places"]}.get(source)
        if place is None:
            raise Refused(f"{one['name']} does not have {source}; give it with\n  lab address {one['name']} {source}")
    sys.stdout.flush()
    os.execvp("nsenter", ["nsenter", f"--net={network.path(lab, place)}", "--", *command(arguments.words)])


def command(words):
    if not words:
        raise Refused("name a command after `--`, as in\n  lab exec h1 -- ufw status")
    return words


def address(arguments):
    """Each further address gets a namespace of its own, so a connection's source is never left to the kernel's choice."""
    wanted = network.canonical(arguments.address)
    with registry.locked("+"):
        lab = registry.chosen(arguments.name)
        one = client(lab, arguments.client)
        if wanted not in (one["ipv4"], one["ipv6"], *one["places"]):
            free(lab, wanted)
            place = f"{one['name']}-{len(one['places']) + 1}"
            key = lab["next_key"]
            lab["next_key"] = key + 1
            one["places"][wanted] = place
            one["addresses"].append(wanted)
            registry.save(lab)
            network.attach(lab, place, key, [f"{wanted}/{ipaddress.ip_address(wanted).max_prefixlen}"])
            network.refresh(lab)
            registry.write(f"{lab['dir']}/lab.json", lab)
    print(json.dumps({"client": one["name"], "address": wanted}))


def free(lab, wanted):
    one = ipaddress.ip_address(wanted)
    if one.is_loopback or one.is_multicast or one.is_unspecified or one.is_link_local:
        raise Refused(f"{wanted} can't be the address of a client: it is a loopback, multicast, unspecified or link-local one")
    owners = {lab["control"]["ipv4"]: "the control address", lab["control"]["ipv6"]: "the control address"}
    owners |= {address: host["name"] for host in lab["hosts"] for address in (host["ipv4"], host["ipv6"])}
    owners |= {address: other["name"] for other in lab["clients"] for address in other["addresses"]}
    if wanted in owners:
        raise Refused(f"{wanted} belongs to {owners[wanted]}")


def cut(arguments):
    turn(arguments, False)


def heal(arguments):
    turn(arguments, True)


def turn(arguments, yes):
    lab = registry.chosen(arguments.name)
    one = node(lab, arguments.node)
    for place in (one["name"], *one.get("places", {}).values()):
        if not os.path.exists(network.path(lab, place)):
            raise Refused(f"{one['name']} is dead and has no network; switch it on with\n  lab restart {one['name']}")
        network.pass_on(lab, place, yes)
    network.refresh(lab)
