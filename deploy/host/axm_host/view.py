"""What another user sees and may do: a child process with that user's uid, gid and groups, which answers until the helper ends.

Whatever stands in a folder that another user can write is opened here and never as root, so that no link, no rename and no hard link of that user
leads to what it could not have itself. The kernel lets no process of that user into the child (it is not dumpable after it changed its uid); it
may end or stop it, so an answer is waited for with a limit, and read as what a stranger says. A file system of that user's may not answer it either,
and then nothing ends it: it is left, and it holds nothing of ours.
"""
from __future__ import annotations

import atexit
import contextlib
import json
import os
import pwd
import signal
import socket
import struct
import time
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

from axm_host.basics import Refusal
from axm_host.waiting import Limit, ended

PATIENCE_SECONDS = 60  # of all answers of a user that do not come, together
ASIDE_SECONDS = 5
LAST_SECONDS = 2  # of each one after that
MOST_SILENT = 5
MOST_BYTES = 128 * 1024 * 1024
MOST_HANDLES = 4
NOBODY = 65534
ASIDE = -1  # root, in a child
HEAD = struct.Struct("!I")
Act = Callable[..., Tuple[Any, List[int]]]  # gives (a value that JSON can hold, handles)
ACTS: Dict[str, Act] = {}


class Gone(OSError):
    """The child did not answer: another process of its user has ended or stopped it, or what it opened does not answer."""


class Child(NamedTuple):
    parent: int
    pid: int
    line: socket.socket


_children: Dict[int, Child] = {}
_waited: Dict[int, float] = {}  # uid -> the seconds that were waited for answers that did not come
_silent: Dict[int, int] = {}  # uid -> how many children gave no answer


def for_others(act: Act) -> Act:
    """Marks what a child may be asked to do."""
    ACTS[act.__name__] = act
    return act


def name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


def seen_by(uid: int, act: Act, *given: Any, handles: Sequence[int] = (), seconds: Optional[float] = None) -> Tuple[Any, List[int]]:
    """What act(*given, *handles) gives when that user does it, in at most so many seconds. Raises what it raised: OSError or Refusal; and Gone."""
    if uid == os.geteuid():
        return act(*given, *handles)
    return _asked(uid, act, given, handles, seconds)


def aside(act: Act, *given: Any) -> Any:
    """What act(*given) gives, done by root, in a child all the same: for what the kernel says of a process of others, who may let it wait for ever."""
    return _asked(ASIDE, act, given, (), ASIDE_SECONDS)[0]


def _asked(who: int, act: Act, given: Sequence[Any], handles: Sequence[int], seconds: Optional[float]) -> Tuple[Any, List[int]]:
    if _silent.get(who, 0) >= MOST_SILENT:
        raise Gone(None, f"{_silent[who]} processes of {_told(who)} that were to look at something gave no answer")
    child = _child_of(who)
    limit = Limit(min(PATIENCE_SECONDS if seconds is None else seconds, max(LAST_SECONDS, PATIENCE_SECONDS - _waited.get(who, 0))))
    began = time.monotonic()
    try:
        _allow(child.line, limit)
        _send(child.line, {"act": act.__name__, "given": given}, handles)
        said, given_back = _receive(child.line, limit)
    except (OSError, EOFError, ValueError) as silent:
        _waited[who] = _waited.get(who, 0) + time.monotonic() - began
        why = f"a process of {_told(who)} that was to look at it gave no answer"
        _silent[who] = _silent.get(who, 0) + 1
        if not _end(who):
            why += ", and can't be ended: what it looks at is in a file system that does not answer"
        raise Gone(None, why) from silent
    return _value(said, given_back), given_back


def _told(who: int) -> str:
    return name_of(0 if who == ASIDE else who)


# The child

def _child_of(uid: int) -> Child:
    known = _children.get(uid)
    if known is not None and known.parent == os.getpid():
        return known
    group, groups = (0, []) if uid == ASIDE else _groups_of(uid)
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        try:
            line = _alone_with(theirs.fileno())
            if uid != ASIDE:
                os.setgroups(groups)
                os.setresgid(group, group, group)
                os.setresuid(uid, uid, uid)
            _serve(line)
        finally:
            os._exit(0)
    theirs.close()
    _children[uid] = Child(os.getpid(), pid, ours)
    return _children[uid]


