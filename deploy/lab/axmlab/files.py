"""A host's own files, laid out from outside before it is first switched on. They outlive `kill`, as a disk does.

`small` is a tmpfs with /etc and /var/lib/axm, so that it can really be full; everything else is on the lab's disk.
"""
import os
import shutil

from . import kernel, packages
from .run import run

SMALL = 48 << 20
# Where it is seen in the host, and with which mode; the owner and mode of the machine's own directory where that exists.
PRIVATE = ["/home", "/root", "/tmp", "/usr/local/sbin", "/var/log", "/var/lib/postgresql", "/var/lib/pgbackrest", "/var/spool/pgbackrest"]
OWNED = ["/var/log/postgresql", "/var/log/pgbackrest"]


def place(host_dir, path):
    return host_dir + "/disk" + path


def lay(lab, host):
    base = directory(lab, host["name"])
    os.makedirs(base + "/small", mode=0o700)
    kernel.mount("tmpfs", base + "/small", "tmpfs", kernel.NODEV, f"size={SMALL},mode=755")
    os.mkdir(base + "/small/axm", 0o700)
    for path in PRIVATE + OWNED:
        like_the_machines(path, place(base, path))
    etc(base + "/small/etc", host)
    keys(lab, base, host)


def directory(lab, name):
    return f"{lab['dir']}/hosts/{name}"


def like_the_machines(path, copy):
    os.makedirs(copy)
    there = os.stat(path)
    os.chown(copy, there.st_uid, there.st_gid)
    os.chmod(copy, there.st_mode & 0o7777)


def etc(own, host):
    """The machine's /etc, with what the host must not inherit made new as the packages ship it."""
    run("cp", "-a", "/etc", own)
    for path in ("postgresql", "sudoers.d", "ssh", "ufw/user.rules", "ufw/user6.rules", "hostname", "resolv.conf", "nologin"):
        remove(f"{own}/{path}")
    for path in ("postgresql", "ssh"):
        os.mkdir(f"{own}/{path}", 0o755)
    os.mkdir(f"{own}/sudoers.d", 0o750)
    for name in os.listdir("/usr/share/ufw/iptables"):
        shutil.copyfile(f"/usr/share/ufw/iptables/{name}", f"{own}/ufw/{name}")
        os.chmod(f"{own}/ufw/{name}", 0o640)
    shutil.copyfile("/usr/share/ufw/ufw.conf", f"{own}/ufw/ufw.conf")
    packages.as_shipped("pgbouncer", "/etc/pgbouncer/", own.removesuffix("/etc"))
    packages.as_shipped("ufw", "/etc/default/", own.removesuffix("/etc"))
    write(f"{own}/hostname", host["name"] + "\n")
    write(f"{own}/hosts", f"127.0.0.1 localhost\n::1 localhost\n{host['ipv4']} {host['name']}\n{host['ipv6']} {host['name']}\n")
    write(f"{own}/resolv.conf", "# nobody to ask: a lab has no way out\n")
    write(f"{own}/sudoers.d/lab", "axiomdb ALL=(ALL:ALL) NOPASSWD: ALL\n", 0o440)


def keys(lab, base, host):
    """The host's key, its certificate as Debian's own snakeoil one, and who may log in."""
    ssh = base + "/small/etc/ssh"
    shutil.copyfile("/usr/share/openssh/sshd_config", ssh + "/sshd_config")
    os.mkdir(ssh + "/sshd_config.d")
    write(ssh + "/sshd_config.d/lab.conf", "HostKey /etc/ssh/ssh_host_ed25519_key\nPasswordAuthentication no\nPermitRootLogin prohibit-password\n")
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", host["name"], "-f", ssh + "/ssh_host_ed25519_key")
    with open(ssh + "/ssh_host_ed25519_key.pub", encoding="utf-8") as file:
        host["ssh_host_key"] = " ".join(file.read().split()[:2])
    ssl = base + "/small/etc/ssl"
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj", f"/CN={host['name']}",
        "-addext", f"subjectAltName=DNS:{host['name']}", "-keyout", base + "/key.pem", "-out", base + "/certificate.pem")
    for made, shipped, group, mode in (("key", "private/ssl-cert-snakeoil.key", "ssl-cert", 0o640), ("certificate", "certs/ssl-cert-snakeoil.pem", "root", 0o644)):
        os.chmod(f"{base}/{made}.pem", mode)
        shutil.chown(f"{base}/{made}.pem", "root", group)
        run("mv", "-f", f"{base}/{made}.pem", f"{ssl}/{shipped}")
    os.mkdir(place(base, "/root/.ssh"), 0o700)
    shutil.copyfile(lab["ssh"]["private_key"] + ".pub", place(base, "/root/.ssh/authorized_keys"))


def remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.unlink(path)


def write(path, text, mode=0o644):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as file:
        file.write(text)
