"""The door: one document in, one out; or an order of root's."""
from __future__ import annotations

import json
import os
import sys

from axm_host.basics import POINTS, PROTOCOL, Refusal
from axm_host.change import as_refusal, change, confirm
from axm_host.look import look
from axm_host.request import MOST_BYTES, parse
from axm_host.tick import restore, tick

OPERATIONS = {"look": look, "change": change, "confirm": confirm}


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
        if arguments == ["tick"]:
            tick()
        elif len(arguments) == 2 and arguments[0] == "restore":
            restore(arguments[1])
        else:
            print("axm-host [install USER | tick | restore CHANGE | check | remove | points]; without arguments a request is read from stdin", file=sys.stderr)
            return 64
        return 0
    except Refusal as refusal:
        print(f"{refusal.code}: {refusal.what}\n{refusal.mend}", file=sys.stderr)
        return 1
