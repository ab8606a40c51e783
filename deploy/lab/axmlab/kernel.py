"""The kernel's calls that Python 3.11 has no name for, and processes that can't be mistaken for others."""
import ctypes
import os
import select
import signal

NEWNS, NEWUTS, NEWIPC, NEWPID, NEWNET = 0x00020000, 0x04000000, 0x08000000, 0x20000000, 0x40000000
NOSUID, NODEV, NOEXEC, BIND, REC, PRIVATE = 2, 4, 8, 4096, 16384, 1 << 18
DETACH = 2

libc = ctypes.CDLL(None, use_errno=True)


def call(name, *values):
    texts = [os.fsencode(value) if isinstance(value, str) else value for value in values]
    if getattr(libc, name)(*texts) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}", next((v for v in values if isinstance(v, str)), None))


def mount(source, target, kind=None, flags=0, options=None):
    call("mount", source, target, kind, ctypes.c_ulong(flags), options)


def unmount(target):
    call("umount2", target, DETACH)


def unshare(flags):
    call("unshare", flags)


def enter_network(path):
    with open(path, "rb") as namespace:
        call("setns", namespace.fileno(), NEWNET)


def started(pid):
    """When a process began, in clock ticks since boot: with the pid it names one process for ever. None when there is none, or a zombie."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            fields = stat.read().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in "ZX" else int(fields[19])


def end(pid):
    """SIGKILL, and back when the process is gone."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        signal.pidfd_send_signal(handle, signal.SIGKILL)
        select.select([handle], [], [], 10)
    except ProcessLookupError:
        pass
    finally:
        os.close(handle)


def apart(keep=()):
    """Makes the process one that nobody waits for: own session, nothing of the caller's open but `keep`."""
    os.setsid()
    os.chdir("/")
    null = os.open("/dev/null", os.O_RDWR)
    for stream in {0, 1, 2} - set(keep):
        os.dup2(null, stream)
    low = 3
    for kept in sorted(set(keep) - {0, 1, 2}):
        os.closerange(low, kept)
        low = kept + 1
    os.closerange(low, 65536)
