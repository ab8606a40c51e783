"""Until when access lasts. Others can set the wall clock back; the time since the host started nobody can. For what gives or holds access the clock
that is first decides: whoever sets one back keeps nothing open, and whoever sets it ahead only closes early."""
from __future__ import annotations

import datetime
import time

from axm_host import files, state
from axm_host.basics import SKEW_SECONDS, now

KEEP_SECONDS = 60  # how much of the time since the start may be forgotten with a reboot
FORM = "%Y-%m-%dT%H:%M:%S.%fZ"


def boot():
    return (files.load("/proc/sys/kernel/random/boot_id") or b"").decode("ascii", "replace").strip()


def since_boot():
    """Seconds since the host started, the ones that it slept too."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def reached():
    """The moment that has come: by the wall clock, or by the time that has passed since a moment that was known."""
    known = _counted()
    return now() if known is None else max(now(), known)


def _counted():
    kept = state.read_clock()
    if kept is None:
        return None
    passed = since_boot() - (kept["since_boot"] if kept["boot"] == boot() else 0)
    return datetime.datetime.strptime(kept["moment"], FORM).replace(tzinfo=datetime.timezone.utc) + datetime.timedelta(seconds=max(0.0, passed))


def keep():
    """Under the lock, with each tick: what a reboot must not take back."""
    kept, known = state.read_clock(), _counted()
    if kept is None or kept["boot"] != boot() or since_boot() - kept["since_boot"] > KEEP_SECONDS:
        _write(reached() if kept is None or kept["boot"] != boot() else known)


def agreed():
    """Under the lock: the wall clock is what the control plane's is, so it counts, whatever was counted until now."""
    known = _counted()
    if known is not None and abs((known - now()).total_seconds()) > SKEW_SECONDS:
        _write(now())


def _write(moment):
    state.write_clock({"boot": boot(), "since_boot": since_boot(), "moment": moment.strftime(FORM)})
