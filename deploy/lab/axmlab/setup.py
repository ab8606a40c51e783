"""Inside a host: what an administrator does once, and what happens at every boot. Debian's own commands throughout."""
import os
import re
import shutil

from .run import Refused, run

SERVICES = ["ufw", "postgresql", "pgbouncer", "ssh"]


def first(verifier):
    user()
    firewall()
    cluster()
    run("service", "postgresql", "start")
    # The verifier goes through standard input; the password itself never comes in here.
    run("runuser", "-u", "postgres", "--", "psql", "-XqAt", "-v", "ON_ERROR_STOP=1",
        stdin=f"create role axiomdb superuser login password '{verifier}';\n")


def user():
    """AxiomDB's user; `*` is no password: it matches none, and does not lock the account as `!` would."""
    if "axiomdb" in (line.split(":")[0] for line in lines("/etc/passwd")):
        run("userdel", "axiomdb")
    run("useradd", "--create-home", "--shell", "/bin/bash", "--password", "*", "axiomdb")
    shutil.copytree("/root/.ssh", "/home/axiomdb/.ssh")
    for path in ("/home/axiomdb/.ssh", "/home/axiomdb/.ssh/authorized_keys"):
        shutil.chown(path, "axiomdb", "axiomdb")


def lines(path):
    with open(path, encoding="utf-8") as file:
        return file.read().splitlines()


def firewall():
    """Allowed while it is off, then on: so there is no moment without the rule for ssh."""
    run("ufw", "allow", "22/tcp")
    text = "\n".join(lines("/etc/ufw/ufw.conf")) + "\n"
    if "ENABLED=no" not in text:
        raise Refused("/etc/ufw/ufw.conf as shipped has no ENABLED=no")
    with open("/etc/ufw/ufw.conf", "w", encoding="utf-8") as file:
        file.write(text.replace("ENABLED=no", "ENABLED=yes"))


def cluster():
    version = newest()
    run("pg_createcluster", version, "main", "--port", "5432", "--locale", "C.UTF-8", "--", "--no-sync")
    with open(f"/etc/postgresql/{version}/main/conf.d/lab.conf", "w", encoding="utf-8") as file:
        # Without fsync: the machine does not lose its power when a host does, and its disk is everybody's.
        file.write("listen_addresses = '*'\nfsync = off\n")


def newest():
    return str(max(int(name) for name in os.listdir("/usr/lib/postgresql") if name.isdigit()))


def boot():
    for service in SERVICES:
        if starts(service):
            run("service", service, "start")


def starts(service):
    """Debian's pgbouncer only as long as nobody has disabled it; AxiomDB's own pooler is started by the helper's tick."""
    return service != "pgbouncer" or any(re.fullmatch(r"S\d\dpgbouncer", name) for name in os.listdir("/etc/rc2.d"))
