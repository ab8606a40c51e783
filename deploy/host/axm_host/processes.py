"""What runs on this host, and who listens where, as /proc says.

What the kernel fetches from the memory or the mounts of a process may never come, if its user has it so: it is asked for in a child.
"""
from __future__ import annotations

import contextlib
import os
import time
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Set, Tuple

from axm_host.view import Gone, aside, for_others, seen_by

LISTENING = "0A"
ACCEPTS = 0x10000  # of the flags of a unix socket
WORDS_BYTES = 65536


class Process(NamedTuple):
    pid: int
    uids: Tuple[int, ...]  # real, effective, saved, of file access
    program: str  # the file that runs, as this host's root sees it
    started: int  # in the kernel's ticks since it booted


def processes() -> Iterator[Process]:
    """All but those that end meanwhile, zombies and the kernel's own."""
    for name in os.listdir("/proc"):
        if name.isdigit():
            found = process(int(name))
            if found is not None:
                yield found


def process(pid: int) -> Optional[Process]:
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as source:
            uids = next(line.split()[1:] for line in source if line.startswith("Uid:"))
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as source:
            started = int(source.read().rpartition(")")[2].split()[19])
        program = _program(pid)
    except (FileNotFoundError, ProcessLookupError, StopIteration, IndexError):
        return None
    return Process(pid, tuple(int(uid) for uid in uids), program.removesuffix(" (deleted)"), started)


def _program(pid: int) -> str:
    try:
        return os.readlink(f"/proc/{pid}/exe")
    except PermissionError:  # root in a container of its own may not look at what began it
        return ""


def began(of: Process) -> float:
    """Seconds since the epoch, at which it had certainly started: the kernel counts that in ticks."""
    return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME) + (of.started + 1) / os.sysconf("SC_CLK_TCK")


def words_of(of: Process) -> Tuple[str, ...]:
    """How it was called; nothing where that can't be told. The words lie in its own memory, so its user's eyes read them."""
    try:
        return tuple(seen_by(of.uids[1], _words, of.pid)[0])
    except OSError:
        return ()


@for_others
def _words(pid: int) -> Tuple[Any, List[int]]:
    with open(f"/proc/{pid}/cmdline", "rb") as source:
        return source.read(WORDS_BYTES).decode("utf-8", "replace").split("\0")[:-1], []


def shares_root(pid: int) -> bool:
    """Whether a process has this host's files, and not a container's."""
    try:
        return aside(_same, pid, "")
    except OSError:
        return False


def shares(pid: int, path: str) -> bool:
    """Whether what stands at this path is the same for that process: one in a container may have other files. Also where the kernel does not say."""
    try:
        return aside(_same, pid, path)
    except Gone:
        return True
    except OSError:
        return False


@for_others
def _same(pid: int, path: str) -> Tuple[bool, List[int]]:
    return os.path.samestat(os.stat(f"/proc/self/root{path}"), os.stat(f"/proc/{pid}/root{path}")), []


def folder_of(pid: int) -> str:
    """Where it is. Raises OSError when it has ended."""
    return os.readlink(f"/proc/{pid}/cwd")


def listeners() -> Dict[int, Set[int]]:
    """port -> the uids that have made a TCP socket which listens there."""
    return {port: {uid for uid, _ in sockets} for port, sockets in _listening().items()}


def ports_of(pid: int) -> List[int]:
    """Where a process listens, of its own network or not: sorted."""
    held = _held(pid)
    return sorted(port for port, sockets in _listening(pid).items() if held & {inode for _, inode in sockets})


def listens(pid: int) -> bool:
    """Whether others can connect to it, over TCP or a unix socket."""
    held = _held(pid)
    return bool(held) and (bool(held & _accepting(pid)) or any(held & {inode for _, inode in sockets} for sockets in _listening(pid).values()))


def _held(pid: int) -> Set[str]:
    """The inodes of the sockets that a process has open."""
    held = set()
    with contextlib.suppress(FileNotFoundError, ProcessLookupError, PermissionError):
        for name in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                target = os.readlink(f"/proc/{pid}/fd/{name}")
                if target.startswith("socket:["):
                    held.add(target[len("socket:["):-1])
    return held


def _accepting(of: object) -> Set[str]:
    """The inodes of unix sockets that somebody listens on."""
    found = set()
    with contextlib.suppress(FileNotFoundError, ProcessLookupError), open(f"/proc/{of}/net/unix", encoding="ascii", errors="replace") as source:
        for line in list(source)[1:]:
            words = line.split(None, 7)  # number, references, protocol, flags, type, state, inode, path
            if len(words) > 6 and int(words[3], 16) & ACCEPTS:
                found.add(words[6])
    return found


def _listening(of: object = "self") -> Dict[int, Set[Tuple[int, str]]]:
    found: Dict[int, Set[Tuple[int, str]]] = {}
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError), open(f"/proc/{of}/net/{table}", encoding="ascii") as source:
            for line in list(source)[1:]:
                words = line.split()
                if words[3] == LISTENING:
                    found.setdefault(int(words[1].rsplit(":", 1)[1], 16), set()).add((int(words[7]), words[9]))
    return found
