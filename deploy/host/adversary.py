#!/usr/bin/env python3
"""A hostile process of another user, for tests: it exchanges the entries of the folders it is given with baits, as fast as it can, until SIGTERM.

    adversary.py --uid UID [--canary FOLDER] [--only NAMES] [--round N] [--seed N] FOLDER...

For each name in a folder it makes baits beside the folder's other entries: a link to the canary (a folder of root's that mirrors what is attacked), a
folder with such links in it, a FIFO, a hard link where the kernel allows one, a file and a socket of its own; and by renameat2(RENAME_EXCHANGE) the one
takes the other's place, for a moment or for longer. The name that was there comes back at the end, so that what is attacked works again afterwards.
A folder may be a pattern (`/run/axm-prove-*/sockets`). It prints "ready" when it begins, and how many exchanges it made when it ends. Only the standard library; Linux.
"""
import argparse
import contextlib
import ctypes
import glob
import os
import pwd
import random
import re
import shutil
import signal
import socket
import sys
import time

EXCHANGE = 2
AT_FDCWD = -100
BAITS = ".bait-"
MOMENTS = (0, 0, 0, 0.0001, 0.001, 0.01)  # seconds for which a bait is at its place
RESTS = (0, 0, 0.001, 0.01, 0.03)  # and for which all is as it was, so that what is attacked comes further than its first step
LIBC = ctypes.CDLL(None, use_errno=True)


def exchange(one, other):
    """Both names at once, so that there is no moment without either."""
    if LIBC.renameat2(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), EXCHANGE) != 0:
        raise OSError(ctypes.get_errno(), "renameat2", one)


def become(uid):
    """With the groups of that user, as the real one has them."""
    try:
        known = pwd.getpwuid(uid)
        groups, group = os.getgrouplist(known.pw_name, known.pw_gid), known.pw_gid
    except KeyError:
        groups, group = [], uid
    os.setgroups(groups)
    os.setresgid(group, group, group)
    os.setresuid(uid, uid, uid)


class Bait:
    """Something that can take the place of `path`, under a name of its own beside it."""

    def __init__(self, path, kind, canary):
        self.path = path
        self.name = f"{os.path.dirname(path)}/{BAITS}{kind}-{os.path.basename(path)}"
        getattr(self, "_" + kind)(canary)

    def _link(self, canary):
        os.symlink(mirrored(canary, self.path), self.name)

    def _folderlink(self, canary):
        os.symlink(canary, self.name)

    def _folder(self, canary):
        os.mkdir(self.name, 0o777)
        for name in ("file", os.path.basename(self.path), "conf", "sockets"):
            os.symlink(mirrored(canary, self.path), f"{self.name}/{name}")

    def _fifo(self, canary):
        os.mkfifo(self.name, 0o666)

    def _hard(self, canary):
        os.link(mirrored(canary, self.path), self.name)

    def _own(self, canary):
        with open(self.name, "wb") as target:
            target.write(b"host all all 0.0.0.0/0 trust\n")

    def _socket(self, canary):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as made:
            made.bind(self.name)


KINDS = ("link", "folderlink", "folder", "fifo", "hard", "own", "socket")


def mirrored(canary, path):
    """The file in the canary's folder that has the longest part of the path's end."""
    parts = path.split("/")
    for at in range(1, len(parts)):
        there = "/".join([canary, *parts[at:]])
        if os.path.lexists(there):
            return there
    return f"{canary}/{parts[-2]}/{parts[-1]}"


class Attack:

    def __init__(self, folders, only, canary, chance):
        self.folders, self.only, self.canary, self.chance = folders, only, canary, chance
        self.swaps, self.over = 0, False
        self.baits = {}

    def stop(self, *_):
        self.over = True

    def run(self, each):
        print("ready", flush=True)
        while not self.over:
            for folder in self._there():
                self._round(folder, each)
        self._end()
        print("exchanges", self.swaps, flush=True)

    def hold(self, kind):
        """One bait for each name, there from the beginning to the end: what chance would hit seldom."""
        held = []
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        for folder in self._there():
            for name in [name for name in os.listdir(folder) if self.only.fullmatch(name)]:
                bait = self._bait(f"{folder}/{name}", kind)
                exchange(bait.path, bait.name)
                held.append(bait)
        print("ready", flush=True)
        signal.sigwait({signal.SIGTERM})
        for bait in held:
            exchange(bait.path, bait.name)
            self.swaps += 2
        self._end()
        print("exchanges", self.swaps, flush=True)

    def _there(self):
        """The folders that there are now: some are made and removed again while the attack goes on."""
        return [found for folder in self.folders for found in glob.glob(folder)]

    def _round(self, folder, each):
        try:
            names = [name for name in os.listdir(folder) if not name.startswith(BAITS) and self.only.fullmatch(name)]
        except OSError:  # it is exchanged itself just now
            return
        self.chance.shuffle(names)
        for name in names[:each]:
            with contextlib.suppress(OSError):  # gone meanwhile, or not ours to exchange
                self._once(f"{folder}/{name}")
        self._let_go()

    def _once(self, path):
        bait = self._bait(path, self.chance.choice(KINDS))
        if bait is None:
            return
        exchange(path, bait.name)
        self._pause(MOMENTS)
        exchange(path, bait.name)
        self.swaps += 2
        self._pause(RESTS)

    def _pause(self, choices):
        seconds = self.chance.choice(choices)
        if seconds:
            time.sleep(seconds)

    def _let_go(self):
        """Whoever has opened a FIFO is let go on: the attacked server itself opens its files without a second thought, and would wait for ever."""
        for (_, kind), bait in self.baits.items():
            if kind == "fifo":
                with contextlib.suppress(OSError):  # nobody waits there
                    os.close(os.open(bait.name, os.O_WRONLY | os.O_NONBLOCK))

    def _bait(self, path, kind):
        key = (path, kind)
        if key not in self.baits or not os.path.lexists(self.baits[key].name):
            try:
                self.baits[key] = Bait(path, kind, self.canary)
            except OSError:  # a hard link that the kernel forbids
                return None
        return self.baits[key]

    def _end(self):
        """What was there is at its place after each round; only the baits go."""
        self._let_go()
        for folder in self._there():
            with contextlib.suppress(OSError):
                for name in os.listdir(folder):
                    if name.startswith(BAITS):
                        gone = f"{folder}/{name}"
                        shutil.rmtree(gone) if os.path.isdir(gone) and not os.path.islink(gone) else os.unlink(gone)


def main():
    told = argparse.ArgumentParser()
    told.add_argument("--uid", type=int, required=True)
    told.add_argument("--canary", default="/root")
    told.add_argument("--round", type=int, default=10, help="how many names of a folder before the next folder's turn")
    told.add_argument("--only", default=".*", help="which names, as a regular expression")
    told.add_argument("--hold", choices=KINDS, help="one kind of bait for the whole time, instead of all in turns")
    told.add_argument("--seed", type=int, default=42)
    told.add_argument("folders", nargs="+")
    wanted = told.parse_args()
    become(wanted.uid)
    attack = Attack(wanted.folders, re.compile(wanted.only), wanted.canary, random.Random(wanted.seed))
    signal.signal(signal.SIGTERM, attack.stop)
    attack.run(wanted.round) if wanted.hold is None else attack.hold(wanted.hold)


if __name__ == "__main__":
    sys.exit(main())
