"""Checks every word of a request again, however well the caller checked it. Pure."""
from __future__ import annotations

import json
import re

from axm_host.access import UNKNOWN, network
from axm_host.basics import CONFIRM_SECONDS, POOLER_ROLE, PROTOCOL, Refusal, TIME, bad, moment

MOST_BYTES = 8 * 1024 * 1024
ORGANIZATION = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
HEX = re.compile(r"[0-9a-f]{16}")
PATH = re.compile(r"/[A-Za-z0-9._/-]{1,250}")
CHAIN = re.compile(r"(-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]{1,20000}-----END CERTIFICATE-----\n?){1,10}")
HOST_NAME = re.compile(r"[A-Za-z0-9*][A-Za-z0-9.:_-]{0,252}|[0-9a-f:]{2,45}")
MAPPED = network("::ffff:0:0/96")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SYSTEM = re.compile(r"[0-9]{1,20}")
HASH = re.compile(r"[0-9a-f]{64}")
CHANGE_ID = re.compile(r"[0-9a-f]{32}")
# Derived by AxiomDB from the branch; nobody else's database or role has such a name by chance.
UNFINISHED = re.compile(r"axm_new_[0-9a-f]{16}")
RESTORER = re.compile(r"axm_run_[0-9a-f]{16}")
PASSWORD = re.compile(r"[ -~]{1,200}")
# Words that pg_hba.conf or PgBouncer reads as something else than a name, and roles that must never be closed out.
RESERVED = {"all", "sameuser", "samerole", "samegroup", "replication", "pgbouncer", "*"}
NEVER_A_ROLE = {"postgres", POOLER_ROLE, "public", "none"}
NEVER_A_DATABASE = {"postgres", "template0", "template1", "axiomdb_lock"}

PLACE = {"organization", "postgres", "pooler", "firewall", "ssh_port"}
HEAD = PLACE | {"protocol", "op"}
MORE = {"look": set(), "doctor": set(), "change": {"lease", "confirm_seconds", "access"}, "confirm": {"lease", "change"},
        "certificate": {"lease", "chain", "names"}, "copy": {"lease", "from", "to", "schema_only", "login", "password", "owner"},
        "mark": {"lease", "before", "mark"}}


def parse(data):
    """The request as checked dictionaries. Raises Refusal PROTOCOL or BAD_REQUEST."""
    if len(data) > MOST_BYTES:
        raise bad(f"the request has {len(data)} bytes; {MOST_BYTES} are the most")
    try:
        request = json.loads(data.decode("utf-8"), object_pairs_hook=_no_duplicates, parse_constant=_no_constants)
    except (ValueError, RecursionError) as broken:
        raise bad(f"the request is not JSON: {broken}") from broken
    if not isinstance(request, dict):
        raise bad("the request is not a JSON object")
    if request.get("protocol") != PROTOCOL or isinstance(request.get("protocol"), bool):
        raise Refusal("PROTOCOL", f"the request speaks protocol {str(request.get('protocol'))[:20]}, this helper speaks {PROTOCOL}",
                      "bring both to one version: axm host enroll")
    op = request.get("op")
    if not isinstance(op, str) or op not in MORE:
        raise bad(f"op is {str(op)[:40]!r}; it is one of {', '.join(sorted(MORE))}")
    _check_head(request, op)
    if op not in ("look", "doctor"):
        _lease(request["lease"])
    if op == "change":
        _check_change(request)
    if op == "certificate":
        _check_certificate(request)
    if op == "copy":
        _check_copy(request)
    if op == "mark":
        _check_mark(request)
    if op == "confirm":
        text(request["change"], "change", CHANGE_ID)
    return request


def _no_duplicates(pairs):
    keys = [key for key, _ in pairs]
    if len(keys) != len(set(keys)):
        raise ValueError("a key is there twice")
    return dict(pairs)


def _no_constants(word):
    raise ValueError(f"{word} is not JSON")


def _check_head(request, op):
    optional = {"now"} | ({"files", "chain", "names"} if op == "certificate" else set())
    keys(request, "the request", HEAD | MORE[op] - optional, optional)
    _check_place(request)
    if "now" in request:
        time(request["now"], "now")


def _check_place(head):
    text(head["organization"], "organization", ORGANIZATION)
    keys(head["postgres"], "postgres", {"port", "admin"})
    port(head["postgres"]["port"], "postgres.port")
    name(head["postgres"]["admin"], "postgres.admin")
    if head["pooler"] is not None:
        keys(head["pooler"], "pooler", {"port"})
        port(head["pooler"]["port"], "pooler.port")
        if head["pooler"]["port"] == head["postgres"]["port"]:
            raise bad("pooler.port is postgres.port; they are two servers")
    if head["firewall"] not in ("ufw", "none"):
        raise bad("firewall is neither ufw nor none")
    port(head["ssh_port"], "ssh_port")


def _lease(lease):
    keys(lease, "lease", {"epoch", "line"})
    whole(lease["epoch"], "lease.epoch", range(0, 2**62))
    text(lease["line"], "lease.line", HEX)


