"""PostgreSQL's two files: the managed block at the top of pg_hba.conf, and the one of pg_ident.conf that lets the pooler in as the branches' roles.

pg_hba.conf is read from the top and the first line that fits decides. So our block comes first and its last lines reject our roles: a
broader line below opens nothing to them.
"""
from __future__ import annotations

import os
import re

from axm_host import block, files
from axm_host.access import NOTHING, Access, Grant, end_text, network, read_end
from axm_host.basics import BEGIN, LinesRefused, POOLER_ROLE, POOLER_USER, Refusal, point
from axm_host.neighbours import way_in
from axm_host.postgres import user

MAP = POOLER_ROLE
OUR_LINE = re.compile(rb'(local|hostssl|host)\s+(all|"[^"]+")\s+"[^"]+"(,"[^"]+")*\s.*(reject|scram-sha-256|peer map=axm_pooler)(\s*#.*)?')
ENTRY = re.compile(r'hostssl "([^"]+)" ("[^"]+"(?:,"[^"]+")*) (\S+) scram-sha-256(?:\s*#(?: axm: )?(.*))?')
BRANCH = re.compile(r'# axm: (\S+) has "([^"]+)" with "([^"]+(?:","[^"]+)*)"')
OUR_IDENT_LINE = re.compile(rb'axm_pooler\s+\S+\s+"[^"]+"')


def quoted(names):
    return ",".join(f'"{name}"' for name in names)


def roles_of(access):
    return sorted({role for roles in access.branches.values() for role in roles})


def hba_lines(access):
    """The block's lines: the pooler's own way in and no other for its lookup role, the direct entries, the reject that closes our roles, and whose each branch is."""
    lines = []
    if access.branches:  # the lookup role has no password, and were one given to it, nobody would get in with it
        lines.append(f'host all {quoted([POOLER_ROLE])} all reject')
    if access.pooled:
        lines.append(f'local "postgres" {quoted([POOLER_ROLE])} peer map={MAP}')
    for database in sorted(access.pooled):
        lines.append(f'local "{database}" {quoted([POOLER_ROLE])} peer map={MAP}')
        lines.append(f'local "{database}" {quoted(access.branches[database])} peer map={MAP}')
    if access.branches:
        lines.append(f"local all {quoted([POOLER_ROLE])} reject")
    lines += entry_lines(access, "direct")
    if access.branches:
        lines.append(f"local all {quoted(roles_of(access))} reject")
        lines.append(f"host all {quoted(roles_of(access))} all reject")
    lines += [f'# axm: {organization} has "{database}" with {quoted(access.branches[database])}' for database, organization in sorted(access.whose.items())]
    return [line.encode() for line in lines]


def entry_lines(access, port):
    """The lines that let clients of this port in; PgBouncer reads the same form."""
    return [f'hostssl "{database}" {quoted(grant.roles)} {cidr} scram-sha-256 # axm: {end_text(grant.until)}'
            for (door, database, cidr), grant in sorted(access.entries.items()) if door == port]


def read_entries(lines, branches, port):
    """The entries that such lines make. A line that names other roles than the database's is none."""
    entries = {}
    for line in lines:
        match = ENTRY.fullmatch(line.decode("utf-8", "replace"))
        roles = branches.get(match.group(1), ()) if match else ()
        if match and quoted(roles) == match.group(2) and _canonical(match.group(3)):
            entries[(port, match.group(1), match.group(3))] = Grant(read_end(match.group(4)), roles)
    return entries


def _canonical(cidr):
    try:
        return str(network(cidr)) == cidr
    except ValueError:
        return False


def ident_lines(access):
    """One line a role: before PostgreSQL 16 no line can stand for several."""
    if not access.pooled:
        return []
    roles = {POOLER_ROLE} | {role for database in access.pooled for role in access.branches[database]}
    return [f'{MAP} {POOLER_USER} "{role}"'.encode() for role in sorted(roles)]


def our_hba_line(line):
    return line.startswith(b"# axm:") or OUR_LINE.fullmatch(line) is not None


def our_ident_line(line):
    return line.startswith(b"# axm:") or OUR_IDENT_LINE.fullmatch(line) is not None


