"""Hosts: switching them on and off, and what happens to one."""
import contextlib
import errno
import json
import os
import select
import sys

from . import files, kernel, network, nodes, registry
from .run import ENVIRONMENT, Refused, run

SERVICES = {"postgres": "postgresql", "pgbouncer": "pgbouncer", "sshd": "ssh", "ufw": "ufw"}
BOOT_SECONDS = 60


def switch_on(lab, host, verifier=None):
    """Starts a host and returns at once: a pipe that `await_up` reads. `verifier` is for the first time only."""
    network.attach(lab, host["name"], host["key"], [f"{host['ipv4']}/24", f"{host['ipv6']}/64"])
    base = files.directory(lab, host["name"])
    told = json.dumps({"name": host["name"], "directory": base, "verifier": verifier})
    answer, says = os.pipe()
    hears, tells = os.pipe()
    os.write(tells, told.encode())
    os.close(tells)
    middle = os.fork()
    if middle == 0:
        become_host(lab, host, base, hears, says)
    os.close(says)
    os.close(hears)
    if os.waitpid(middle, 0)[1] != 0:
        raise Refused(f"{host['name']} could not be started:\n{log(base)}")
    return answer


def become_host(lab, host, base, hears, says):
    """In a child that only forks once more, so that the host's process 1 is nobody's child; never returns."""
    try:
        said = os.open(base + "/console.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(said, 2)
        program = os.path.realpath(sys.argv[0])
        kernel.enter_network(network.path(lab, host["name"]))
        os.dup2(hears, 0)
        os.dup2(says, 1)
        kernel.apart(keep=(0, 1, 2))
        kernel.unshare(kernel.NEWNS | kernel.NEWPID | kernel.NEWUTS | kernel.NEWIPC)
        pid = os.fork()
        if pid == 0:
            os.execve("/usr/bin/python3", ["axm-lab-host", "-BEsS", program, "init"], ENVIRONMENT)
        registry.write(base + "/pid", {"pid": pid, "started": kernel.started(pid)})
        os._exit(0)
    except BaseException as reason:  # this is a copy of the caller: it must not go on as if it were it
        print(f"{type(reason).__name__}: {reason}", file=sys.stderr, flush=True)
        os._exit(1)


def await_up(lab, host, answer):
    ready, _, _ = select.select([answer], [], [], BOOT_SECONDS)
    said = os.read(answer, 65536).decode().strip() if ready else f"not up after {BOOT_SECONDS} s"
    os.close(answer)
    if said != "up":
        raise Refused(f"{host['name']}: {said or 'ended while starting'}\n{log(files.directory(lab, host['name']))}")


def log(base):
    with contextlib.suppress(FileNotFoundError), open(base + "/console.log", encoding="utf-8", errors="replace") as file:
        return file.read()[-4000:].strip()
    return ""


def pid_of(lab, host):
    """The host's process 1, or None when the host is off."""
    with contextlib.suppress(FileNotFoundError), open(files.directory(lab, host["name"]) + "/pid", encoding="utf-8") as file:
        known = json.load(file)
        if kernel.started(known["pid"]) == known["started"]:
            return known["pid"]
    return None


def switch_off(lab, host):
    """First the wire, so that no last word gets out, then the processes, then what the kernel knows."""
    if os.path.exists(network.path(lab, host["name"])):
        network.pass_on(lab, host["name"], False)
    pid = pid_of(lab, host)
    if pid:
        kernel.end(pid)
    network.detach(lab, host["name"])


def host_of(arguments):
    lab = registry.chosen(arguments.name)
    host = nodes.node(lab, arguments.host)
    if host not in lab["hosts"]:
        raise Refused(f"{host['name']} is a client, not a host")
    return lab, host


def inside(lab, host):
    pid = pid_of(lab, host)
    if pid is None:
        raise Refused(f"{host['name']} is off; switch it on with\n  lab restart {host['name']}")
    return ["nsenter", "-t", str(pid), "-m", "-u", "-i", "-n", "-p", "--", "env", "-i", "-C", "/root", *(f"{k}={v}" for k, v in ENVIRONMENT.items())]


def execute(arguments):
    lab, host = host_of(arguments)
    words = inside(lab, host) + nodes.command(arguments.words)
    os.execvp(words[0], words)


def kill(arguments):
    switch_off(*host_of(arguments))


def restart(arguments):
    lab, host = host_of(arguments)
    if arguments.service == "all":
        switch_off(lab, host)
        await_up(lab, host, switch_on(lab, host))
        network.refresh(lab)
    else:
        run(*inside(lab, host), "service", SERVICES[arguments.service], "restart")


def full(arguments):
    """Takes every free page: what is written from now on is refused by the kernel, not by a pretence."""
    lab, host = host_of(arguments)
    with open(files.directory(lab, host["name"]) + "/small/ballast", "wb", buffering=0) as ballast:
        for size in (1 << 20, 4096):
            with contextlib.suppress(NoSpace):
                while True:
                    put(ballast, b"\0" * size)


class NoSpace(Exception):
    pass


def put(file, block):
    try:
        file.write(block)
    except OSError as reason:
        if reason.errno != errno.ENOSPC:
            raise
        raise NoSpace from reason


def unfull(arguments):
    lab, host = host_of(arguments)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(files.directory(lab, host["name"]) + "/small/ballast")
