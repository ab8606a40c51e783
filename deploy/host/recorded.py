"""What a kernel answered about its packet filter, written down and played back: tests read it without root, on any machine.

`python3 recorded.py FILE` as root writes down the network namespace that it runs in.
"""
import base64
import contextlib
import json
import sys
import zlib
from unittest import mock

from axm_host import legacy, netlink, ways


class Recorder:
    def __init__(self):
        self.netlink, self.tables, self.legacy = [], {}, []

    def record(self):
        asked, blob, names = netlink.Netlink.ask, legacy._blob, legacy.tables

        def ask(link, kind, head, attributes=b"", dump=True):
            found = asked(link, kind, head, attributes, dump)
            self.netlink.append([kind, _text(head + attributes), [[one.kind, _text(one.head), _text(_joined(one.attributes))] for one in found]])
            return found

        def of(version, table):
            found = blob(version, table)
            self.legacy.append([version, table, *map(_text, found)])
            return found

        def listed(version):
            self.tables[str(version)] = names(version)
            return self.tables[str(version)]

        with mock.patch.object(netlink.Netlink, "ask", ask), mock.patch.object(legacy, "_blob", of), mock.patch.object(legacy, "tables", listed):
            ways.seen((5432, 6432), ())
        return {"netlink": self.netlink, "tables": self.tables, "legacy": self.legacy}


def _joined(attributes):
    return b"".join(netlink.attribute(kind, value) for kind, value in attributes.items())


def _text(data):
    return base64.b64encode(data).decode()


def _data(text):
    return base64.b64decode(text)


def write(path):
    with open(path, "wb") as target:
        target.write(zlib.compress(json.dumps(Recorder().record()).encode(), 9))


@contextlib.contextmanager
def played(path):
    """As if this machine's kernel were the one that was written down."""
    with open(path, "rb") as source:
        held = json.loads(zlib.decompress(source.read()))
    answers = {(kind, asked): found for kind, asked, found in held["netlink"]}
    blobs = {(version, table): (_data(info), _data(entries)) for version, table, info, entries in held["legacy"]}

    class Played:
        def __init__(self, protocol):
            self.protocol = protocol

        __enter__ = lambda self: self
        __exit__ = lambda self, *_: None

        def ask(self, kind, head, attributes=b"", dump=True):
            found = answers[(kind, _text(head + attributes))]
            return [netlink.Message(one, _data(top), netlink.attributes_of(_data(rest))) for one, top, rest in found]

    with mock.patch("axm_host.nft.Netlink", Played), mock.patch("axm_host.arrivals.Netlink", Played), mock.patch("axm_host.ipset.Netlink", Played), \
            mock.patch.object(legacy, "tables", lambda version: held["tables"][str(version)]), mock.patch.object(legacy, "_blob", lambda *key: blobs[key]):
        yield


if __name__ == "__main__":
    write(sys.argv[1])
