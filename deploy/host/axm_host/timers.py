"""What happens by itself: the armed restore of an unconfirmed change, and whether the tick runs."""
from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time

from axm_host import files
from axm_host.basics import PROGRAM, Refusal, TOOL_PATH
from axm_host.waiting import ended, patience

TICKED = "/run/axm-host.ticked"
FAILED = "/run/axm-host.tick-failed"  # in memory: it can be written when the disk is full, and a reboot forgets it
TICK_SECONDS = 15
LIMIT_SECONDS = 300  # of a tick, and of a restore: what waits longer waits for what does not come


def arm_restore(change, seconds):
    """Sees to it that `axm-host restore CHANGE` runs in so many seconds, without anybody. After a reboot the tick does it."""
    if files.has_systemd():
        command = ["systemd-run", "--quiet", "--collect", f"--unit=axm-restore-{change}", f"--on-active={seconds}",
                   f"--property=RuntimeMaxSec={LIMIT_SECONDS}", PROGRAM, "restore", change]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env={"PATH": TOOL_PATH}, check=False)
        if done.returncode != 0:
            raise Refusal("VERIFY_FAILED", f"systemd-run could not arm the restore timer: {done.stderr.strip()[-200:]}", "look at journalctl")
        return
    _detached(change, seconds)


def _detached(change, seconds):
    """A process of its own that sleeps and then becomes the restore. It holds no descriptor of the caller, least of all the lock."""
    if os.fork() != 0:
        return
    try:
        _let_go()
        if os.fork() == 0:
            time.sleep(seconds)
            signal.alarm(int(patience(LIMIT_SECONDS)))  # it outlives the exec, and ends what hangs
            os.execve(PROGRAM, [PROGRAM, "restore", change], {"PATH": TOOL_PATH})
    finally:
        os._exit(0)


def _let_go():
    os.setsid()
    nothing = os.open("/dev/null", os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    os.closerange(3, 4096)
    os.chdir("/")


def ticked():
    """A tick did all of its work."""
    with files.opened(TICKED, os.O_WRONLY | os.O_CREAT) as handle:
        os.utime(handle)
    files.remove(FAILED)


def tick_failed(said):
    """A tick ran and could not do all of its work: `said` is a document that tells why."""
    files.install(FAILED, json.dumps(said).encode())


def failing():
    """What the last tick said, if it failed; else None."""
    data = files.load(FAILED)
    return None if data is None else json.loads(data)


def tick_is_armed():
    """Whether a tick ran lately, successful or not; four may be missed."""
    return time.time() - max(files.changed_at(TICKED), files.changed_at(FAILED)) < patience(4 * TICK_SECONDS)


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


def loop(tick):
    """Never returns. A failed tick is tried again with the next one."""
    import fcntl
    with files.opened(LOOP_PID, os.O_RDWR | os.O_CREAT) as mine:
        try:
            fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        os.ftruncate(mine, 0)
        os.write(mine, str(os.getpid()).encode())
        while True:
            _one_tick(tick)
            time.sleep(TICK_SECONDS)


def _one_tick(tick):
    """In a process of its own: one that dies takes nothing with it. Why one failed, tick() itself has written down for look. One that does not come to an
    end is given up, also where nothing ends it, and the next one is started all the same."""
    _bury()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            tick()
            code = 0
        finally:
            os._exit(code)
    if not ended(child, LIMIT_SECONDS):
        os.kill(child, signal.SIGKILL)
        ended(child)


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
    if loop_runs():
        os.kill(int(files.load(LOOP_PID) or b""), signal.SIGTERM)