def postgres_own(path):
    """The path, if the file, or a folder on its way, is PostgreSQL's user's already: whoever speaks for the server must not make root write elsewhere."""
    if not files.belongs_to(path, user().pw_uid):
        raise Refusal("BAD_REQUEST", f"{files.described(path[:200])}, in a directory of root: no file of PostgreSQL's own user to change",
                      f"chown {user().pw_name} {path[:200]}, if it really is PostgreSQL's")
    return path


class Files:
    """Both files as they are on disk, and what their blocks say."""

    def __init__(self, server):
        self.hba_path, self.ident_path = postgres_own(server["hba_file"]), postgres_own(server["ident_file"])
        hba, ident = (files.read(path, reader=user().pw_uid) for path in (self.hba_path, self.ident_path))
        if hba is None:
            raise Refusal("FILE_UNUSABLE", f"there is no {self.hba_path}", "PostgreSQL does not start without it; put it back, or correct `hba_file`")
        self.hba, self.ident = hba.data, b"" if ident is None else ident.data
        self.changed = {self.hba_path: hba.looks.changed, self.ident_path: 0 if ident is None else ident.looks.changed}
        self.hba_outside, self.hba_block, self.begins = block.read(self.hba, our_hba_line)
        self.ident_outside, self.ident_block, _ = block.read(self.ident, our_ident_line)

    def wanted(self, access):
        """(pg_hba.conf, pg_ident.conf) as they must be for this access."""
        return (block.first(self.hba_outside, hba_lines(access)),
                block.first(self.ident_outside, ident_lines(access)))


def there(found, wanted):
    """What the blocks really let in: branches whose lines are whole, direct entries, and pooled databases.

    `wanted` tells the branches' roles; a line of any other form is left to disorder().
    """
    lines = {line for _, line in found.hba_block}
    idents = {line for _, line in found.ident_block}
    branches, pooled = {}, set()
    for database, roles in wanted.branches.items():
        if set(roles) <= _closed(lines) and _peers_whole(database, roles, wanted, lines, idents):
            branches[database] = roles
            pooled |= {database} & wanted.pooled
    return Access(branches, frozenset(pooled), read_entries(lines, wanted.branches, "direct"), {}, wanted.whose)


def _closed(lines):
    """The roles that both closing lines name."""
    both = []
    for form in (rb'local all ("[^ ]*") reject', rb'host all (".*") all reject'):
        found = [re.fullmatch(form, line) for line in lines]
        both.append({name for match in found if match for name in match.group(1).decode()[1:-1].split('","')})
    return both[0] & both[1]


def _peers_whole(database, roles, wanted, lines, idents):
    if database not in wanted.pooled:
        return True
    alone = NOTHING._replace(branches={database: roles}, pooled=frozenset([database]))
    return set(hba_lines(alone)[:5]) <= lines and set(ident_lines(alone)) <= idents


def disorder(found, access, server):
    """What is in the blocks and not in `access`: lines nobody asked for, a block out of its place, a file not read since."""
    items = []
    for layer, path, inside, lines in (("pg_hba", found.hba_path, found.hba_block, hba_lines(access)),
                                       ("pg_ident", found.ident_path, found.ident_block, ident_lines(access))):
        items += _strangers(layer, path, inside, lines)
    if found.begins and found.begins != [1]:
        items.append({"layer": "pg_hba", "at": f"{found.hba_path}:{found.begins[-1]}", "is": BEGIN.decode(),
                      "why": "the managed block is not the first thing in the file, or is there twice; lines above it decide before it"})
    for layer, path in (("pg_hba", found.hba_path), ("pg_ident", found.ident_path)):
        if found.changed[path] > server["loaded"]:
            items.append({"layer": layer, "at": path, "is": "changed", "why": "the file was changed after PostgreSQL last read it"})
    return items


def _strangers(layer, path, inside, lines):
    wanted = set(lines)
    strange = [{"layer": layer, "at": f"{path}:{number}", "is": line.decode("utf-8", "replace"),
                "why": "a line in the managed block that nobody asked for"} for number, line in inside if line not in wanted]
    if not strange and [line for _, line in inside] != lines:
        at = inside[0][0] if inside else 1
        strange.append({"layer": layer, "at": f"{path}:{at}", "is": f"{len(inside)} lines", "why":
                        f"the managed block's lines are incomplete, repeated or out of order; {len(lines)} are right"})
    return strange


