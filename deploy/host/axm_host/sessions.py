"""Who is connected, and ending those whom no entry allows any more. Firewalls, pg_hba.conf and PgBouncer judge only new connections."""
from __future__ import annotations

import errno
import ipaddress
import socket
import struct
from typing import NamedTuple

from axm_host.access import network

SOCK_DESTROY, NETLINK_SOCK_DIAG = 21, 4
REQUEST_AND_ACK = 1 | 4


class Session(NamedTuple):
    port: str       # "runtime" or "direct"
    database: str
    role: str
    address: str
    handle: tuple   # (pid,) of the backend, or the four ends of the client's connection to PgBouncer


def all_of(postgres_rows, client_rows):
    """Sessions over TCP. `client_rows` is SHOW CLIENTS, None when there is no pooler."""
    direct = [Session("direct", row["database"], row["role"], str(ipaddress.ip_address(row["address"])), (row["pid"],))
              for row in postgres_rows]
    pooled = [Session("runtime", row["database"], row["user"], str(ipaddress.ip_address(row["addr"])),
                      (row["addr"], int(row["port"]), row["local_addr"], int(row["local_port"])))
              for row in client_rows or [] if row["addr"] not in ("unix", None) and not row["addr"].startswith("unix")]
    return direct + pooled


def counted(sessions):
    """As the protocol lists them: one item per port, database, role and address."""
    counts = {}
    for session in sessions:
        counts[session[:4]] = counts.get(session[:4], 0) + 1
    return [{"port": port, "database": database, "role": role, "address": address, "count": count}
            for (port, database, role, address), count in sorted(counts.items())]


def denied(sessions, access, databases, roles):
    """Those of these databases and roles that no entry allows. Our roles elsewhere are closed out too; foreign roles are not ours to end."""
    networks = {}
    for port, database, cidr in access.entries:
        networks.setdefault((port, database), []).append(network(cidr))
    over = []
    for session in sessions:
        if session.role not in roles or not (session.database in databases or session.port == "direct"):
            continue
        address = ipaddress.ip_address(session.address)
        allowed = session.role in access.branches.get(session.database, ()) and any(
            address in allowed_from for allowed_from in networks.get((session.port, session.database), ()))
        if not allowed:
            over.append(session)
    return over


def end(sessions, postgres, pooler):
    """Ends them: backends by PostgreSQL, pooled clients by their connection where the kernel can, else by KILL and RESUME of the database."""
    postgres.end_sessions([session.handle[0] for session in sessions if session.port == "direct"])
    pooled = [session for session in sessions if session.port == "runtime"]
    if pooled and can_destroy():
        for session in pooled:
            destroy(*session.handle)
    elif pooled:
        for database in sorted({session.database for session in pooled}):
            pooler.console().ask(f'KILL "{database}"')
            pooler.console().ask(f'RESUME "{database}"')


def can_destroy():
    """Whether this kernel can end one connection (CONFIG_INET_DIAG_DESTROY): asked with a connection that cannot be there."""
    return _destroy("127.0.0.1", 1, "127.0.0.2", 1) != errno.EOPNOTSUPP


def destroy(address, port, local_address, local_port):
    """Ends one TCP connection of this host; the peer gets a reset. One that is gone already is no error."""
    failed = _destroy(address, port, local_address, local_port)
    if failed not in (0, errno.ENOENT):
        raise OSError(failed, "the kernel did not end the connection")


def _destroy(address, port, local_address, local_port):
    peer, local = ipaddress.ip_address(address), ipaddress.ip_address(local_address)
    family = socket.AF_INET if peer.version == 4 else socket.AF_INET6
    ends = struct.pack("!HH16s16s", local_port, port, local.packed.ljust(16, b"\0"), peer.packed.ljust(16, b"\0"))
    body = struct.pack("=BBBBI", family, socket.IPPROTO_TCP, 0, 0, 0xFFFFFFFF) + ends + struct.pack("=III", 0, 0xFFFFFFFF, 0xFFFFFFFF)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_SOCK_DIAG) as link:
        link.settimeout(2)
        link.sendto(struct.pack("=IHHII", 16 + len(body), SOCK_DESTROY, REQUEST_AND_ACK, 1, 0) + body, (0, 0))
        answer = link.recv(4096)
    return -struct.unpack("=i", answer[16:20])[0]
