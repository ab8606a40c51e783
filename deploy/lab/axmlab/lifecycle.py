"""`up` and `down`. Everything that `up` makes, `down` finds by the lab's number and directory, however far `up` came."""
import json
import os
import secrets
import select
import shutil

from . import files, hosts, kernel, network, packages, passwords, registry
from .run import Refused, Unavailable, run

HOME = "/var/lib/axm-lab"
HELPERS_STATE = "/var/lib/axm"


def up(arguments):
    if not 1 <= arguments.hosts <= 50 or not 0 <= arguments.clients <= 100:
        raise Refused("a lab has 1 to 50 hosts and 0 to 100 clients")
    namespaces_work()
    packages.ready()
    owner = watched(arguments.owner)
    name = arguments.name or "lab"
    lab = {"name": name, "id": secrets.token_hex(8), "dir": os.path.realpath(arguments.dir or f"{HOME}/{name}"), "next_key": 1000}
    with registry.locked(name):
        if registry.find(name):
            raise Refused(f"lab '{name}' is up already, or was left half made; take it down with\n  lab down --name {name}")
        claim(lab, arguments.dir is None)
        try:
            if owner is not None:
                watch(lab, owner)
            make(lab, arguments)
        except BaseException:
            take_away(lab)
            raise
    print(json.dumps(lab, indent=2))


def namespaces_work():
    child = os.fork()
    if child == 0:
        try:
            kernel.unshare(kernel.NEWNS | kernel.NEWPID | kernel.NEWUTS | kernel.NEWIPC | kernel.NEWNET)
        except OSError:
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1] != 0:
        raise Unavailable("this machine does not let root make namespaces (a container without the privilege to)")


def claim(lab, own_place):
    """The lab's number and directory. What the directory held before is never ours to remove, so it must hold nothing."""
    if mounted(lab["dir"]):
        raise Refused(f"{lab['dir']} still belongs to hosts that {registry.ROOT} knows nothing of; end them, or choose another name")
    if own_place and os.path.isdir(lab["dir"]):
        shutil.rmtree(lab["dir"])  # of a lab that a reboot ended
    if os.path.isdir(lab["dir"]) and os.listdir(lab["dir"]):
        raise Refused(f"{lab['dir']} is not empty; give --dir an absent or empty directory")
    registry.claim(lab)
    os.makedirs(lab["dir"], mode=0o700, exist_ok=True)
    files.write(marker(lab), lab["id"])


def marker(lab):
    return f"{lab['dir']}/id"


def make(lab, arguments):
    four, six = network.networks(lab)
    key = f"{lab['dir']}/keys/axiomdb"
    lab["control"] = {"ipv4": network.v4(lab, 1), "ipv6": network.v6(lab, 1), "interface": network.interface(lab)}
    lab["networks"] = {"ipv4": four, "ipv6": six}
    lab["ssh"] = {"user": "axiomdb", "private_key": key, "known_hosts": f"{lab['dir']}/keys/known_hosts"}
    lab["hosts"] = [host(lab, number) for number in range(1, arguments.hosts + 1)]
    lab["clients"] = [client(lab, number) for number in range(1, arguments.clients + 1)]
    registry.save(lab)
    os.makedirs(HELPERS_STATE, mode=0o700, exist_ok=True)  # where a host's own one is mounted; stays, as others may mount there too
    os.mkdir(f"{lab['dir']}/keys", 0o700)
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "lab", "-f", key)
    network.lay(lab)
    waiting = []
    for one in lab["hosts"]:
        files.lay(lab, one)
        waiting.append((one, hosts.switch_on(lab, one, passwords.admin(one))))
    for one in lab["clients"]:
        network.attach(lab, one["name"], 100 + one["key"], [f"{one['ipv4']}/24", f"{one['ipv6']}/64"])
    files.write(lab["ssh"]["known_hosts"], "".join(f"{one['ipv4']},{one['ipv6']} {one['ssh_host_key']}\n" for one in lab["hosts"]))
    for one, answer in waiting:
        hosts.await_up(lab, one, answer)
    registry.save(lab)
    registry.write(f"{lab['dir']}/lab.json", lab)


def host(lab, number):
    return {"name": f"h{number}", "key": number, "ipv4": network.v4(lab, 10 + number), "ipv6": network.v6(lab, 10 + number),
            "ssh_port": 22, "ssh_user": "axiomdb", "ssh_private_key": lab["ssh"]["private_key"],
            "postgres_port": 5432, "postgres_admin": "axiomdb", "postgres_password_file": f"{lab['dir']}/keys/h{number}.password",
            "postgres_passfile": f"{lab['dir']}/keys/h{number}.pgpass", "pooler_port": 6432}


def client(lab, number):
    four, six = network.v4(lab, 100 + number), network.v6(lab, 100 + number)
    return {"name": f"c{number}", "key": number, "ipv4": four, "ipv6": six, "addresses": [four, six], "places": {}}


def watched(pid):
    if pid is None:
        return None
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError as reason:
        raise Refused(f"--owner {pid}: there is no such process") from reason


def watch(lab, owner):
    """A process that takes this lab, and no later one of its name, down when the owner ends."""
    if os.fork() == 0:
        try:
            kernel.apart(keep=(owner,))
            while (registry.find(lab["name"]) or {}).get("id") == lab["id"]:
                if select.select([owner], [], [], 5)[0]:
                    with registry.locked(lab["name"]):
                        if (registry.find(lab["name"]) or {}).get("id") == lab["id"]:
                            take_away(registry.find(lab["name"]))
                    break
        finally:
            os._exit(0)


def down(arguments):
    """Of the lab that is named, or 'lab': never of another one because it happens to be the only one."""
    name = arguments.name or "lab"
    with registry.locked(name):
        lab = registry.find(name)
        if lab:
            take_away(lab)
        else:
            registry.forget({"name": name})


def take_away(lab):
    for pid in {hosts.pid_of(lab, one) for one in lab.get("hosts", [])} - {None}:
        kernel.end(pid)
    for pid in list(network.inhabitants(lab)):
        kernel.end(pid)
    network.tear(lab)
    for target in reversed(mounted(lab["dir"])):
        kernel.unmount(target)
    if os.path.exists(marker(lab)):
        shutil.rmtree(lab["dir"])
    registry.forget(lab)


def mounted(directory):
    with open("/proc/self/mounts", encoding="utf-8") as file:
        places = [line.split(" ")[1].replace("\\040", " ") for line in file]
    return [place for place in places if place.startswith(directory + "/")]
