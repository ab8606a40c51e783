"""The door: one document in, one out; or an order of root's."""
from __future__ import annotations

import json
import os
import sys

from axm_host.basics import POINTS, Refusal
from axm_host.certificate import certificate
from axm_host.change import change, confirm
from axm_host.check import check
from axm_host.copy import copy
from axm_host.install import install
from axm_host.look import look
from axm_host.request import MOST_BYTES, parse
from axm_host.remove import remove
from axm_host.tick import restore, tick
from axm_host.timers import loop
from axm_host.undo import as_refusal

OPERATIONS = {"look": look, "change": change, "confirm": confirm, "certificate": certificate, "copy": copy}
USAGE = "axm-host install USER [PORT] | tick | loop | restore CHANGE | check | remove | points; without arguments a request is read from stdin"


def answer(data):
    """(exit code, the answer). Every failure is an answer."""
    try:
        request = parse(data)
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
    if arguments == ["points"]:
        print("\n".join(POINTS))
        return 0
    return order(arguments)


def order(arguments):
    try:
        return obey(arguments)
    except Refusal as refusal:
        print(f"{refusal.code}: {refusal.what}\n{refusal.mend}", file=sys.stderr)
        return 1


def obey(arguments):
    name, more = arguments[0], arguments[1:]
    if name == "install" and len(more) in (1, 2):
        print("\n".join(install(more[0], int(more[1]) if more[1:] else 5432)))
    elif name == "restore" and len(more) == 1:
        restore(more[0])
    elif name == "check" and not more:
        fit, lines = check()
        print("\n".join(lines))
        return 0 if fit else 1
    elif name == "remove" and not more:
        print("\n".join(remove()))
    elif name == "tick" and not more:
        tick()
    elif name == "loop" and not more:
        loop(tick)
    else:
        print(USAGE, file=sys.stderr)
        return 64
    return 0