def _groups_of(uid: int) -> Tuple[int, List[int]]:
    """(the user's own group, all of its groups). Of a uid without a name: nobody's."""
    try:
        known = pwd.getpwuid(uid)
    except KeyError:
        return NOBODY, []
    return known.pw_gid, os.getgrouplist(known.pw_name, known.pw_gid)


def _alone_with(handle: int) -> socket.socket:
    """Closes everything else: a child that is stopped must keep neither a lock nor the caller's streams."""
    nothing = os.open("/dev/null", os.O_RDWR | os.O_CLOEXEC)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    os.closerange(3, handle)
    os.closerange(handle + 1, 4096)
    return socket.socket(fileno=handle)


def _serve(line: socket.socket) -> None:
    """Until the helper hangs up."""
    while True:
        with contextlib.suppress(EOFError):
            asked, taken = _receive(line)
            said, given = _done(asked, taken)
            _send(line, said, given)
            for handle in [*taken, *given]:
                os.close(handle)
            continue
        return


def _done(asked: Dict[str, Any], taken: List[int]) -> Tuple[Dict[str, Any], List[int]]:
    try:
        value, given = ACTS[asked["act"]](*asked["given"], *taken)
        return {"value": value}, given
    except Refusal as refused:
        return {"refusal": [refused.code, refused.what, refused.mend]}, []
    except OSError as failed:
        return {"error": [failed.errno, failed.strerror or str(failed)]}, []
    except Exception as broken:
        return {"refusal": ["VERIFY_FAILED", f"{type(broken).__name__}: {broken}"[:500], "report it with the versions of Python and axm-host"]}, []


@atexit.register
def _end_all() -> None:
    """Waits for none of them: who is not ours any longer is the system's to bury."""
    for uid in list(_children):
        _hang_up(uid)


def _end(uid: int) -> bool:
    """Whether it is gone. One that can't be ended is left."""
    child = _hang_up(uid)
    return child.parent != os.getpid() or ended(child.pid)


def _hang_up(uid: int) -> Child:
    child = _children.pop(uid)
    child.line.close()
    if child.parent == os.getpid():
        os.kill(child.pid, signal.SIGKILL)
    return child


# What goes between them

def _send(line: socket.socket, document: Dict[str, Any], handles: Sequence[int]) -> None:
    body = json.dumps(document).encode()
    socket.send_fds(line, [HEAD.pack(len(body))], list(handles))
    line.sendall(body)


def _receive(line: socket.socket, limit: Optional[Limit] = None) -> Tuple[Dict[str, Any], List[int]]:
    """Raises EOFError at the end of the line, and OSError when it takes longer than the limit, however often something comes."""
    _allow(line, limit)
    head, handles, _, _ = socket.recv_fds(line, HEAD.size, MOST_HANDLES)
    try:
        for handle in handles:
            os.set_inheritable(handle, False)
        size = HEAD.unpack(_taken(line, HEAD.size, limit, head))[0]
        if size > MOST_BYTES:
            raise ValueError("too long")
        return json.loads(_taken(line, size, limit)), handles
    except BaseException:
        _close(handles)
        raise


def _taken(line: socket.socket, count: int, limit: Optional[Limit], begun: bytes = b"") -> bytes:
    parts, have = [begun], len(begun)
    while have < count:
        _allow(line, limit)
        more = line.recv(min(count - have, 1 << 20))
        if not more:
            raise EOFError
        parts.append(more)
        have += len(more)
    return b"".join(parts)


def _allow(line: socket.socket, limit: Optional[Limit]) -> None:
    """Gives the next step what is left."""
    if limit is not None:
        left = limit.left()
        if not left:
            raise TimeoutError
        line.settimeout(left)


def _value(said: Dict[str, Any], handles: List[int]) -> Any:
    if "value" in said:
        return said["value"]
    _close(handles)
    if "refusal" in said:
        raise Refusal(*said["refusal"])
    number, text = said["error"]
    raise OSError(number, text) if number is not None else TimeoutError(text)


def _close(handles: List[int]) -> None:
    for handle in handles:
        os.close(handle)
