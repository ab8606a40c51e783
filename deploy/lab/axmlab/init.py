"""Process 1 of a host: mounts, the services as at boot (first time: their set-up), then the timer of the host helper.

Told on standard input by one JSON document; says `up` or what went wrong on standard output, once. Loaded whole before
the mounts, which may cover the place this program came from.
"""
import json
import os
import signal
import socket
import sys
import time

from . import files, kernel, setup
from .run import ENVIRONMENT

HELPER = "/usr/local/sbin/axm-host"
EVERY_SECONDS = 2


def main():
    told = json.load(sys.stdin)
    os.environ.clear()
    os.environ.update(ENVIRONMENT)
    os.umask(0o022)
    try:
        mounts(told["directory"])
        socket.sethostname(told["name"])
        if told["verifier"]:
            setup.first(told["verifier"])
        setup.boot()
    except Exception as reason:  # whatever it is, the one who waits outside has to hear it
        print(f"{type(reason).__name__}: {reason}", flush=True)
        return 1
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    print("up", flush=True)
    os.dup2(os.open("/dev/null", os.O_RDWR), 1)
    tick_for_ever()


def mounts(base):
    kernel.mount(None, "/", None, kernel.REC | kernel.PRIVATE)
    kernel.mount("proc", "/proc", "proc", kernel.NOSUID | kernel.NODEV | kernel.NOEXEC)
    kernel.mount("sysfs", "/sys", "sysfs", kernel.NOSUID | kernel.NODEV | kernel.NOEXEC)
    kernel.mount("devpts", "/dev/pts", "devpts", kernel.NOSUID | kernel.NOEXEC, "newinstance,ptmxmode=0666,mode=620,gid=5")
    kernel.mount("tmpfs", "/dev/shm", "tmpfs", kernel.NOSUID | kernel.NODEV, "mode=1777")
    kernel.mount(base + "/small/axm", "/var/lib/axm", None, kernel.BIND)
    kernel.mount(base + "/small/etc", "/etc", None, kernel.BIND)
    # Each of these may cover the directory that the next one comes from: open them all first.
    sources = {path: os.open(files.place(base, path), os.O_PATH | os.O_DIRECTORY) for path in files.PRIVATE}
    for path, source in sources.items():
        kernel.mount(f"/proc/self/fd/{source}", path, None, kernel.BIND)
        os.close(source)
    kernel.mount("tmpfs", "/run", "tmpfs", kernel.NOSUID | kernel.NODEV, "mode=755")
    os.mkdir("/run/lock", 0o1777)
    os.chdir("/")


def tick_for_ever():
    """Runs the helper's timer as systemd would: never twice at once. Also takes leave of every process that nobody else waits for."""
    running, due = None, time.monotonic()
    while True:
        running = None if running in reaped() else running
        now = time.monotonic()
        if running is None and now >= due:
            running, due = tick(), now + EVERY_SECONDS
        signal.sigtimedwait({signal.SIGCHLD}, max(0.05, due - time.monotonic()))


def reaped():
    ended = set()
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return ended
        if pid == 0:
            return ended
        ended.add(pid)


def tick():
    if not os.access(HELPER, os.X_OK):
        return None
    said = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, "/var/log/axm-host-tick.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2)]
    try:
        return os.posix_spawn(HELPER, [HELPER, "tick"], ENVIRONMENT, file_actions=said, setsigmask=[], setsigdef=[signal.SIGPIPE])
    except OSError as reason:
        print(f"{HELPER} tick: {reason}", file=sys.stderr, flush=True)
        return None