def foreign_errors(found, hba_rows, ident_rows):
    """Lines outside our blocks that PostgreSQL cannot read: with one of them it reads nothing at all, and would not start again."""
    ours = {number for number, _ in found.hba_block}
    broken = [(row.get("file_name") or found.hba_path, row["line_number"], row["error"]) for row in hba_rows
              if row["error"] and not (row.get("file_name", found.hba_path) == found.hba_path and row["line_number"] in ours)]
    ours = {number for number, _ in found.ident_block}
    broken += [(row.get("file_name") or found.ident_path, row["line_number"], row["error"]) for row in ident_rows or []
               if row["error"] and not (row.get("file_name", found.ident_path) == found.ident_path and row["line_number"] in ours)]
    return broken


def refuse_errors(found, hba_rows, ident_rows):
    """Raises LinesRefused for a line of ours that PostgreSQL cannot read, else Refusal FOREIGN_HBA_INVALID for one of others."""
    foreign = foreign_errors(found, hba_rows, ident_rows)
    every = [(row.get("file_name") or path, row["line_number"], row["error"])
             for path, rows in ((found.hba_path, hba_rows), (found.ident_path, ident_rows or [])) for row in rows if row["error"]]
    ours = [error for error in every if error not in foreign]
    if ours:
        path, line, error = ours[0]
        raise LinesRefused("VERIFY_FAILED", f"PostgreSQL cannot read {path}:{line}, which the host helper wrote: {error}",
                           "report it with the versions of PostgreSQL and axm-host")
    if foreign:
        raise foreign_refusal(foreign)


def findings(found, hba_rows, access):
    """Broader foreign lines. Below our block they open nothing to our roles, but their author may think so; above it they decide."""
    ours, roles = {number for number, _ in found.hba_block}, set(roles_of(access))
    items = []
    for row in hba_rows:
        here = row.get("file_name", found.hba_path)
        if row["error"] or (here == found.hba_path and row["line_number"] in ours) or row["auth_method"] == "reject":
            continue
        if row["type"] != "local" and _reaches(row, access, roles) and not _loopback(row):
            above = here == found.hba_path and (not ours or row["line_number"] < min(ours))
            items.append({"code": "BROADER_LINE", "at": f"{here}:{row['line_number']}", "what": _told(row),
                          "mend": ("it stands above the managed block and decides before it, until axm apply puts the block first; "
                                   if above else
                                   "it does not open AxiomDB's databases to their roles, the managed block decides before it; ")
                                  + "name databases and roles in it, or delete it"})
    foreign_maps = [row for row in hba_rows if not row["error"] and row["line_number"] not in ours
                    and f"map={MAP}" in (row["options"] or [])]
    return items + [{"code": "FOREIGN_MAP", "at": f"{found.hba_path}:{row['line_number']}", "what": _told(row),
                     "mend": f"the map {MAP} is AxiomDB's; use another name"} for row in foreign_maps]


def _reaches(row, access, roles):
    databases = set(row["database"] or [])
    return (databases & ({"all", "sameuser", "samerole"} | set(access.branches)) and
            (any(name == "all" or name.startswith(("+", "/")) for name in row["user_name"] or []) or roles & set(row["user_name"] or [])))


def _loopback(row):
    return (row["address"] or "").startswith("127.") or row["address"] in ("::1", "localhost", "samehost")


def _told(row):
    return " ".join([row["type"], ",".join(row["database"] or []), ",".join(row["user_name"] or []), row["address"] or "",
                     row["netmask"] or "", row["auth_method"]])


