"""The role as which PgBouncer looks verifiers up. It is known by the number that it got when enrolment made it, and never by its name: who may create
roles can make one of that name, and whoever is a member of it reads what it reads."""
from __future__ import annotations

import json
from typing import Any, Dict, List, NamedTuple, Optional

from axm_host import state
from axm_host.basics import POOLER_ROLE, Refusal
from axm_host.postgres import Postgres

CODE = "LOOKUP_ROLE"
MEMBERS = "LOOKUP_MEMBERS"  # what `axm apply` takes away by itself
ATTRIBUTES = {"rolsuper": ("SUPERUSER", False), "rolcreatedb": ("CREATEDB", False), "rolcreaterole": ("CREATEROLE", False), "rolreplication": ("REPLICATION", False),
              "rolbypassrls": ("BYPASSRLS", False), "rolinherit": ("INHERIT", False), "rolcanlogin": ("LOGIN", True)}
PLAIN = f"ALTER ROLE {POOLER_ROLE} " + " ".join(("" if wanted else "NO") + word for word, wanted in ATTRIBUTES.values())
NO_PASSWORD = f"ALTER ROLE {POOLER_ROLE} PASSWORD NULL"
RIGHTS = f"""ALTER ROLE {POOLER_ROLE} SET search_path = pg_catalog;
ALTER ROLE {POOLER_ROLE} SET role = none;
GRANT CONNECT ON DATABASE postgres TO {POOLER_ROLE};
GRANT SELECT (rolname, rolpassword, rolsuper, rolcanlogin, rolvaliduntil) ON pg_catalog.pg_authid TO {POOLER_ROLE};"""
MOST_NAMED = 10
# From 16 on a membership is taken back from the one who granted it.
SEEN = f"""SELECT pg_catalog.json_build_object(
 'system', (SELECT system_identifier::pg_catalog.text FROM pg_catalog.pg_control_system()),
 'makers', ARRAY(SELECT m.rolname FROM pg_catalog.pg_roles m WHERE m.rolsuper OR m.rolcreaterole ORDER BY 1),
 'roles', ARRAY(SELECT pg_catalog.json_build_object({", ".join(f"'{key}', a.{key}" for key in ("rolname", *ATTRIBUTES))},
  'oid', a.oid::pg_catalog.int8, 'quoted', pg_catalog.quote_ident(a.rolname), 'password', a.rolpassword IS NOT NULL,
  'memberships', ARRAY(SELECT pg_catalog.json_build_object(
    'what', CASE WHEN g.oid OPERATOR(pg_catalog.=) a.oid THEN 'the role ' OPERATOR(pg_catalog.||) u.rolname OPERATOR(pg_catalog.||) ' is a member of it'
            ELSE 'it is a member of ' OPERATOR(pg_catalog.||) g.rolname END,
    'statement', pg_catalog.format('REVOKE %I FROM %I', g.rolname, u.rolname) OPERATOR(pg_catalog.||)
     CASE WHEN by.rolname IS NOT NULL AND pg_catalog.current_setting('server_version_num')::pg_catalog.int4 OPERATOR(pg_catalog.>=) 160000
     THEN pg_catalog.format(' GRANTED BY %I', by.rolname) ELSE '' END OPERATOR(pg_catalog.||) ' CASCADE')
   FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_authid g ON g.oid OPERATOR(pg_catalog.=) m.roleid
   JOIN pg_catalog.pg_authid u ON u.oid OPERATOR(pg_catalog.=) m.member LEFT JOIN pg_catalog.pg_authid by ON by.oid OPERATOR(pg_catalog.=) m.grantor
   WHERE a.oid OPERATOR(pg_catalog.=) m.roleid OR a.oid OPERATOR(pg_catalog.=) m.member ORDER BY g.rolname, u.rolname, by.rolname))
  FROM pg_catalog.pg_authid a WHERE a.rolname OPERATOR(pg_catalog.=) '{POOLER_ROLE}' OR a.oid::pg_catalog.int8 OPERATOR(pg_catalog.=) ANY (ARRAY[NUMBERS]::pg_catalog.int8[]))) AS it"""
NUMBER = f"SELECT oid::pg_catalog.int8 AS it FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) '{POOLER_ROLE}'"


