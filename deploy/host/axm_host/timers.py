"""What happens by itself: the armed restore of an unconfirmed change, and whether the tick runs."""
from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time

from axm_host import files, state
from axm_host.basics import PROGRAM, Refusal, TOOL_PATH
from axm_host.programs import version
from axm_host.waiting import ended, ends_with_us, gone, patience

TICKED = "/run/axm-host.ticked"
FAILED = "/run/axm-host.tick-failed"  # in memory: it can be written when the disk is full, and a reboot forgets it
TICK_SECONDS = 15
LIMIT_SECONDS = 300  # of a tick, and of a restore: what waits longer waits for what does not come


def arm_restore(change, seconds):
    """Sees to it that `axm-host restore CHANGE` runs in so many seconds, without anybody, and again until it has not failed. After a reboot the tick does it."""
    if files.has_systemd():
        command = ["systemd-run", "--quiet", "--collect", f"--unit=axm-restore-{change}", f"--on-active={seconds}",
                   f"--property=RuntimeMaxSec={LIMIT_SECONDS}", "--property=Restart=on-failure", f"--property=RestartSec={TICK_SECONDS}",
                   PROGRAM, "restore", change]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env={"PATH": TOOL_PATH}, check=False)
        if done.returncode != 0:
            raise Refusal("VERIFY_FAILED", f"systemd-run could not arm the restore timer: {done.stderr.strip()[-200:]}", "look at journalctl")
        return
    _detached(change, seconds)


def _detached(change, seconds):
    """A process of its own that stays until the change is undone or confirmed. It holds no descriptor of the caller, least of all the lock."""
    if os.fork() != 0:
        return
    try:
        _let_go()
        if os.fork() == 0:
            stay(change, _since_boot() + seconds)
    finally:
        os._exit(0)


def stay(change, due):
    """`due` is in seconds since the host started, which nobody sets back."""
    while _waits(change):
        left = due - _since_boot()
        if left <= 0:
            _run("restore", change)
        time.sleep(TICK_SECONDS if left <= 0 else min(left, TICK_SECONDS))


def _waits(change):
    try:
        return state.is_pending(change)
    except Refusal:  # it could not be seen now
        return True


def _run(*order):
    """One of root's orders, by the program as it is installed now, in a process of its own that ends with this one: one that dies takes nothing with it,
    and one that comes to no end is given up, also where nothing ends it."""
    _bury()
    with_us = ends_with_us()
    try:
        child = os.fork()
    except OSError:  # no room for a process now
        return
    if child == 0:
        try:
            with_us()
            os.execve(PROGRAM, [PROGRAM, *order], {"PATH": TOOL_PATH})
        finally:
            os._exit(1)
    if not ended(child, LIMIT_SECONDS):
        os.kill(child, signal.SIGKILL)
        ended(child)


def _let_go():
    os.setsid()
    nothing = os.open("/dev/null", os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    os.closerange(3, 4096)
    os.chdir("/")


def ticked():
    """A tick did all of its work."""
    _ran()
    files.remove(FAILED)


def tick_failed(said):
    """A tick ran and could not do all of its work: `said` is a document that tells why."""
    _ran()
    files.install(FAILED, json.dumps(said).encode())


def _ran():
    """Which code, and when by the time since the host started: a wall clock that is set back makes no tick a recent one."""
    files.install(TICKED, f"{version()} {_since_boot()}".encode())


def _since_boot():
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def failing():
    """What the last tick said, if it failed; else None."""
    data = files.load(FAILED)
    return None if data is None else json.loads(data)


def tick_is_armed():
    """Whether a tick ran lately, successful or not; four may be missed."""
    at = _words(TICKED)[1]
    return at != "" and _since_boot() - float(at) < patience(4 * TICK_SECONDS)


def _words(path):
    """The two words of a file of ours in /run, empty ones where there is none."""
    first, _, second = (files.load(path) or b"").decode("ascii", "replace").partition(" ")
    return first, second


LOOP_PID = "/run/axm-host.loop"


def start_loop():
    """The tick without systemd: one process, found again by the lock on its file."""
    if loop_runs() or os.fork() != 0:
        return
    try:
        _let_go()
        if os.fork() == 0:
            os.execve(PROGRAM, [PROGRAM, "loop"], {"PATH": TOOL_PATH})
    finally:
        os._exit(0)


def loop():
    """Never returns. Each tick is a process of its own that runs what is installed then; why one failed, it has written down for look."""
    import fcntl
    with files.opened(LOOP_PID, os.O_RDWR | os.O_CREAT) as mine:
        try:
            fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        os.ftruncate(mine, 0)
        os.write(mine, f"{os.getpid()} {version()}".encode())
        while True:
            _run("tick")
            time.sleep(TICK_SECONDS)


def _bury():
    """What was given up and has ended since."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def loop_runs():
    import fcntl
    if not files.exists(LOOP_PID):
        return False
    with files.opened(LOOP_PID, os.O_RDWR) as theirs:
        try:
            fcntl.flock(theirs, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def stop_loop():
    """Gone when this returns, and its tick with it. A number that is another program's by now is left alone."""
    pid = _words(LOOP_PID)[0]
    if pid.isdigit() and (files.load(f"/proc/{pid}/cmdline") or b"").endswith(f"{PROGRAM}\0loop\0".encode()):
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
        if not gone(int(pid), LIMIT_SECONDS):
            raise Refusal("VERIFY_FAILED", f"the running `axm-host loop` (process {pid}) does not end", f"kill -9 {pid}")


def running():
    """What other versions than the installed one did the last tick, or run the loop: [(what, version)]."""
    found = [("axm-host tick", _words(TICKED)[0])] + ([("axm-host loop", _words(LOOP_PID)[1])] if loop_runs() else [])
    return [(what, there[:80]) for what, there in found if there not in ("", version())]
