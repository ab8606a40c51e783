"""The door: one document in, one out; or an order of root's."""
from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from typing import List, Optional

from axm_host.basics import POINTS
from axm_host.certificate import certificate
from axm_host.change import change, confirm
from axm_host.check import check
from axm_host.copy import copy
from axm_host.install import install
from axm_host.look import doctor, look
from axm_host.mark import mark
from axm_host.request import MOST_BYTES, parse
from axm_host.remove import remove
from axm_host.tick import restore, tick
from axm_host.timers import loop
from axm_host.undo import as_refusal

OPERATIONS = {"look": look, "doctor": doctor, "change": change, "confirm": confirm, "certificate": certificate, "copy": copy,
              "mark": mark}
BEAT_SECONDS = 5
USAGE = "axm-host install USER [PORT [RUNTIME_PORT]] | tick | loop | restore CHANGE | check | remove | points; without arguments a request is read from stdin"


def answer(data):
    """(exit code, the answer). Every failure is an answer."""
    try:
        request = parse(data)
        with alive() if request["op"] == "copy" else contextlib.nullcontext():
            return 0, OPERATIONS[request["op"]](request)
    except Exception as broken:
        return 1, as_refusal(broken).answer()


def main(arguments):
    os.umask(0o077)
    if os.geteuid() != 0:
        print("axm-host runs as root", file=sys.stderr)
        return 1
    if not arguments:
        code, said = answer(sys.stdin.buffer.read(MOST_BYTES + 1))
        sys.stdout.write(json.dumps(said, ensure_ascii=True) + "\n")
        return code
    return order(arguments)


@contextlib.contextmanager
def alive():
    """An empty line now and then before the answer to a copy: whoever waits for it knows that this process is not stopped, nor the way to it cut."""
    done = threading.Event()

    def beat():
        while not done.wait(BEAT_SECONDS):
            with contextlib.suppress(OSError):  # nobody reads any longer; what is being done comes to its end all the same
                sys.stdout.write("\n")
                sys.stdout.flush()

    beats = threading.Thread(target=beat, daemon=True)
    beats.start()
    try:
        yield
    finally:
        done.set()
        beats.join()


def order(arguments: List[str]) -> int:
    """One of root's orders. Every failure is told, with what to do."""
    name, more = arguments[0], arguments[1:]
    act, counts = ORDERS.get(name, (None, ()))
    if act is None or len(more) not in counts:
        print(USAGE, file=sys.stderr)
        return 64
    try:
        return act(*more) or 0
    except Exception as broken:
        refusal = as_refusal(broken)
        print(f"{refusal.code}: {refusal.what}\n{refusal.mend}", file=sys.stderr)
        return 1


def _install(login: str, port: str = "5432", runtime: Optional[str] = None) -> None:
    print("\n".join(install(login, int(port), None if runtime is None else int(runtime))))


def _check() -> int:
    fit, lines = check()
    print("\n".join(lines))
    return 0 if fit else 1


def _remove() -> None:
    print("\n".join(remove()))


def _points() -> None:
    print("\n".join(POINTS))


# Root's orders, and how many words each takes.
ORDERS = {"install": (_install, (1, 2, 3)), "tick": (tick, (0,)), "loop": (loop, (0,)), "restore": (restore, (1,)), "check": (_check, (0,)),
          "remove": (_remove, (0,)), "points": (_points, (0,))}
