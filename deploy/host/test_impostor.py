"""Who answers may be another's process. On 127.0.0.1 it gets no password and no row from the login that restores a copy; on PostgreSQL's unix socket,
which its own OS user may put there, it neither keeps the helper waiting for ever nor fills its memory.
"""
import contextlib
import json
import os
import shutil
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import time
import unittest
from unittest import mock

from axm_host import wire
from axm_host.copy import restorer

PASSWORD = "one-time-password"
PROGRAMS = [p for v in range(18, 13, -1) for p in [f"/usr/lib/postgresql/{v}/bin/psql"] if os.access(p, os.X_OK)]
ASKS = {"cleartext": struct.pack("!i", 3), "md5": struct.pack("!i", 5) + b"salt", "nothing": struct.pack("!i", 0),
        "scram": struct.pack("!i", 10) + b"SCRAM-SHA-256\0\0"}


class Impostor:
    """Speaks PostgreSQL's protocol, with a certificate of its own if it has one, and keeps what it hears."""

    def __init__(self, ask, certificate):
        self.ask, self.heard = ask, b""
        self.context = None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(certificate)
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        client, _ = self.door.accept()
        with client:
            try:
                client.recv(8)  # SSLRequest, as encryption is required
                client.sendall(b"S" if self.context else b"N")
                with self.context.wrap_socket(client, server_side=True) if self.context else client as talk:
                    self.heard += talk.recv(4096)
                    talk.sendall(b"R" + struct.pack("!i", 4 + len(self.ask)) + self.ask)
                    if self.ask == ASKS["nothing"]:
                        talk.sendall(b"Z" + struct.pack("!i", 5) + b"I")
                    while more := talk.recv(4096):
                        self.heard += more
            except OSError:
                pass  # the client has had enough, as it should

    def close(self):
        self.thread.join()
        self.door.close()