def _check_change(request):
    whole(request["confirm_seconds"], "confirm_seconds", CONFIRM_SECONDS)
    _check_wish(request["access"], request, request["postgres"]["admin"])


def _check_wish(wish, head, admin):
    keys(wish, "access", {"branches", "entries", "openings"})
    for part in wish:
        items(wish[part], f"access.{part}")
    databases = check_branches(wish["branches"], admin)
    _check_entries(wish["entries"], databases, head["pooler"] is not None)
    ports = {head["postgres"]["port"]} | ({head["pooler"]["port"]} if head["pooler"] else set())
    _check_openings(wish["openings"], ports)


# What the helper itself has written, and reads again: a disk may give back anything

def state_file(kind, named, value):
    """The value, if it is what a file of this kind and name holds. Refusal BAD_REQUEST for anything else."""
    STATE_FILES[kind](value, named)
    return value


def _check_document(document, named):
    keys(document, "the document", {"head", "access", "grace"})
    keys(document["head"], "its head", PLACE)
    _check_place(document["head"])
    if document["head"]["organization"] != named:
        raise bad(f"it is {document['head']['organization']!r}'s")
    _check_wish(_with_ends(document["access"]), document["head"], None)  # what has to be undone can be read, whoever is the administrator by now
    for one in items(document["grace"], "grace"):
        keys(one, "a grace", {"port", "database", "cidr", "until"})
        cidr(one["cidr"]), time(one["until"], "until"), name(one["database"], "database"), door(one["port"])


def _with_ends(wish):
    """With each end that was not known left out."""
    keys(wish, "access", {"branches", "entries", "openings"})
    known = lambda one: {**one, "until": None} if one.get("until") == UNKNOWN else one
    return {**wish, **{part: [known(one) for one in items(wish[part], part)] for part in ("entries", "openings")}}


def _check_pending(entry, named):
    keys(entry, "the change", {"change", "organization", "deadline", "applied", "head", "before", "after"})
    text(entry["organization"], "organization", ORGANIZATION)
    time(entry["deadline"], "deadline")
    keys(entry["head"], "its head", PLACE)
    _check_place(entry["head"])
    if entry["change"] != named or not isinstance(entry["applied"], bool):
        raise bad("it is another change's")
    for document in [entry["after"], *([] if entry["before"] is None else [entry["before"]])]:
        _check_document(document, entry["organization"])


def _check_epochs(epochs, _):
    for line, epoch in fields(epochs, "the epochs").items():
        _lease({"line": line, "epoch": epoch})


def _check_marks(marks, _):
    for plane, mark in fields(marks, "the marks").items():
        keys(mark, "a mark", {"apply", "sequence", "head", "since"})
        time(mark["since"], "since")
        _check_how_far({"control_plane": plane, **{key: mark[key] for key in ("apply", "sequence", "head")}})


def _check_clock(clock, _):
    keys(clock, "the clock", {"boot", "since_boot", "moment"})
    text(clock["boot"], "boot", UUID)
    time(clock["moment"], "moment")
    if not isinstance(clock["since_boot"], float) or "." not in clock["moment"]:
        raise bad("since_boot is no number of seconds, or moment has no parts of one")


def _check_roles(roles, _):
    for system, oid in fields(roles, "the roles").items():
        text(system, "a system identifier", SYSTEM)
        if type(oid) is not int or not 0 < oid < 1 << 32:  # True would be 1
            raise bad("a role's number is none")


STATE_FILES = {"clock": _check_clock, "wanted": _check_document, "pending": _check_pending, "epochs": _check_epochs, "marks": _check_marks, "roles": _check_roles}


def _check_mark(request):
    _check_how_far(request["mark"], range(1, 2**53 + 1))
    for mark in items(request["before"], "before"):  # whatever root wrote there
        _check_how_far(mark)


def _check_how_far(mark, numbers=range(0, 2**62)):
    keys(mark, "mark", {"control_plane", "apply", "sequence", "head"})
    text(mark["control_plane"], "mark.control_plane", UUID)
    whole(mark["apply"], "mark.apply", numbers)
    whole(mark["sequence"], "mark.sequence", range(0, numbers.stop))
    text(mark["head"], "mark.head", HASH)


def check_branches(branches, admin):
    seen = set()
    for branch in branches:
        keys(branch, "a branch", {"database", "roles"})
        database = name(branch["database"], "database")
        if database in NEVER_A_DATABASE or database in seen:
            raise bad(f"database {database!r} is there twice, or is one of PostgreSQL's own")
        seen.add(database)
        if not isinstance(branch["roles"], list) or not 1 <= len(branch["roles"]) <= 1000:
            raise bad(f"the roles of {database!r} are not a list of 1 to 1000 names")
        for role in branch["roles"]:
            name(role, "role")
            if role in NEVER_A_ROLE or role == admin or role.startswith("pg_"):
                raise Refusal("LOCK_OUT", f"role {role!r} of {database!r} is one that AxiomDB or PostgreSQL itself logs in with; "
                              "the managed block would close it out", "give the branch roles of its own")
        if len(set(branch["roles"])) != len(branch["roles"]):
            raise bad(f"a role of {database!r} is there twice")
    return seen


