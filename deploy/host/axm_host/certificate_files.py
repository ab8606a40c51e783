"""Where the certificate is that both servers show, and its key; and what a port really shows."""
from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import socket
import stat
import struct

from axm_host import files
from axm_host.basics import Refusal, STATE, TLS, bad
from axm_host.postgres import user
from axm_host.waiting import patience

MOST_BYTES = 1024 * 1024
HANDSHAKE_SECONDS = 5
PEM = re.compile(r"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\n?")
CHOICE = STATE + "/certificate.json"
KEY, CERTIFICATE, REQUEST = TLS + "/server.key", TLS + "/server.crt", TLS + "/request.csr"


def tls_files():
    """(certificate, key): the host's own, unless a request has pointed to others."""
    data = files.load(CHOICE)
    if data is None:
        return CERTIFICATE, KEY
    chosen = json.loads(data)
    return chosen["certificate"], chosen["key"]


def pair(known=None):
    """(certificate, key) as they are there. Raises Refusal when they can't be used; the `known` pair is known to be good."""
    certificate, key = tls_files()
    both = server_file(certificate), server_file(key, secret=True)
    if both != known:
        belongs(*both)
    return both


def unusable():
    """One sentence for whatever is wrong with a path: a request must not learn from it what else is on this host."""
    return Refusal("BAD_REQUEST", "the certificate and key cannot be used: they are not two regular files of root or PostgreSQL's user that belong together, "
                   "the key without a passphrase and closed to other users",
                   "look at both files' owners and modes; `openssl x509 -noout -pubkey` and `openssl pkey -pubout` must print the same")


def server_file(path, secret=False):
    """The bytes of a file that PostgreSQL may show; never waits, whatever stands at the path."""
    try:
        found = files.read(path, MOST_BYTES)
    except Refusal:
        raise unusable() from None
    if found is None or found.looks.uid not in (0, user().pw_uid) or secret and found.looks.mode & stat.S_IRWXO:
        raise unusable()
    return found.data


def belongs(chain, key):
    """Refuses a key that is not the certificate's. Both are handed on in memory: no second copy of the key on the disk."""
    import ssl
    with _in_memory(chain) as certificate, _in_memory(key) as secret:
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, secret, password=lambda: "")  # else it would ask a terminal
        except (OSError, ValueError):  # SSLError is an OSError
            raise unusable() from None


@contextlib.contextmanager
def _in_memory(data):
    """The path of a file without a name."""
    with os.fdopen(os.memfd_create("pem", os.MFD_CLOEXEC), "wb") as target:
        target.write(data)
        target.flush()
        yield f"/proc/self/fd/{target.fileno()}"


def served_at(port):
    """SHA-256 (hex) of the certificate that a server on this host shows, or None when it shows none."""
    import ssl  # costs 15 ms, and only two operations need it
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with socket.create_connection(("127.0.0.1", port), patience(HANDSHAKE_SECONDS)) as plain:
            plain.sendall(struct.pack("!II", 8, 80877103))
            if plain.recv(1) != b"S":
                return None
            with context.wrap_socket(plain) as secure:
                return hashlib.sha256(secure.getpeercert(True)).hexdigest()
    except OSError:
        return None


def leaf_of(data):
    """SHA-256 (hex) of the first certificate."""
    import ssl
    found = PEM.findall((data or b"").decode("ascii", "replace"))
    if not found:
        raise bad("there is no certificate in PEM form")
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(found[0])).hexdigest()
