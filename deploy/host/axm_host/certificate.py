"""The host's certificate: its own key that never leaves it, or files that are there; on both ports, proved by a handshake."""
from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import socket
import stat
import struct

from axm_host import access as sets
from axm_host import files, state
from axm_host.basics import PROTOCOL, Refusal, bad
from axm_host.certificate_files import CERTIFICATE, CHOICE, KEY, REQUEST, tls_files
from axm_host.change import guarded
from axm_host.host import Host, joined_head
from axm_host.install import tool
from axm_host.postgres import user
from axm_host.undo import as_refusal
from axm_host.waiting import patience

MOST_BYTES = 1024 * 1024
HANDSHAKE_SECONDS = 5
SETTINGS = ("ssl", "ssl_cert_file", "ssl_key_file")

PEM = re.compile(r"-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\n?")
PEM_REQUEST = re.compile(r"-----BEGIN CERTIFICATE REQUEST-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE REQUEST-----\n?")


def certificate_state(request, pooled):
    """Only certificates are ever told, whatever stands in the files."""
    served = {"direct": served_at(request["postgres"]["port"]), "runtime": served_at(request["pooler"]["port"]) if pooled and request["pooler"] else None}
    return {"request": _pems(REQUEST, PEM_REQUEST), "installed": _pems(tls_files()[0], PEM), "served": served}


def _pems(path, form):
    data = files.load(path)
    found = form.findall((data or b"").decode("ascii", "replace"))
    return "".join(text if text.endswith("\n") else text + "\n" for text in found) or None


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


def certificate(request):
    """Installs a chain for the host's own key, or points both servers to files; proved by a handshake on both ports, or put back."""
    with guarded(request):
        documents = state.documents()
        with Host(joined_head(request, documents)) as host:
            return Exchange(request, host, documents).perform()


class Exchange:
    """One exchange of the certificate. `saved` and `former` are what a mismatch puts back."""

    def __init__(self, request, host, documents):
        self.request, self.host = request, host
        self.everything = state.union_of(documents)
        self.saved, self.former = [], None

    def perform(self):
        paths = self._paths()
        chain = self.request.get("chain")
        leaf = self._check(paths, chain)
        state.journal("certificate", self.request["organization"], sha256=leaf)
        self.former = self.host.postgres.settings(SETTINGS)
        try:
            served = self._exchange(paths, chain, leaf)
        except Exception as broken:
            self._put_back()
            raise as_refusal(broken) from broken
        for saved in self.saved:
            files.forget(saved)
        return {"ok": True, "protocol": PROTOCOL, "served": served}

    def _paths(self):
        if "files" in self.request:
            return self.request["files"]["certificate"], self.request["files"]["key"]
        return CERTIFICATE, KEY

    def _check(self, paths, chain):
        """The chain must be for the key, and name what it was asked to name. Returns the leaf's SHA-256 (hex)."""
        key = server_file(paths[1], secret=True)
        data = server_file(paths[0]) if chain is None else chain.encode()
        leaf = _leaf(data)
        belongs(data, key)
        for name in self.request.get("names", []):
            kind = "-checkip" if re.fullmatch(r"[0-9.]+|[0-9a-f:]*:[0-9a-f:]*", name) else "-checkhost"
            if b"does match" not in tool(["openssl", "x509", "-noout", kind, name], data):
                raise bad(f"the certificate does not name {name!r}")
        return leaf

    def _exchange(self, paths, chain, leaf):
        if chain is not None:
            self._replace(CERTIFICATE, chain.encode(), 0o644)
        choice = None if paths == (CERTIFICATE, KEY) else {"certificate": paths[0], "key": paths[1]}
        self._replace(CHOICE, None if choice is None else json.dumps(choice).encode(), 0o600)
        self.host.postgres.set({"ssl": "on", "ssl_cert_file": paths[0], "ssl_key_file": paths[1]})
        self.host.postgres.reload()
        pooled = self.host.pooler is not None and self.host.pooler.console() is not None
        if pooled:
            self.host.pooler.converge(sets.within(self.everything, self.host.there(self.everything, live=False)), "tighten", force=True)
        served = {"direct": served_at(self.request["postgres"]["port"]), "runtime": served_at(self.host.pooler.port) if pooled else None}
        wrong = [port for port, seen in served.items() if seen != leaf and not (port == "runtime" and not pooled)]
        if wrong:
            raise Refusal("VERIFY_FAILED", f"the {wrong[0]} port does not show the new certificate", "look at the server's log; can its OS user read the files?")
        return served

    def _replace(self, path, data, mode):
        self.saved.append(files.save(path))
        if data is None:
            files.remove(path)
        else:
            files.install(path, data, mode)

    def _put_back(self):
        while self.saved:
            files.put_back(self.saved.pop())
        self.host.postgres.set(self.former)
        self.host.postgres.reload()
        if self.host.pooler is not None:
            self.host.pooler.put_back()
            if self.host.pooler.console() is not None:  # its files may be as before while the certificate that they name is not
                self.host.pooler.console().ask("RELOAD")


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


def _leaf(data):
    """SHA-256 (hex) of the first certificate."""
    import ssl
    found = PEM.findall((data or b"").decode("ascii", "replace"))
    if not found:
        raise bad("there is no certificate in PEM form")
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(found[0])).hexdigest()