class Seen(NamedTuple):
    """What a cluster has of that name and of that number. `number` is None where AxiomDB made no such role in it."""
    system: str
    number: Optional[int]
    named: Optional[Dict[str, Any]]
    numbered: Optional[Dict[str, Any]]
    makers: List[str]

    def is_ours(self) -> bool:
        return self.named is not None and self.named["oid"] == self.number


def seen(postgres: Postgres) -> Seen:
    numbers = _recorded()
    told = json.loads(postgres.wire.ask(SEEN.replace("NUMBERS", ",".join(str(number) for number in sorted(numbers.values()))))[0][0]["it"])
    number = numbers.get(told["system"])
    return Seen(told["system"], number, next((role for role in told["roles"] if role["rolname"] == POOLER_ROLE), None),
                next((role for role in told["roles"] if role["oid"] == number), None), told["makers"])


def number_in(system: str) -> Optional[int]:
    """The role's number in a cluster, as enrolment recorded it."""
    return _recorded().get(system)


def _recorded() -> Dict[str, int]:
    """What can't be read says of no role that it is AxiomDB's."""
    try:
        return state.lookup_roles()
    except Refusal:
        return {}


def make(port: int) -> str:
    """Makes the role, or makes it again what it was. Refusal LOOKUP_ROLE for one of that name that AxiomDB did not make; nothing is given to it."""
    postgres = Postgres(port)
    try:
        found = seen(postgres)
        if found.is_ours():
            postgres.wire.ask(";".join([PLAIN, NO_PASSWORD, RIGHTS, *(one["statement"] for one in (found.named or {})["memberships"])]))
        else:
            _refuse_others(found)
            postgres.wire.ask(f"BEGIN; CREATE ROLE {POOLER_ROLE}")
            state.record_lookup_role(found.system, int(postgres.wire.ask(NUMBER)[0][0]["it"]))  # before anything is given to it, and before anyone sees it
            postgres.wire.ask(f"{PLAIN}; {RIGHTS} COMMIT")
    finally:
        postgres.close()
    return f"role {POOLER_ROLE}: may read what PgBouncer needs to check passwords"


def _refuse_others(found: Seen) -> None:
    for why in _not_ours(found):
        raise why


def unfit(postgres: Postgres, pooled: bool) -> List[Refusal]:
    """Why the role could not be used, or by others. `pooled`: whether a pooler is wanted here; without one a role of that name is nobody's business
    that AxiomDB did not make."""
    found = seen(postgres)
    if found.number is None and not pooled:
        return []
    if found.is_ours():
        return _others_could_use(found.named or {})
    return _not_ours(found) or [Refusal("NO_POOLER", f"the role {POOLER_ROLE}, with which PgBouncer looks up passwords, is missing",
                                        "run `axm-host install` again: axm host enroll")]


def _not_ours(found: Seen) -> List[Refusal]:
    """Empty where there is no role of that name, and AxiomDB's has no other."""
    if found.named is not None:
        makers = ", ".join(found.makers[:MOST_NAMED]) + (" and others" if len(found.makers) > MOST_NAMED else "")
        return [Refusal(CODE, f"the role {POOLER_ROLE} is not the one that AxiomDB made: it could have been made by {makers}, and its members would read every verifier",
                        f"give it another name: ALTER ROLE {POOLER_ROLE} RENAME TO {POOLER_ROLE}_of_others; or drop it: DROP ROLE {POOLER_ROLE}; then axm host enroll")]
    if found.numbered is not None:
        return [Refusal(CODE, f"the role {POOLER_ROLE}, which AxiomDB made, is called {found.numbered['rolname']}",
                        f"give it its name back: ALTER ROLE {found.numbered['quoted']} RENAME TO {POOLER_ROLE}")]
    return []


def _others_could_use(role: Dict[str, Any]) -> List[Refusal]:
    wrong = [word if not wanted else "NO" + word for key, (word, wanted) in ATTRIBUTES.items() if role[key] != wanted]
    reasons = [Refusal(CODE, f"the role {POOLER_ROLE} has {', '.join(wrong)}", PLAIN)] if wrong else []
    if role["password"]:
        reasons.append(Refusal(CODE, f"the role {POOLER_ROLE} has a password: whoever set it could log in and read every verifier", NO_PASSWORD))
    return reasons + [Refusal(MEMBERS, f"of the role {POOLER_ROLE}, which reads every verifier: {one['what']}", f"axm apply takes that away, as does {one['statement']}")
                      for one in role["memberships"]]
