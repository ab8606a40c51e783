"""The host's certificate: its own key that never leaves it, or files that are there; on both ports, proved by a handshake."""
from __future__ import annotations

import hashlib
import re
import socket
import struct

from axm_host import files
from axm_host.certificate_files import REQUEST, tls_files

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
        with socket.create_connection(("127.0.0.1", port), 3) as plain:
            plain.sendall(struct.pack("!II", 8, 80877103))
            if plain.recv(1) != b"S":
                return None
            with context.wrap_socket(plain) as secure:
                return hashlib.sha256(secure.getpeercert(True)).hexdigest()
    except OSError:
        return None
