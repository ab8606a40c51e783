"""Other programs that must succeed."""
from __future__ import annotations

import subprocess
from typing import List

from axm_host import files
from axm_host.basics import Refusal, TOOL_PATH


def tool(command: List[str], given: bytes = b"") -> bytes:
    """Output of a program that must succeed."""
    path = files.program(command[0])
    if path is None:
        raise Refusal("BAD_REQUEST", f"{command[0]} is not installed", f"apt install {command[0]}")
    done = subprocess.run([path, *command[1:]], input=given, capture_output=True, env={"PATH": TOOL_PATH, "HOME": "/root"}, check=False)
    if done.returncode != 0:
        raise Refusal("VERIFY_FAILED", f"{' '.join(command[:3])} failed: {done.stderr.decode('utf-8', 'replace').strip()[-300:]}", "look at its message")
    return done.stdout