def _check_entries(entries, databases, pooled):
    seen = set()
    for entry in entries:
        keys(entry, "an entry", {"port", "database", "cidr", "until"})
        door(entry["port"])
        if entry["port"] == "runtime" and not pooled:
            raise bad("an entry is for the runtime port, and the host has no pooler")
        if not isinstance(entry["database"], str) or entry["database"] not in databases:
            raise bad(f"an entry names database {str(entry['database'])[:70]!r}, which is not among the branches")
        _one_of(seen, (entry["port"], entry["database"], cidr(entry["cidr"])))
        until(entry["until"])


def _check_openings(openings, ports):
    seen = set()
    for opening in openings:
        keys(opening, "an opening", {"port", "cidr", "until"})
        if port(opening["port"], "an opening's port") not in ports:
            raise bad(f"an opening is for port {opening['port']}; only {sorted(ports)} are ours to open")
        _one_of(seen, (opening["port"], cidr(opening["cidr"])))
        until(opening["until"])


def _check_certificate(request):
    """Either a chain for the host's own key with the names it must have, or two files that are there."""
    if ("files" in request) == ("chain" in request):
        raise bad("a certificate request has either a chain or files")
    if "files" in request:
        keys(request["files"], "files", {"certificate", "key"})
        for path in request["files"].values():
            if ".." in text(path, "files", PATH):
                raise bad("files are absolute paths without ..")
    else:
        text(request["chain"], "chain", CHAIN)
    names = request.get("names", [])
    if not isinstance(names, list) or len(names) > 100:
        raise bad("names is not a list of at most 100 names")
    for item in names:
        text(item, "a name", HOST_NAME)


def _check_copy(request):
    if name(request["from"], "from") in NEVER_A_DATABASE or UNFINISHED.fullmatch(request["from"]):
        raise bad(f"from is {request['from']!r}, which is no branch's database")
    text(request["to"], "to", UNFINISHED)
    text(request["login"], "login", RESTORER)
    text(request["password"], "password", PASSWORD)
    owner = name(request["owner"], "owner")
    if owner in NEVER_A_ROLE or owner == request["postgres"]["admin"] or owner.startswith("pg_"):
        raise bad(f"owner is {owner!r}, which is no branch's role")
    if not isinstance(request["schema_only"], bool):
        raise bad("schema_only is neither true nor false")


def _one_of(seen, key):
    if key in seen:
        raise bad(f"{key} is there twice")
    seen.add(key)


def items(value, what):
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise bad(f"{what} is not a list of objects")
    return value


def fields(value, what):
    if not isinstance(value, dict):
        raise bad(f"{what} is not an object")
    return value


def keys(value, what, needed, optional=frozenset()):
    """An object with exactly these keys."""
    fields(value, what)
    missing, unknown = needed - set(value), set(value) - needed - optional
    if missing or unknown:
        raise bad(f"{what} lacks {sorted(missing)} and has unknown keys {[str(key)[:40] for key in sorted(unknown)]}")


def text(value, what, pattern):
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise bad(f"{what} is not of the form {pattern.pattern}")
    return value


def whole(value, what, allowed):
    if not isinstance(value, int) or isinstance(value, bool) or value not in allowed:
        raise bad(f"{what} is not a whole number from {allowed[0]} to {allowed[-1]}")
    return value


def door(value):
    if value not in ("runtime", "direct"):
        raise bad("an entry's port is neither runtime nor direct")


def port(value, what):
    return whole(value, what, range(1, 65536))


def name(value, what):
    """A database's or role's name: 1..63 bytes that every file of the three layers can hold between double quotes."""
    if not isinstance(value, str) or not 1 <= len(value.encode("utf-8", "surrogatepass")) <= 63:
        raise bad(f"{what} is not a text of 1 to 63 bytes")
    if any(not letter.isprintable() or letter in "\"'\\`" for letter in value) or value != value.strip():
        raise bad(f"{what} {value!r} holds a quote, a backslash, a control character or blanks at its ends")
    if value.lower() in RESERVED or value[0] in "+@/!#;%[" or "," in value or "=" in value:
        raise bad(f"{what} {value!r} means something else in pg_hba.conf or pgbouncer.ini")
    return value


def cidr(value):
    """A canonical network: no host bits, no mapped address, no other way to write the same."""
    try:
        found = network(value) if isinstance(value, str) and "/" in value else None
    except ValueError:
        found = None
    if found is None or str(found) != value or "%" in value:
        raise bad(f"{str(value)[:60]!r} is not a canonical CIDR")
    if found.version == 6 and found.subnet_of(MAPPED):
        raise bad(f"{value!r} is an IPv4 address written as IPv6, which no layer matches")
    return value


def is_cidr(value):
    try:
        return bool(cidr(value))
    except Refusal:
        return False


def until(value):
    return None if value is None else time(value, "until")


def time(value, what):
    try:
        if not isinstance(value, str) or not re.fullmatch(TIME, value):
            raise ValueError
        moment(value)
    except ValueError:
        raise bad(f"{what} is not a time like 2026-01-31T00:00:00Z") from None
    return value
