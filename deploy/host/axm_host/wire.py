"""PostgreSQL's own protocol over a unix socket: log in as an OS user, ask, read rows. No process is started, nothing is in an argument list."""
from __future__ import annotations

import contextlib
import socket
import struct

from axm_host import files
from axm_host.waiting import Limit, within


class SqlError(Exception):
    """What the server said. `code` is the SQLSTATE."""

    def __init__(self, code, message):
        super().__init__(f"{code} {message}")
        self.code = code


class Wire:
    """One session. Raises OSError when nobody listens, socket.timeout when the server is silent for `seconds` (on an idle machine), SqlError when it says no.

    `uid` connects, and the listener must be that user too, or `listener`. `peer` is the pid of the process that listens, `process` that of the
    one that answered the login.
    """

    def __init__(self, path, uid, settings, seconds=15, listener=None):
        self.socket = _connected(uid, path, seconds)
        self.parameters, self.process, self._silence = {}, None, Limit(seconds)
        self._buffer = b""
        try:
            self.peer = _listens(self.socket, uid if listener is None else listener)
            words = b"".join(text.encode() + b"\0" for pair in settings.items() for text in pair) + b"\0"
            self._send(struct.pack("!II", len(words) + 8, 196608) + words)
            self._results()
        except BaseException:
            self.socket.close()
            raise

    def ask(self, sql):
        """Runs one or more statements; returns one list of rows per statement that has rows, each row a dictionary of texts."""
        data = sql.encode() + b"\0"
        self._send(b"Q" + struct.pack("!I", len(data) + 4) + data)
        return self._results()

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.sendall(b"X\0\0\0\4")
        self.socket.close()

    def _results(self):
        results, columns, refused = [], [], None
        while True:
            kind, body = self._message()
            if kind == b"T":
                columns = _columns(body)
                results.append([])
            elif kind == b"D":
                results[-1].append(dict(zip(columns, _row(body))))
            elif kind == b"S":
                key, value = body.split(b"\0")[:2]
                self.parameters[key.decode()] = value.decode()
            elif kind == b"K":
                self.process = struct.unpack("!I", body[:4])[0]
            elif kind == b"R" and body[:4] != b"\0\0\0\0":
                raise SqlError("28000", "the server asks for a password where the OS user should be enough")
            elif kind == b"E":
                refused = _error(body)
                if not self.parameters:  # at login the server hangs up after it
                    raise refused
            elif kind == b"Z":
                if refused is not None:
                    raise refused
                return results

    def _message(self):
        head = self._take(5)
        return head[:1], self._take(struct.unpack("!I", head[1:])[0] - 4)

    def _take(self, count):
        while len(self._buffer) < count:
            more = self._receive(max(65536, count - len(self._buffer)))
            if not more:
                raise ConnectionError("the server hung up")
            self._buffer += more
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken

    def _send(self, data):
        while data:
            data = data[self._patiently(lambda: self.socket.send(data)):]

    def _receive(self, most):
        return self._patiently(lambda: self.socket.recv(most))

    def _patiently(self, act):
        self._silence.again()
        while True:
            try:
                return act()
            except socket.timeout:
                if not self._silence.left():
                    raise


def _connected(uid, path, seconds):
    """A session that waits a second at a time."""
    made = []

    def connect():
        try:
            made.append(files.connected(path, uid))
        except BlockingIOError:  # more clients wait than the server has room for
            pass
        return bool(made)

    if not within(seconds, connect):
        raise socket.timeout(f"{path}: the server takes no connection")
    made[0].settimeout(1)
    return made[0]


def _listens(connected, uid):
    """The listener's pid. Anybody may put a socket into /tmp: only the owner's own server, or root's, is believed what it says."""
    pid, listener, _ = struct.unpack("=iII", connected.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    if listener not in (0, uid):
        raise ConnectionRefusedError(f"a process of user {listener} listens there, not of user {uid}")
    return pid


def _columns(body):
    names, at = [], 2
    for _ in range(struct.unpack("!H", body[:2])[0]):
        end = body.index(b"\0", at)
        names.append(body[at:end].decode())
        at = end + 19
    return names


def _row(body):
    values, at = [], 2
    for _ in range(struct.unpack("!H", body[:2])[0]):
        length = struct.unpack("!i", body[at:at + 4])[0]
        at += 4
        values.append(None if length < 0 else body[at:at + length].decode("utf-8", "replace"))
        at += max(length, 0)
    return values


def _error(body):
    fields = {part[:1]: part[1:].decode("utf-8", "replace") for part in body.split(b"\0") if part}
    return SqlError(fields.get(b"C", "XX000"), fields.get(b"M", "no message"))
