"""Who else could use a way that the helper opens, or has a way of its own that our rules say nothing of.

PostgreSQL lets the OS user axm-pooler in as every branch's roles, so nothing but our own pooler may run as it or become it. And another pooler whose
OS user PostgreSQL lets in as a superuser brings everyone into every database whom its own rules let in.
"""
from __future__ import annotations

import json
import re
import stat
import subprocess
from typing import Any, Dict, Iterable, List, Optional

from axm_host import files
from axm_host.account import account
from axm_host.basics import POOLER_ROLE, POOLER_USER, Refusal, TOOL_PATH
from axm_host.gateways import Gateway, Served, gateways, is_ours, refused, told
from axm_host.postgres import user
from axm_host.processes import processes, words_of
from axm_host.wire import SqlError

CODE = "OPEN_TO_OTHERS"
UNITS = ("/etc/systemd/system", "/run/systemd/system", "/run/systemd/transient", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system")
OUR_UNIT = "axm-pgbouncer.service"
CRON, CRONTABS = "/etc/cron.d", ("/var/spool/cron/crontabs", "/var/spool/cron")
DOAS = "/etc/doas.conf"


def unfit(host: Any, found: Any, wanted: Any, hba_rows: List[dict], ident_rows: Optional[List[dict]], supers: Iterable[str]) -> List[Refusal]:
    """What makes a change impossible as long as it is so."""
    reasons = [*_processes(), *_sudoers(), *_scheduled(), *_maps(found, ident_rows), *_groups(found, hba_rows, wanted)]
    for other in gateways(host.postgres, _served(found, wanted, hba_rows, ident_rows, supers)):
        ours = sorted({"*", *wanted.branches} & set(other.databases or ()))
        # Exporters and agents of PostgreSQL's own OS user listen too: they are reported, and the host can be changed all the same.
        harmful = other.is_named() or other.process.uids[1] != user().pw_uid
        if other.mighty is not None and harmful and (other.databases is None or ours):
            serves = other.why if other.databases is None else f"it serves {ours[0]}"
            reasons.append(Refusal(CODE, f"{told(other.process)}: PostgreSQL lets it in as {_role(other, supers)}, and {serves}; whoever it lets in "
                                   "reaches every branch, past all rules",
                                   "run it as an OS user of its own, name its databases instead of `*`, restart it after its files were changed, or stop it"))
    return reasons


def _role(other: Gateway, supers: Iterable[str]) -> str:
    return f"the superuser {other.mighty}" if other.mighty in supers else f"{other.mighty}, a role of AxiomDB's"


def _served(found: Any, wanted: Any, hba_rows: List[dict], ident_rows: Optional[List[dict]], supers: Iterable[str]) -> Served:
    ours = {role: database for database, roles in wanted.branches.items() for role in roles}
    return Served(frozenset(supers), {**ours, POOLER_ROLE: "postgres"}, hba_rows, [(name, who, role) for _, name, who, role in _foreign_idents(found, ident_rows)])


def findings(host: Any, wanted: Any, hba_rows: List[dict], ident_rows: Optional[List[dict]], found: Any, supers: Iterable[str]) -> List[Dict[str, str]]:
    items = [_finding(other, supers) for other in gateways(host.postgres, _served(found, wanted, hba_rows, ident_rows, supers))]
    roles = {role for roles in wanted.branches.values() for role in roles}
    return items + [{"code": "FOREIGN_MAP", "at": at, "what": f"{name} {user} {role}", "mend": "it names a role of AxiomDB's; the managed block decides before it"}
                    for at, name, user, role in _foreign_idents(found, ident_rows) if name != POOLER_ROLE and role in roles]


def _finding(other: Gateway, supers: Iterable[str]) -> Dict[str, str]:
    let_in = f"; PostgreSQL lets it in as {_role(other, supers)}" if other.mighty else ""
    if other.is_named():
        return {"code": "FOREIGN_POOLER", "at": other.process.program, "what": f"{told(other.process)} is none of AxiomDB's{let_in}",
                "mend": "it is left alone, and its own rules decide whom it lets in"}
    return {"code": "FOREIGN_LISTENER", "at": other.process.program, "what": f"{told(other.process)} listens{let_in}: if it passes connections on, its clients are too",
            "mend": "let it run as an OS user of its own, if it needs no more"}


def reached(postgres: Any) -> Optional[Refusal]:
    """As the pooler's OS user, with its groups alone: whether PostgreSQL's socket can be reached. What the server says to it is no matter here."""
    path = f"{postgres.folder}/.s.PGSQL.{postgres.port}"
    why = way_in(postgres)
    if why is None or isinstance(why, SqlError):
        return None
    return Refusal("NO_POOLER", f"the OS user {POOLER_USER} can't reach PostgreSQL's socket: {why}; {files.described(path)}; {files.described(postgres.folder)}",
                   "let others reach it: unix_socket_permissions = 0777 (who may log in is pg_hba.conf's to decide), and a directory that others can enter")


def way_in(postgres: Any) -> Optional[Exception]:
    """Why the pooler's OS user does not get in as the lookup role; None when it does."""
    known = account()
    return None if known is None else refused(postgres, known.pw_uid, POOLER_ROLE)


# Who runs as the pooler's OS user, or may become it

def _processes() -> List[Refusal]:
    known = account()
    return [] if known is None else [
        Refusal(CODE, f"process {other.pid} ({other.program}) runs as {POOLER_USER}, and is not AxiomDB's pooler; PostgreSQL lets it in as every branch's roles",
                "end it, and run it as an OS user of its own") for other in processes() if known.pw_uid in other.uids and not is_ours(other, words_of(other))]


def _sudoers() -> List[Refusal]:
    """Rules that let someone run things as the pooler's OS user or with its group, and not as root."""
    tool = files.program("cvtsudoers")
    known = account()
    if tool is None or known is None:
        return []
    done = subprocess.run([tool, "-e", "-f", "json", "/etc/sudoers"], stdin=subprocess.DEVNULL, capture_output=True, check=False, env={"PATH": TOOL_PATH, "LC_ALL": "C"})
    if done.returncode != 0:
        return [Refusal(CODE, f"/etc/sudoers can't be read: {done.stderr.decode('utf-8', 'replace').strip()[:200]}; who may run things as {POOLER_USER} is unknown",
                        "correct it: visudo")]
    return [Refusal(CODE, f"sudo lets {who} run things as {POOLER_USER}, whom PostgreSQL lets in as every branch's roles", "take that out of sudoers: visudo")
            for who in becoming(json.loads(done.stdout or b"{}"), POOLER_USER, known.pw_uid, known.pw_gid)]


def becoming(sudoers: Dict[str, Any], name: str, uid: int, gid: int) -> List[str]:
    """Pure: who may run something as this user or with its group, and not as root."""
    found = []
    for spec in sudoers.get("User_Specs", []):
        who = ", ".join(str(next(iter(one.values()))) for one in spec.get("User_List", []))
        for rule in spec.get("Cmnd_Specs", []):
            users = rule.get("runasusers", [] if "runasgroups" in rule else [{"username": "root"}])
            as_user = _names(users, name, uid, gid) and not _names(users, "root", 0, 0)
            with_group = any(one.get("usergroup") == name or one.get("groupid") == gid for one in rule.get("runasgroups", []) if not one.get("negated"))
            if as_user or with_group:
                found.append(who)
    return sorted(set(found))


def _names(users: List[Dict[str, Any]], name: str, uid: int, gid: int) -> bool:
    """Whether such a list holds the user: the last entry that fits decides."""
    holds = False
    for one in users:
        if one.get("username") in (name, "ALL") or one.get("userid") == uid or one.get("usergroup") == name or one.get("groupid") == gid:
            holds = not one.get("negated", False)
    return holds


def _scheduled() -> List[Refusal]:
    """Services, orders of cron and rules of doas that would run something as it."""
    known = account()
    names = POOLER_USER if known is None else f"(?:{POOLER_USER}|0*{known.pw_uid})"
    units = {path for folder in UNITS for path in _files_in(folder) if runs_as(_text(path), names)}
    units -= {path for path in units if "/usr" + path in units}  # where /lib is a link
    order = re.compile(rb"^[^#\n]*\s" + POOLER_USER.encode() + rb"\s", re.MULTILINE)
    crons = [path for path in ["/etc/crontab", *(f"{CRON}/{name}" for name in files.names(CRON))] if _is_file(path) and order.search(files.load(path) or b"")]
    crons += [DOAS] if re.search(rb"^\s*permit\s.*\sas\s+" + names.encode() + rb"\b", files.load(DOAS) or b"", re.MULTILINE) else []
    crons += [f"{folder}/{POOLER_USER}" for folder in CRONTABS if _is_there(f"{folder}/{POOLER_USER}")]
    return [Refusal(CODE, f"{path} runs something as {POOLER_USER}, whom PostgreSQL lets in as every branch's roles", "let it run as an OS user of its own")
            for path in sorted(units | set(crons))]


def runs_as(unit: bytes, names: str) -> bool:
    """Pure: whether a unit, or what is dropped into one, has it run as such a user: by name or by number."""
    return re.search(rb"^\s*User\s*=\s*[\"']?" + names.encode() + rb"[\"']?\s*$", unit.replace(b"\\\n", b" "), re.MULTILINE) is not None


def _text(path: str) -> bytes:
    """Also of a link that root made. What is no file, as /dev/null, runs nothing."""
    try:
        return files.load(path) or b""
    except Refusal:
        return b""


def _units_in(folder: str) -> List[str]:
    """Nothing where others than root can write on the way, as Debian once had it below /usr/local: they can be root, and what they start is seen as it runs."""
    try:
        return files.names(folder)
    except Refusal:
        if folder.startswith("/usr/local/"):
            return []
        raise


def _files_in(folder: str) -> List[str]:
    """Units, and what is dropped into units of others; ours is root's own affair."""
    found = []
    for name in _units_in(folder):
        path = f"{folder}/{name}"
        if name.endswith(".service") and name != OUR_UNIT:
            found.append(path)
        elif (name == "service.d" or name.endswith(".service.d")) and not name.startswith(OUR_UNIT) and files.is_folder(path):
            found += [f"{path}/{inner}" for inner in files.names(path) if inner.endswith(".conf")]
    return found


def _is_there(path: str) -> bool:
    """Also where its owner can't get there."""
    try:
        return files.look_at(path) is not None
    except Refusal:
        return True


def _is_file(path: str) -> bool:
    here = files.look_at(path)
    return here is not None and stat.S_ISREG(here.mode)


# Which lines of others lead in

def _maps(found: Any, ident_rows: Optional[List[dict]]) -> List[Refusal]:
    return [Refusal(CODE, f"{at}: the line `{name} {user} {role}` lets the OS user {user} in by AxiomDB's own map {POOLER_ROLE}", f"delete it, or use another map than {POOLER_ROLE}")
            for at, name, user, role in _foreign_idents(found, ident_rows) if name == POOLER_ROLE]


def _foreign_idents(found: Any, ident_rows: Optional[List[dict]]) -> List[tuple]:
    """(where, map, OS user, role) of each line that is not in our block. Before PostgreSQL 15 nobody but the file tells."""
    ours = {number for number, _ in found.ident_block}
    if ident_rows is None:
        lines = [line.decode("utf-8", "replace").split("#")[0].split() for line in found.ident_outside.split(b"\n")]
        return [(found.ident_path, *(word.strip('"') for word in words[:3])) for words in lines if len(words) >= 3]
    return [(f"{row.get('file_name') or found.ident_path}:{row['line_number']}", row["map_name"], row["sys_name"], row["pg_username"]) for row in ident_rows
            if row["map_name"] and not (row.get("file_name", found.ident_path) == found.ident_path and row["line_number"] in ours)]


def _groups(found: Any, hba_rows: List[dict], wanted: Any) -> List[Refusal]:
    """Lines of others for all members of a role of ours: they are other roles, which the closing lines don't name."""
    ours, roles = {number for number, _ in found.hba_block}, {"+" + POOLER_ROLE, *("+" + role for roles in wanted.branches.values() for role in roles)}
    return [Refusal(CODE, f"{row.get('file_name') or found.hba_path}:{row['line_number']}: it lets in every member of {sorted(roles & set(row['user_name']))[0][1:]}",
                    "name roles in it, or delete it") for row in hba_rows
            if not row["error"] and row["auth_method"] != "reject" and roles & set(row["user_name"] or [])
            and not (row.get("file_name", found.hba_path) == found.hba_path and row["line_number"] in ours)]
