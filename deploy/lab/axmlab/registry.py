"""Which labs there are: one JSON file each, written before anything else of the lab is made, removed after everything else."""
import argparse
import contextlib
import fcntl
import json
import os
import re

from .run import Refused, run

ROOT = "/run/axm-lab"
LAST_NUMBER = 254


def checked_name(text):
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,30}", text):
        raise argparse.ArgumentTypeError("1 to 31 of a-z, 0-9 and '-', beginning with a letter")
    return text


@contextlib.contextmanager
def locked(what):
    """`what` is a lab's name (held by `up` and `down` from begin to end) or `+` (held while a file of the registry changes)."""
    os.makedirs(ROOT, mode=0o700, exist_ok=True)
    path = f"{ROOT}/{what}.lock"
    while True:
        with open(path, "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if os.path.exists(path) and os.path.samestat(os.stat(path), os.fstat(lock.fileno())):  # not one that `forget` took away
                yield
                return


def names():
    return sorted(f[:-5] for f in os.listdir(ROOT) if f.endswith(".json")) if os.path.isdir(ROOT) else []


def find(name):
    try:
        with open(f"{ROOT}/{name}.json", encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return None


def chosen(name):
    """The lab that a command means."""
    known = names()
    name = name or (known[0] if len(known) == 1 else "lab")
    lab = find(name)
    if lab is None:
        raise Refused(f"no lab '{name}' is up" + (f"; there are: {', '.join(known)}" if known else "; bring one up with `lab up`"))
    return lab


def claim(lab):
    """Registers a lab under the lowest free number; its networks are 10.77.NUMBER.0/24 and fd77:NUMBER::/64."""
    with locked("+"):
        taken = {find(name)["number"] for name in names()} | routed()
        free = [number for number in range(1, LAST_NUMBER + 1) if number not in taken]
        if not free:
            raise Refused(f"all {LAST_NUMBER} networks of labs are in use; take a lab down")
        lab["number"] = free[0]
        save(lab)


def routed():
    """Numbers whose network something else on this machine uses."""
    routes = run("ip", "-4", "route", "show", "table", "all") + run("ip", "-4", "address")
    return {int(third) for third in re.findall(r"\b10\.77\.(\d+)\.", routes)}


def save(lab):
    path = f"{ROOT}/{lab['name']}.json"
    write(path, lab)


def write(path, document):
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(document, file, indent=2)
        file.write("\n")
    os.rename(path + ".new", path)


def forget(lab):
    """By the holder of the lab's lock: that file goes too, and who waits for it takes a new one."""
    for kind in ("json", "lock"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(f"{ROOT}/{lab['name']}.{kind}")
