"""PostgreSQL's own protocol over a unix socket: log in as an OS user, ask, read rows. No process is started, nothing is in an argument list."""
from __future__ import annotations

import contextlib
import socket
import struct

from axm_host import files
from axm_host.waiting import Limit, within


WHOLE = 4  # a login, or an answer with all that comes before its end, may take so many times what a server may be silent
MOST_BYTES = 128 * 1024 * 1024  # a look at a host with 10,000 branches takes a sixth of it
OBJECT_BYTES = 128  # what a message, or a value of a row, takes in memory beside its bytes
AT_ONCE = 256 * 1024


class SqlError(Exception):
    """What the server said. `code` is the SQLSTATE."""

    def __init__(self, code, message):
        super().__init__(f"{code} {message}")
        self.code = code


class Wire:
    """One session. Raises OSError when nobody listens, or what answers breaks the protocol or a limit, socket.timeout when the server is silent for
    `seconds` (on an idle machine) or talks on for WHOLE times as long, SqlError when it says no. What is asked has to end in that time: the server's own
    limit for a statement is below `seconds`, and the tools of a copy have sessions of their own.

    `uid` connects, and the listener must be that user too, or `listener`. `peer` is the pid of the process that listens, `process` that of the
    one that answered the login.
    """

    def __init__(self, path, uid, settings, seconds=15, listener=None):
        self.socket = _connected(uid, path, seconds)
        self.parameters, self.process = {}, None
        self._silence, self._whole, self._weight = Limit(seconds), Limit(seconds * WHOLE), 0
        self._buffer = bytearray()
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
        self._whole.again()
        self._weight = 0
        self._send(b"Q" + struct.pack("!I", len(data) + 4) + data)
        return self._results()

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.sendall(b"X\0\0\0\4")
        self.socket.close()

    def _results(self):
        try:
            return self._answer()
        except (struct.error, ValueError, LookupError) as broken:
            raise ConnectionError("the server does not keep to PostgreSQL's protocol") from broken

    def _answer(self):
        results, columns, refused = [], [], None
        while True:
            kind, body = self._message()
            if kind == b"T":
                columns = _columns(body)
                results.append([])
            elif kind == b"D":
                self._weigh(len(columns) * OBJECT_BYTES)
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
        size = struct.unpack("!I", head[1:])[0] - 4
        if size < 0:
            raise ConnectionError("the server does not keep to PostgreSQL's protocol: a message of less than nothing")
        self._weigh(size + OBJECT_BYTES)  # before a byte of it is kept
        return head[:1], self._take(size)

    def _weigh(self, size):
        """All that comes between a question and the end of its answer, notices too, with what it takes in memory."""
        self._weight += size
        if self._weight > MOST_BYTES:
            raise ConnectionError(f"the server answers with more than {MOST_BYTES} bytes")

    def _take(self, count):
        while len(self._buffer) < count:
            more = self._receive(AT_ONCE)
            if not more:
                raise ConnectionError("the server hung up")
            self._buffer += more
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    def _send(self, data):
        while data:
            data = data[self._patiently(lambda: self.socket.send(data)):]

    def _receive(self, most):
        return self._patiently(lambda: self.socket.recv(most))

    def _patiently(self, act):
        self._silence.again()
        while True:
            if not self._whole.left():
                raise socket.timeout("the server talks on and comes to no end")
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
