"""Waits for other processes. On a busy machine they get little time, so a limit grows with the machine's load, and a process that works is never given up."""
from __future__ import annotations

import os
import select
import time

LOOK_SECONDS = 0.01
END_SECONDS = 1  # what a process that was killed gets to be gone
IDLE_LOOKS = 3000  # half a minute in which a process only sleeps, or is stopped


def patience(seconds):
    """`seconds` on a machine that has a free processor; in proportion more where more processes want to run than there are processors."""
    return seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


class Limit:
    """A limit of time that grows with the load until it is over, and never shrinks."""

    def __init__(self, seconds):
        self._seconds, self._most = seconds, patience(seconds)
        self.again()

    def again(self):
        self._began = time.monotonic()

    def left(self):
        """Seconds; 0 when it is over."""
        self._most = max(self._most, patience(self._seconds))
        return max(0.0, self._began + self._most - time.monotonic())


def within(seconds, come):
    """Whether `come()` is true in time."""
    limit = Limit(seconds)
    while not come():
        if not limit.left():
            return False
        time.sleep(LOOK_SECONDS)
    return True


def ended(pid, seconds=END_SECONDS):
    """Whether our child with this pid has ended, or ends in time. Also one that was killed may not: who waits for a file system that does not answer
    is not ended by anything."""
    return within(seconds, lambda: _reaped(pid))


def _reaped(pid):
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True


def killed(process):
    """Ends a process that this program has started (a Popen). Whether it is gone; one that can't be ended is left."""
    process.kill()
    return within(END_SECONDS, lambda: process.poll() is not None)


class Child:
    """A process that this program has started (a Popen) and that shall answer: `answer` knocks until it does, has ended, or does nothing at all."""

    def __init__(self, process):
        self.process = process

    def answer(self, knock):
        """What `knock()` gives, once it is not None; else None, and fate() says what the process did instead."""
        handle, idle, spent = os.pidfd_open(self.process.pid), 0, None
        try:
            while idle < IDLE_LOOKS:
                answer = knock()
                if answer is not None:
                    return answer
                if select.select([handle], [], [], LOOK_SECONDS)[0]:
                    return None
                before, spent = spent, _spent(self.process.pid)
                idle = idle + 1 if spent == before else 0
            return None
        finally:
            os.close(handle)

    def fate(self):
        """How it came that there was no answer."""
        code = self.process.poll()
        if code is None:
            return "runs and does not answer"
        return f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"


def _spent(pid):
    """The processor time that a sleeping or stopped process has used; something new each time for one that runs, waits for a processor or for the disk."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as source:
            fields = source.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):  # it has ended: its handle says so
        return object()
    return (fields[11], fields[12]) if fields[0] in "STt" else object()


def ends_with_us():
    """For a child between fork and exec: whatever ends the helper ends it too."""
    import ctypes  # costs 10 ms, and few operations need it
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(1, 9)  # PR_SET_PDEATHSIG, SIGKILL


def gone(pid, seconds):
    """Whether the process with this pid, none of our children, ends in time."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        limit = Limit(seconds)
        while not select.select([handle], [], [], min(limit.left(), 1))[0]:
            if not limit.left():
                return False
        return True
    finally:
        os.close(handle)
