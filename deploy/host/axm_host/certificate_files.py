"""Where the certificate is that both servers show."""
from __future__ import annotations

import json

from axm_host import files
from axm_host.basics import STATE, TLS

CHOICE = STATE + "/certificate.json"
KEY, CERTIFICATE, REQUEST = TLS + "/server.key", TLS + "/server.crt", TLS + "/request.csr"


def tls_files():
    """(certificate, key): the host's own, unless a request has pointed to others."""
    data = files.load(CHOICE)
    if data is None:
        return CERTIFICATE, KEY
    chosen = json.loads(data)
    return chosen["certificate"], chosen["key"]
