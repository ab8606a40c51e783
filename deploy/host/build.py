#!/usr/bin/env python3
"""Packs axm_host/ into the one program that a host gets: `python3 build.py OUT`. The same sources give the same bytes.

The program is a zip with a first line for the kernel; `unzip -p axm-host axm_host/change.py` reads a part of it. `axm-host install`
adds the compiled modules for the host's own Python, which saves 30 ms a call.
"""
import io
import os
import sys
import zipfile

FIRST_LINE = b"#!/usr/bin/python3 -ISB\n"
MAIN = b"import sys\nfrom axm_host.main import main\nsys.exit(main(sys.argv[1:]))\n"
HERE = os.path.dirname(os.path.abspath(__file__))


def packed():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(os.listdir(HERE + "/axm_host")):
            if name.endswith(".py") and name != "__main__.py":
                with open(f"{HERE}/axm_host/{name}", "rb") as source:
                    _add(archive, "axm_host/" + name, source.read())
        _add(archive, "__main__.py", MAIN)
    return FIRST_LINE + held.getvalue()


def _add(archive, name, data):
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, data)


if __name__ == "__main__":
    with open(sys.argv[1], "wb") as target:
        target.write(packed())
    os.chmod(sys.argv[1], 0o755)
