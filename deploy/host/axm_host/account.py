"""The pooler's OS user, whom PostgreSQL lets in as every branch's roles: it must be nothing else's, and no one may become it."""
from __future__ import annotations

import grp
import os
import pwd
from typing import List, Optional, Tuple

from axm_host import files
from axm_host.basics import POOLER_USER, Refusal

NO_SHELL = ("nologin", "false")


def account() -> Optional[pwd.struct_passwd]:
    try:
        return pwd.getpwnam(POOLER_USER)
    except KeyError:
        return None


def existing() -> pwd.struct_passwd:
    found = account()
    if found is None:
        raise missing()
    return found


def missing() -> Refusal:
    return Refusal("NO_POOLER", f"the OS user {POOLER_USER}, as which AxiomDB's pooler runs, does not exist", "enroll the host again, which makes it: axm host enroll")


def make(tool) -> str:
    """`tool` runs a program that must succeed."""
    if account() is None:
        tool(["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", POOLER_USER])
    return f"OS user {POOLER_USER}: AxiomDB's pooler runs as it, and nothing else"


def unfit() -> List[Refusal]:
    found = account()
    if found is None:
        return [missing()]
    return [Refusal("OPEN_TO_OTHERS", f"{what}; PostgreSQL lets {POOLER_USER} in as every branch's roles", mend)
            for what, mend in [*_twins(found), *_groups(found), *_logins(found)]]


def _twins(found: pwd.struct_passwd) -> List[Tuple[str, str]]:
    if found.pw_uid == 0:
        return [(f"the OS user {POOLER_USER} is root", f"userdel {POOLER_USER}, then axm host enroll")]
    others = [other.pw_name for other in pwd.getpwall() if other.pw_uid == found.pw_uid and other.pw_name != POOLER_USER]
    return [(f"the OS user {other} has the uid {found.pw_uid} of {POOLER_USER}", f"give it another: usermod --uid NUMBER {other}") for other in others]


def _groups(found: pwd.struct_passwd) -> List[Tuple[str, str]]:
    """Its group reads the certificate's key; groups of others could let it do more than it needs."""
    ours = grp.getgrgid(found.pw_gid)
    more = [grp.getgrgid(group).gr_name for group in os.getgrouplist(POOLER_USER, found.pw_gid) if group != found.pw_gid]
    members = sorted({*ours.gr_mem, *(other.pw_name for other in pwd.getpwall() if other.pw_gid == found.pw_gid)} - {POOLER_USER})
    return ([(f"the OS user {POOLER_USER} is in the group {name}", f"gpasswd --delete {POOLER_USER} {name}") for name in more]
            + [(f"the OS user {member} is in the group {ours.gr_name}", f"take it out: gpasswd --delete {member} {ours.gr_name}, or usermod --gid GROUP {member}")
               for member in members])


def _logins(found: pwd.struct_passwd) -> List[Tuple[str, str]]:
    lines = (files.load("/etc/shadow") or b"").decode("utf-8", "replace").split("\n")
    secret = next((line.split(":")[1] for line in lines if line.startswith(POOLER_USER + ":")), "!")
    if secret[:1] in ("!", "*") and os.path.basename(found.pw_shell) in NO_SHELL and not files.is_folder(found.pw_dir):
        return []
    return [(f"the OS user {POOLER_USER} can log in: it has a password, the home {found.pw_dir} or the shell {found.pw_shell}",
             f"usermod --lock --home /nonexistent --shell /usr/sbin/nologin {POOLER_USER}")]
