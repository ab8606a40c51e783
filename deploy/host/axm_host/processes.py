"""What runs on this host, and who listens where, as /proc says."""
from __future__ import annotations

import contextlib
import os
from typing import Dict, Iterator, List, NamedTuple, Optional, Set, Tuple

LISTENING = "0A"


class Process(NamedTuple):
    pid: int
    uids: Tuple[int, ...]  # real, effective, saved, of file access
    program: str  # the file that runs, as this host's root sees it
    words: Tuple[str, ...]


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
        with open(f"/proc/{pid}/cmdline", "rb") as source:
            words = source.read(65536).decode("utf-8", "replace").split("\0")[:-1]
        program = os.readlink(f"/proc/{pid}/exe")
    except (FileNotFoundError, ProcessLookupError, StopIteration):
        return None
    return Process(pid, tuple(int(uid) for uid in uids), program.removesuffix(" (deleted)"), tuple(words))


def shares_root(pid: int) -> bool:
    """Whether a process has this host's files, and not a container's."""
    try:
        return os.path.samestat(os.stat("/proc/self/root"), os.stat(f"/proc/{pid}/root"))
    except OSError:
        return False


def shares(pid: int, path: str) -> bool:
    """Whether what stands at this path is the same for that process: one in a container may have other files."""
    try:
        return os.path.samestat(os.stat(f"/proc/self/root{path}"), os.stat(f"/proc/{pid}/root{path}"))
    except OSError:
        return False


def folder_of(pid: int) -> str:
    """Where it is. Raises OSError when it has ended."""
    return os.readlink(f"/proc/{pid}/cwd")


def listeners() -> Dict[int, Set[int]]:
    """port -> the uids that have made a TCP socket which listens there."""
    return {port: {uid for uid, _ in sockets} for port, sockets in _listening().items()}


def ports_of(pid: int) -> List[int]:
    """Where a process listens, of its own network or not: sorted."""
    held = set()
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for name in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                held.add(os.readlink(f"/proc/{pid}/fd/{name}"))
    return sorted(port for port, sockets in _listening(pid).items() if held & {f"socket:[{inode}]" for _, inode in sockets})


def _listening(of: object = "self") -> Dict[int, Set[Tuple[int, str]]]:
    found: Dict[int, Set[Tuple[int, str]]] = {}
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError), open(f"/proc/{of}/net/{table}", encoding="ascii") as source:
            for line in list(source)[1:]:
                words = line.split()
                if words[3] == LISTENING:
                    found.setdefault(int(words[1].rsplit(":", 1)[1], 16), set()).add((int(words[7]), words[9]))
    return found