def verify(postgres, access):
    """Compares what PostgreSQL reads in the block with what was meant, field by field. Raises Refusal VERIFY_FAILED."""
    server = {"hba_file": postgres.wire.ask("SHOW hba_file")[0][0]["hba_file"],
              "ident_file": postgres.wire.ask("SHOW ident_file")[0][0]["ident_file"]}
    found = Files(server)
    rows, idents = postgres.rules()
    refuse_errors(found, rows, idents)
    meant = [_meant(line.decode()) for line in hba_lines(access) if not line.startswith(b"#")]
    if [_fields(row) for row in rows if row.get("file_name", found.hba_path) == found.hba_path][:len(meant)] != meant:
        raise Refusal("VERIFY_FAILED", "PostgreSQL reads the managed block of pg_hba.conf otherwise than it was meant",
                      "report it with the versions of PostgreSQL and axm-host")
    meant = [line.decode().replace('"', "").split(" ", 2) for line in ident_lines(access)]
    if idents is not None and [[row["map_name"], row["sys_name"], row["pg_username"]] for row in idents][:len(meant)] != meant:
        raise Refusal("VERIFY_FAILED", "PostgreSQL reads the managed block of pg_ident.conf otherwise than it was meant",
                      "report it with the versions of PostgreSQL and axm-host")
    refused = way_in(postgres) if access.pooled else None  # before PostgreSQL 15 no view tells of pg_ident.conf, and no view of the way to the socket
    if refused is not None:
        raise Refusal("VERIFY_FAILED", f"PostgreSQL does not let the OS user {POOLER_USER} in as {POOLER_ROLE}: {refused}", "look at its log")


def _fields(row):
    return (row["type"], row["database"], row["user_name"], row["address"], row["netmask"], row["auth_method"], row["options"])


def _meant(line):
    kind, rest = (line.rsplit(" # axm: ", 1)[0] if line.startswith("hostssl ") else line).split(" ", 1)
    if rest.startswith("all "):
        database, rest = "all", rest[4:]
    else:
        database, rest = rest[1:].split('" ', 1)
    end = rest.rindex('" ')
    roles, words = rest[1:end].split('","'), rest[end + 2:].split(" ")
    address = netmask = None
    if kind != "local":
        address = words.pop(0)
    if address not in (None, "all"):
        address, netmask = str(network(address).network_address), str(network(address).netmask)
    return (kind, [database], roles, address, netmask, words[0], words[1:] or None)


class Layer:
    """pg_hba.conf and pg_ident.conf as one layer of a change."""

    name = "pg_hba"

    def __init__(self, postgres):
        self.postgres = postgres
        self.saved = []

    def folders(self):
        found = self.files()
        return {os.path.dirname(found.hba_path), os.path.dirname(found.ident_path)}

    def paths(self):
        """(each file that a change replaces, the user who reads it)."""
        found = self.files()
        return [(path, user().pw_uid) for path in (found.hba_path, found.ident_path)]

    def differs(self, access):
        found = self.files()
        return found.wanted(access) != (found.hba, found.ident) or self._unread(found)

    def _unread(self, found):
        """Whether somebody changed a file, if only its looks, since PostgreSQL last read it."""
        loaded = self.postgres.loaded()
        return any(changed > loaded for changed in found.changed.values())

    def converge(self, access, phase, force=False):
        found = self.files()
        hba, ident = found.wanted(access)
        point(f"{phase}:pg_hba:staged")
        if (hba, ident) != (found.hba, found.ident):
            self._install([(found.ident_path, found.ident, ident), (found.hba_path, found.hba, hba)], phase)
        elif not force and not self._unread(found):
            return
        self.postgres.reload()
        point(f"{phase}:pg_hba:reloaded")
        verify(self.postgres, access)
        point(f"{phase}:pg_hba:verified")

    def _install(self, changes, phase):
        for path, old, new in changes:
            if old != new:
                self.saved.append(files.save(path))
                point(f"{phase}:pg_hba:saved")
                files.install(path, new, 0o640, (user().pw_uid, user().pw_gid))
                point(f"{phase}:pg_hba:installed")
        refuse_errors(self.files(), *self.postgres.rules())
        point(f"{phase}:pg_hba:validated")

    def files(self):
        row = self.postgres.wire.ask("SHOW hba_file; SHOW ident_file")
        return Files({"hba_file": row[0][0]["hba_file"], "ident_file": row[1][0]["ident_file"]})

    def put_back(self):
        """The files as they were before this run, byte for byte."""
        if not self.saved:
            return
        while self.saved:
            files.put_back(self.saved.pop())
        self.postgres.reload()

    def settle(self):
        while self.saved:
            files.forget(self.saved.pop())


def foreign_refusal(broken):
    path, line, error = broken[0]
    return Refusal("FOREIGN_HBA_INVALID", f"PostgreSQL cannot read {path}:{line}: {error}",
                   "correct or delete that line; until then PostgreSQL reads no change of the file and would not start again")
