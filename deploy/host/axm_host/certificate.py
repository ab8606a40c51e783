"""The host's certificate: its own key that never leaves it, or files that are there; on both ports, proved by a handshake."""
from __future__ import annotations

import json
import re

from axm_host import access as sets
from axm_host import files, state
from axm_host.basics import PROTOCOL, Refusal, bad
from axm_host.certificate_files import CERTIFICATE, CHOICE, KEY, PEM, REQUEST, belongs, leaf_of, served_at, server_file, tls_files
from axm_host.change import guarded
from axm_host.host import Host, joined_head
from axm_host.programs import tool
from axm_host.undo import as_refusal

SETTINGS = ("ssl", "ssl_cert_file", "ssl_key_file")

PEM_REQUEST = re.compile(r"-----BEGIN CERTIFICATE REQUEST-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE REQUEST-----\n?")


def certificate_state(request, pooled):
    """Only certificates are ever told, whatever stands in the files."""
    served = {"direct": served_at(request["postgres"]["port"]), "runtime": served_at(request["pooler"]["port"]) if pooled and request["pooler"] else None}
    return {"request": _pems(REQUEST, PEM_REQUEST), "installed": _pems(tls_files()[0], PEM), "served": served}


def _pems(path, form):
    data = files.load(path)
    found = form.findall((data or b"").decode("ascii", "replace"))
    return "".join(text if text.endswith("\n") else text + "\n" for text in found) or None


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
        if self.host.pooler is not None:
            self.host.pooler.settle()
        return {"ok": True, "protocol": PROTOCOL, "served": served}

    def _paths(self):
        if "files" in self.request:
            return self.request["files"]["certificate"], self.request["files"]["key"]
        return CERTIFICATE, KEY

    def _check(self, paths, chain):
        """The chain must be for the key, and name what it was asked to name. Returns the leaf's SHA-256 (hex)."""
        key = server_file(paths[1], secret=True)
        data = server_file(paths[0]) if chain is None else chain.encode()
        leaf = leaf_of(data)
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
