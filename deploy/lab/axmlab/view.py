"""`lab status`."""
import os
import subprocess

from . import hosts, network, registry
from .run import ENVIRONMENT, Refused


def status(arguments):
    names = [arguments.name] if arguments.name else registry.names()
    if not names:
        print("no lab is up; bring one up with\n  lab up")
    for name in names:
        lab = registry.chosen(name)
        print(f"{lab['name']}  {lab['dir']}  control {network.v4(lab, 1)} {network.v6(lab, 1)}")
        for host in lab.get("hosts", []):
            print(f"  {host['name']:<4} {host['ipv4']:<15} {host['ipv6']:<14} {state(lab, host)}")
        for client in lab.get("clients", []):
            print(f"  {client['name']:<4} {' '.join(client['addresses'])}{wire(lab, client)}")


def state(lab, host):
    if hosts.pid_of(lab, host) is None:
        return "off"
    try:
        services = " ".join(f"{word}={answer(lab, host, service)}" for word, service in hosts.SERVICES.items())
    except Refused:
        return "off"  # since a moment ago
    ballast = os.path.exists(f"{lab['dir']}/hosts/{host['name']}/small/ballast")
    return services + (" full" if ballast else "") + wire(lab, host)


def answer(lab, host, service):
    words = ["ufw", "status"] if service == "ufw" else ["service", service, "status"]
    seen = subprocess.run([*hosts.inside(lab, host), *words], capture_output=True, text=True, env=ENVIRONMENT)
    bad = "Status: inactive" in seen.stdout or "down" in seen.stdout.split()
    return "on" if seen.returncode == 0 and not bad else "off"


def wire(lab, node):
    try:
        return "" if network.passes(lab, node["name"]) else " cut"
    except Refused:
        return " without a network"  # half made, or going just now
