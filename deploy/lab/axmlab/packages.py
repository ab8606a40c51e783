"""Debian's packages that a host is made of."""
import hashlib
import os
import re
import shutil
import subprocess
import sys

from .run import ENVIRONMENT, Refused, Unavailable

NEEDED = ["postgresql", "pgbouncer", "pgbackrest", "ufw", "iptables", "nftables", "ipset", "openssh-server", "openssh-client", "sudo", "openssl", "ssl-cert", "iproute2"]
POLICY = "/usr/sbin/policy-rc.d"


def ready():
    if not shutil.which("dpkg-query"):
        raise Unavailable("needs Debian or Ubuntu: its hosts are made of their packages")
    missing = [name for name in NEEDED if not installed(name)]
    if missing:
        print(f"lab: installing {' '.join(missing)}", file=sys.stderr)
        install(missing)


def installed(name):
    seen = subprocess.run(["dpkg-query", "-W", "-f", "${Status}", name], capture_output=True, text=True, env=ENVIRONMENT)
    return seen.stdout == "install ok installed"


def install(missing):
    """Nothing of what is installed may start on the machine itself: a policy file says so for the time being."""
    ours = not os.path.exists(POLICY)
    if ours:
        with open(POLICY, "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\nexit 101\n")
        os.chmod(POLICY, 0o755)
    environment = dict(os.environ, PATH=ENVIRONMENT["PATH"], DEBIAN_FRONTEND="noninteractive")
    try:
        for words in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", *missing]):
            if subprocess.run(["apt-get", *words], env=environment, stdout=sys.stderr).returncode != 0:
                raise Refused(f"apt-get could not install {' '.join(missing)}; its reason stands above")
    finally:
        if ours:
            os.unlink(POLICY)


def as_shipped(package, directory, root):
    """Refuses when a configuration file of a package under `root`/`directory` is not the one that Debian ships."""
    lines = subprocess.run(["dpkg-query", "-W", "-f", "${Conffiles}", package], capture_output=True, text=True, env=ENVIRONMENT, check=True)
    for path, digest in re.findall(r"^ (\S+) ([0-9a-f]{32})", lines.stdout, re.MULTILINE):
        if path.startswith(directory):
            with open(root + path, "rb") as file:
                if hashlib.md5(file.read(), usedforsecurity=False).hexdigest() != digest:
                    raise Refused(f"{path} of this machine is not as Debian ships it, so a lab's host would not be a fresh one; put the shipped one back")
