"""Who answers on 127.0.0.1 may be another user's process: the login that restores a copy gives it no password and no row."""
import os
import shutil
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import unittest

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


if __name__ == "__main__":
    unittest.main()