@unittest.skipUnless(PROGRAMS and shutil.which("openssl"), "needs PostgreSQL's client and openssl")
class Restorer(unittest.TestCase):
    def test_gives_an_impostor_no_password_however_it_asks(self):
        with tempfile.TemporaryDirectory() as folder:
            certificate = os.path.join(folder, "impostor.pem")
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-keyout", certificate, "-out",
                            certificate + ".crt"], check=True, stderr=subprocess.DEVNULL)
            with open(certificate, "a") as whole, open(certificate + ".crt") as half:
                whole.write(half.read())
            passwords = os.path.join(folder, "passwords")
            with open(os.open(passwords, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
                file.write(f"*:*:*:*:{PASSWORD}\n")
            for with_tls in (certificate, None):
                for name, ask in ASKS.items():
                    with self.subTest(ask=name, tls=bool(with_tls)):
                        self.ask_for_it(Impostor(ask, with_tls), passwords)

    def ask_for_it(self, impostor, passwords):
        done = subprocess.run([PROGRAMS[0], "--no-password", "--command=SELECT 1", f"--dbname={restorer(impostor.port, 'copy', 'axm_run_1')}"],
                              env={"PGPASSFILE": passwords, "HOME": "/nowhere", "LC_ALL": "C"}, capture_output=True)
        impostor.close()
        self.assertNotEqual(0, done.returncode)
        for secret in (PASSWORD.encode(), b"SELECT 1", b"md5"):
            self.assertNotIn(secret, impostor.heard)


LET_IN = b"R" + struct.pack("!II", 8, 0)
READY = b"Z" + struct.pack("!I", 5) + b"I"


def message(kind, body=b""):
    return kind + struct.pack("!I", len(body) + 4) + body


def row(*values):
    return message(b"D", struct.pack("!H", len(values)) + b"".join(struct.pack("!I", len(value)) + value for value in values))


def columns(*names):
    return message(b"T", struct.pack("!H", len(names)) + b"".join(name.encode() + b"\0" + bytes(18) for name in names))


class OnTheSocket:
    """Says to the first client what `says` yields, until that client has had enough."""

    def __init__(self, says):
        self.folder = tempfile.mkdtemp(prefix="axm-socket-")
        self.path = os.path.join(self.folder, "s")
        self.door = socket.socket(socket.AF_UNIX)
        self.door.bind(self.path)
        self.door.listen()
        threading.Thread(target=self._serve, args=(says,), daemon=True).start()

    def _serve(self, says):
        client, _ = self.door.accept()
        with client, contextlib.suppress(OSError):
            client.recv(4096)
            for part in says(client):
                client.sendall(part)

    def close(self):
        self.door.close()
        shutil.rmtree(self.folder)


class Bounded(unittest.TestCase):
    """What the helper makes of a server that keeps to no limit. A quiet machine's clock: the load is taken out."""

    def setUp(self):
        patched = mock.patch("os.getloadavg", return_value=(0.0, 0.0, 0.0))
        patched.start()
        self.addCleanup(patched.stop)

    def session(self, says, seconds=15):
        other = OnTheSocket(says)
        self.addCleanup(other.close)
        return wire.Wire(other.path, os.geteuid(), {"user": "postgres"}, seconds)

    def gives_up(self, act, kind, words):
        began = time.monotonic()
        with self.assertRaisesRegex(kind, words):
            act()
        return time.monotonic() - began

    @staticmethod
    def drip(data):
        while True:
            for byte in data:
                yield bytes([byte])
                time.sleep(0.05)

    def test_a_login_that_drips_comes_to_an_end(self):
        def says(_):
            yield LET_IN
            yield from self.drip(message(b"N", b"Sx\0\0"))
        took = self.gives_up(lambda: self.session(says, seconds=0.3), socket.timeout, "comes to no end")
        self.assertLess(took, 10)

    def test_an_answer_that_drips_comes_to_an_end(self):
        def says(client):
            yield LET_IN + READY
            client.recv(999)
            yield columns("it")
            yield from self.drip(row(b"x"))
        session = self.session(says, seconds=0.3)
        self.addCleanup(session.close)
        self.assertLess(self.gives_up(lambda: session.ask("SELECT 1"), socket.timeout, "comes to no end"), 10)

    def test_a_message_of_gigabytes_is_refused_by_its_length(self):
        for body in (b"D\xff\xff\xff\xff", b"N\x40\0\0\0", b"R\0\0\0\0"):
            with self.subTest(body):
                self.gives_up(lambda: self.session(lambda _: [body + bytes(1000)]), ConnectionError, "more than|less than nothing")

    def test_rows_and_notices_without_end_fill_no_memory(self):
        for part in (row(b"x") * 10000, message(b"N", b"Sx\0\0") * 10000, message(b"S", b"a\0b\0") * 10000, columns(*["c"] * 1000) + row(*[b""] * 1000) * 100):
            with self.subTest(part[:9]):
                def says(_):
                    yield LET_IN + columns("it")
                    while True:
                        yield part
                with mock.patch.object(wire, "MOST_BYTES", 8 * 1024 * 1024):
                    self.gives_up(lambda: self.session(says), ConnectionError, "answers with more than")

    def test_what_is_no_protocol_is_told_as_such(self):
        for part in (row(b"x"), message(b"S", b"a"), message(b"K"), columns("a")[:7] + b"\xff\xff", message(b"T", b"\0\5ab"), columns("a") + message(b"D", b"\0\1")):
            with self.subTest(part):
                self.gives_up(lambda: self.session(lambda _: [LET_IN + part + READY + bytes(70000)]), ConnectionError, "protocol|more than|hung up")

    def test_the_look_of_ten_thousand_branches_passes(self):
        """What PostgreSQL says of six lines for each, in one value, and PgBouncer in a row for each."""
        line = {"rule_number": 1, "file_name": "/etc/postgresql/18/main/pg_hba.conf", "line_number": 123456, "type": "hostssl", "database": ["shop_pr-12345"],
                "user_name": ["shop_pr-12345_owner", "shop_pr-12345_rw"], "address": "10.1.0.0", "netmask": "255.255.0.0", "auth_method": "scram-sha-256", "options": None, "error": None}
        lines = json.dumps([line] * 60000).encode()
        names = [f"column{number}" for number in range(22)]

        def says(client):
            yield LET_IN + READY
            client.recv(999)
            yield columns("it") + row(lines) + columns(*names)
            for _ in range(100):
                yield row(*[b"shop_pr-12345"] * 22) * 100
            yield READY
        session = self.session(says)
        self.addCleanup(session.close)
        told, databases = session.ask("SELECT 1; SHOW DATABASES")
        self.assertEqual((60000, 10000), (len(json.loads(told[0]["it"])), len(databases)))


if __name__ == "__main__":
    unittest.main()
