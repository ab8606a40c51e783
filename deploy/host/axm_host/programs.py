"""Other programs that must succeed, and which code this one is."""
from __future__ import annotations

import functools
import hashlib
import io
import os
import subprocess
import sys
import zipfile
from typing import List

from axm_host import files
from axm_host.basics import Refusal, TOOL_PATH, VERSION


@functools.lru_cache(maxsize=None)
def version() -> str:
    """The version, and a digest of the sources that this process runs: what was compiled of them for a host is left out."""
    data = files.load(os.path.abspath(sys.argv[0])) or b""
    return VERSION + (f"+{digest(data)}" if zipfile.is_zipfile(io.BytesIO(data)) else "")


def digest(packed: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        sources = hashlib.sha256()
        for name in sorted(name for name in archive.namelist() if name.startswith("axm_host/") and name.endswith(".py")):
            sources.update(name.encode() + b"\0" + archive.read(name) + b"\0")
        return sources.hexdigest()[:16]


def tool(command: List[str], given: bytes = b"") -> bytes:
    """Output of a program that must succeed."""
    path = files.program(command[0])
    if path is None:
        raise Refusal("BAD_REQUEST", f"{command[0]} is not installed", f"apt install {command[0]}")
    done = subprocess.run([path, *command[1:]], input=given, capture_output=True, env={"PATH": TOOL_PATH, "HOME": "/root"}, check=False)
    if done.returncode != 0:
        raise Refusal("VERIFY_FAILED", f"{' '.join(command[:3])} failed: {done.stderr.decode('utf-8', 'replace').strip()[-300:]}", "look at its message")
    return done.stdout
