"""The host helper on a real host. Run as root on one that may be thrown away, with the packed program's path in AXM_HOST_PROGRAM:
it changes PostgreSQL, PgBouncer and UFW of that host, fills its journal and kills the helper at every point it names.
"""
import base64
import contextlib
import datetime
import fcntl
import glob
import hashlib
import hmac
import json
import os
import pwd
import socket
import ssl
import struct
import subprocess
import time
import unittest
import zipfile

PACKED = os.environ.get("AXM_HOST_PROGRAM")
# What waits that are meant for a quiet machine are multiplied with.
PATIENCE = float(os.environ.get("AXM_PATIENCE", "1"))
INSTALLED = "/usr/local/sbin/axm-host"
LOOP = "/run/axm-host.loop"
PROGRAM = PACKED
HBA, IDENT = "/etc/postgresql/15/main/pg_hba.conf", "/etc/postgresql/15/main/pg_ident.conf"
INI, RULES, RULES6 = "/etc/pgbouncer/pgbouncer.ini", "/etc/ufw/user.rules", "/etc/ufw/user6.rules"
POOLER = "/etc/axm/pgbouncer"
PORTS = {"direct": 5432, "runtime": 6432}
PASSWORD = "only-for-this-test"


def run(*command, data="", fault=None, check=True):
    environment = {key: value for key, value in os.environ.items() if key != "AXM_HOST_FAULT"}
    environment.update({"AXM_HOST_FAULT": fault} if fault else {})
    done = subprocess.run(command, input=data, capture_output=True, text=True, env=environment, check=False, cwd="/")
    if check and done.returncode != 0:
        raise AssertionError(f"{command} gave {done.returncode}: {done.stdout} {done.stderr}")
    return done


def read(path, mode="r"):
    with open(path, mode) as source:
        return source.read()


def psql(sql, database="postgres"):
    return run("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database, data=sql).stdout.strip()


LOOK = {"protocol": 1, "op": "look", "organization": "acme", "postgres": {"port": 5432, "admin": "axiomdb"}, "pooler": {"port": 6432}, "firewall": "ufw", "ssh_port": 22}


def ask(op, organization="acme", fault=None, pooler=6432, **more):
    request = {"protocol": 1, "op": op, "organization": organization, "postgres": {"port": 5432, "admin": "axiomdb"},
               "pooler": {"port": pooler} if pooler else None, "firewall": "ufw", "ssh_port": 22, **more}
    done = run(PROGRAM, data=json.dumps(request), fault=fault, check=False)
    return json.loads(done.stdout) if done.stdout else {"ok": False, "code": "KILLED", "exit": done.returncode, "said": done.stderr}


def change(access, fault=None, epoch=7, confirm_seconds=60, **more):
    return ask("change", fault=fault, lease={"epoch": epoch, "line": "a3f1c09b12de4455"}, confirm_seconds=confirm_seconds, access=access, **more)


def confirm(answer, **more):
    return ask("confirm", lease={"epoch": 7, "line": "a3f1c09b12de4455"}, change=answer["change"], **more)


def done(access, **more):
    """A change that is kept."""
    answer = change(access, **more)
    assert answer["ok"], answer
    if answer["changed"]:
        kept = confirm(answer, **{key: value for key, value in more.items() if key in ("organization", "pooler")})
        assert kept["ok"], kept
    return answer


def access(*entries, branches="ab"):
    """Entries as (port, branch, cidr) or (port, branch, cidr, until), with the openings they need."""
    entries = [(*entry, None)[:4] for entry in entries]
    openings = sorted({(PORTS[port], cidr): until for port, _, cidr, until in entries}.items())
    return {"branches": [{"database": f"shop_{b}", "roles": [f"shop_{b}_owner", f"shop_{b}_rw"]} for b in branches],
            "entries": [{"port": port, "database": f"shop_{b}", "cidr": cidr, "until": until} for port, b, cidr, until in sorted(entries, key=lambda e: (e[0], e[1], e[2]))],
            "openings": [{"port": port, "cidr": cidr, "until": until} for (port, cidr), until in openings]}


def bytes_of(*paths):
    return {path: read(path, "rb") for path in paths if os.path.exists(path)}


def outside(path):
    """What a file holds beside what is ours, found by other means than the program's."""
    text, kept, ours = read(path, "rb"), [], False
    if path in (RULES, RULES6):
        parts = text.split(b"\n\n")
        return b"\n\n".join(part for part in parts if b"comment=61786d20756e74696c20" not in part)
    for line in text.split(b"\n"):
        ours = ours or line.startswith(b"# === AXIOMDB MANAGED")
        kept += [] if ours else [line]
        ours = ours and not line.startswith(b"# === END AXIOMDB")
    return b"\n".join(kept)


def foreign():
    return {path: outside(path) for path in (HBA, IDENT, INI, RULES, RULES6)}


def told(access):
    """The parts of an access as sets, for comparing."""
    return ({branch["database"] for branch in access["branches"]}, {(e["port"], e["database"], e["cidr"]) for e in access["entries"]},
            {(o["port"], o["cidr"]) for o in access["openings"]})


def log_in(port, branch, address=None, sql="select 1"):
    """A libpq client of this host, which comes from the address it goes to."""
    address = address or own_address()
    target = f"host={address} port={PORTS[port]} dbname=shop_{branch} user=shop_{branch}_rw connect_timeout={int(3 * PATIENCE)} sslmode=require"
    os.environ["PGPASSWORD"] = PASSWORD
    return run("psql", "-XAtq", "-d", target, "-c", sql, check=False)


def own_address():
    return run("hostname", "-I").stdout.split()[0]


def pooler_pids(user="axm-pooler"):
    """Of the running pgbouncers of an OS user: AxiomDB's own instance, or Debian's as postgres."""
    return [int(pid) for pid in run("pgrep", "-u", user, "-x", "pgbouncer", check=False).stdout.split()]


def stop_pooler(user="axm-pooler"):
    for pid in pooler_pids(user):
        os.kill(pid, 9)
        wait_for(lambda: not os.path.exists(f"/proc/{pid}"))


def as_user(user, *command, check=True):
    return run("setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", *command, check=check)


def wait_for(condition, seconds=20):
    """So many seconds of a quiet machine."""
    end = time.monotonic() + seconds * PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"did not come true within {seconds * PATIENCE} s")
        time.sleep(0.05)


def past(path, seconds):
    """Turns every `until` of the stored document back, as if that much time had gone by."""
    document = json.loads(read(path))
    for part in document["access"]["entries"] + document["access"]["openings"] + document["grace"]:
        if part["until"]:
            then = datetime.datetime.strptime(part["until"], "%Y-%m-%dT%H:%M:%SZ") - datetime.timedelta(seconds=seconds)
            part["until"] = then.strftime("%Y-%m-%dT%H:%M:%SZ")
    with open(path, "w") as target:
        json.dump(document, target)


def overdue(change):
    """Turns a change's deadline back: nobody has confirmed it."""
    path = f"/var/lib/axm/pending/{change}.json"
    entry = {**json.loads(read(path)), "deadline": "2020-01-01T00:00:00Z"}
    with open(path, "w") as target:
        json.dump(entry, target)


SOON = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
OLD = access(("direct", "a", "10.1.0.0/16"), ("runtime", "a", "10.1.0.0/16"), ("direct", "a", "fd01::/64"), ("runtime", "b", "10.3.0.0/16"))
NEW = access(("direct", "a", "10.2.0.0/16"), ("runtime", "a", "10.2.0.0/16"), ("direct", "a", "fd02::/64"), ("runtime", "b", "10.3.0.0/16"))


def install():
    """Ticks come when a test wants them: the loop believes that another one runs."""
    with open(LOOP, "a", encoding="ascii") as held:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        said = run(PACKED, "install", "axiomdb", "5432", "6432").stdout
    os.rename(INSTALLED, INSTALLED + ".aside")
    return said


def setUpModule():
    if not PACKED:
        raise unittest.SkipTest("needs a host to throw away, and AXM_HOST_PROGRAM")
    for branch in "ab" if not psql("SELECT 1 FROM pg_database WHERE datname = 'shop_a'") else "":
        psql(f"CREATE ROLE shop_{branch}_owner LOGIN; CREATE ROLE shop_{branch}_rw LOGIN PASSWORD '{PASSWORD}'")
        psql(f"CREATE DATABASE shop_{branch} OWNER shop_{branch}_owner")
    install()
    for branch in "ab":  # below PgBouncer 1.19 the lookup runs in the client's database; AxiomDB grants this with the branch
        psql(f"GRANT CONNECT ON DATABASE shop_{branch} TO axm_pooler; "
             "GRANT SELECT (rolname, rolpassword, rolsuper, rolcanlogin, rolvaliduntil) ON pg_catalog.pg_authid TO axm_pooler", f"shop_{branch}")


class Host(unittest.TestCase):
    """What every test starts from and must leave behind."""

    def setUp(self):
        self.maxDiff = None
        done(OLD)
        self.foreign = foreign()

    def tearDown(self):
        self.assertEqual(self.foreign, foreign(), "foreign bytes changed")
        done(OLD)  # a change sweeps up after a run that was killed
        left = glob.glob("/etc/**/.axm-*", recursive=True) + glob.glob("/run/axm-prove-*") + glob.glob("/var/lib/axm/*/.axm-*")
        self.assertEqual([], left)

    def seen(self, **more):
        answer = ask("look", **more)
        self.assertTrue(answer["ok"], answer)
        return answer

    def assert_is(self, wanted):
        seen = self.seen()
        self.assertEqual(told(wanted), told(seen["access"]))
        self.assertEqual([], [item for item in seen["disorder"] if item["layer"] != "timer"])

    def _cut_from_hba(self, text):
        data = read(HBA)
        with open(HBA, "w") as target:
            target.write(data.replace(text, ""))
        psql("SELECT pg_reload_conf()")
        self.foreign = foreign()
        wait_for(lambda: not [item for item in self.seen()["disorder"] if "after PostgreSQL" in item["why"]])

    def _session(self, port, branch):
        os.environ["PGPASSWORD"] = PASSWORD
        target = f"host={own_address()} port={PORTS[port]} dbname=shop_{branch} user=shop_{branch}_rw sslmode=require"
        session = subprocess.Popen(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", target], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd="/")
        self.addCleanup(session.stdout.close)
        self.addCleanup(session.kill)
        session.stdin.write("select 'in';\n")
        session.stdin.flush()
        self.assertEqual("in\n", session.stdout.readline())
        return session


class SlowLogin:
    """A client of PostgreSQL that lets the server wait for the proof of its password (SCRAM-SHA-256, RFC 7677)."""

    def __init__(self, address, database, role):
        plain = socket.create_connection((address, PORTS["direct"]))
        plain.sendall(struct.pack("!II", 8, 80877103))
        assert plain.recv(1) == b"S"
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self._socket = context.wrap_socket(plain)
        start = b"".join(word.encode() + b"\0" for word in ("user", role, "database", database)) + b"\0"
        self._socket.sendall(struct.pack("!II", 8 + len(start), 196608) + start)
        assert self._message()[0] == b"R"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.close()

    def answer(self, password):
        first = "n=,r=a-nonce-of-a-test"
        self._send(b"p", b"SCRAM-SHA-256\0" + struct.pack("!I", len(first) + 3) + b"n,," + first.encode())
        told = self._message()[1][4:].decode()
        nonce, salt, rounds = (part[2:] for part in told.split(","))
        salted = hashlib.pbkdf2_hmac("sha256", password.encode(), base64.b64decode(salt), int(rounds))
        key = hmac.digest(salted, b"Client Key", "sha256")
        last = f"c=biws,r={nonce}"
        signature = hmac.digest(hashlib.sha256(key).digest(), f"{first},{told},{last}".encode(), "sha256")
        proof = base64.b64encode(bytes(one ^ other for one, other in zip(key, signature))).decode()
        self._send(b"p", f"{last},p={proof}".encode())
        while self._message()[0] != b"Z":
            pass

    def query(self, sql):
        """The kind of the last message: Z after an answer, anything else when there is none."""
        kind = b""
        try:
            self._send(b"Q", sql + b"\0")
            while kind != b"Z":
                kind = self._message()[0]
        except (OSError, EOFError):
            pass
        return kind

    def _send(self, kind, body):
        self._socket.sendall(kind + struct.pack("!I", 4 + len(body)) + body)

    def _message(self):
        head = self._exactly(5)
        return head[:1], self._exactly(struct.unpack("!I", head[1:])[0] - 4)

    def _exactly(self, count):
        data = b""
        while len(data) < count:
            more = self._socket.recv(count - len(data))
            if not more:
                raise EOFError
            data += more
        return data


class ThereAndBack(Host):

    def test_what_was_asked_for_is_there_and_asking_again_writes_nothing(self):
        answer = done(NEW)
        self.assertTrue(answer["changed"])
        self.assert_is(NEW)
        files = [HBA, IDENT, INI, RULES, RULES6, *glob.glob(POOLER + "/*"), *glob.glob("/var/lib/axm/**/*.json", recursive=True)]
        before = {path: os.stat(path).st_ino for path in files}
        again = change(NEW)
        self.assertEqual((True, False, None), (again["ok"], again["changed"], again["change"]))
        self.assertEqual(before, {path: os.stat(path).st_ino for path in files})

    def test_only_whom_an_entry_names_gets_in(self):
        here = own_address()
        done(access(("direct", "a", f"{here}/32"), ("runtime", "b", f"{here}/32")))
        self.assertEqual("1\n", log_in("direct", "a").stdout)
        self.assertEqual("1\n", log_in("runtime", "b").stdout)
        self.assertIn("pg_hba.conf rejects", log_in("direct", "b").stderr)
        self.assertIn("login rejected", log_in("runtime", "a").stderr)

    def test_a_broader_foreign_line_opens_nothing_and_is_told(self):
        line = "host all all 0.0.0.0/0 scram-sha-256\n"
        with open(HBA, "a") as target:
            target.write(line)
        try:
            self.foreign = foreign()
            done(NEW)
            self.assertIn("rejects", log_in("direct", "a").stderr)
            findings = [note for note in self.seen()["findings"] if note["code"] == "BROADER_LINE"]
            self.assertEqual([f"{HBA}:{read(HBA).count(chr(10))}"], [note["at"] for note in findings])
        finally:
            self._cut_from_hba(line)

    def test_ufw_itself_would_have_written_the_same(self):
        done(access(("direct", "a", "10.1.0.0/16"), branches="a"))
        ours = bytes_of(RULES, RULES6)
        done(access(branches="a"))
        run("ufw", "allow", "proto", "tcp", "from", "10.1.0.0/16", "to", "any", "port", "5432", "comment", "axm until never")
        self.assertEqual(ours, bytes_of(RULES, RULES6))
        self.assertEqual(told(access(("direct", "a", "10.1.0.0/16"), branches="a"))[2], told(self.seen()["access"])[2])
        done(access(("direct", "a", "10.9.0.0/16"), branches="a"))
        run("ufw", "delete", "allow", "proto", "tcp", "from", "10.9.0.0/16", "to", "any", "port", "5432")
        self.assertEqual(set(), told(self.seen()["access"])[2])

    def test_public_modes_open_the_port_and_one_database(self):
        done(access(("runtime", "a", "0.0.0.0/0"), ("runtime", "a", "::/0")))
        self.assertEqual("1\n", log_in("runtime", "a").stdout)
        self.assertIn("login rejected", log_in("runtime", "b").stderr)


class Faults(Host):

    def test_killed_around_the_layers(self):
        self.walk_killed("change")

    def test_killed_while_access_grows(self):
        self.walk_killed("loosen")

    def test_killed_while_access_shrinks(self):
        self.walk_killed("tighten")

    def walk_killed(self, phase):
        """Killed at each point: never wider, foreign bytes unchanged, and the next tick mends it."""
        points = [point for point in run(PROGRAM, "points").stdout.split() if point.startswith(phase)]
        old, new, killed = OLD, NEW, []
        for point in points:
            with self.subTest(point):
                killed += [point] if change(new, fault=f"kill:{point}").get("code") == "KILLED" else []
                self.assert_not_wider(old, new)
                self.assertEqual(self.foreign, foreign())
                run(PROGRAM, "tick")
                pending = self.seen()["pending"]
                self.assert_is(new if pending else old)
                self.assertEqual(pending is not None, point in ("change:applied", "change:armed", "change:outcome"))
                if pending:
                    self.assertTrue(confirm(pending)["ok"])
                    old, new = new, old
        self.assertEqual(points, killed, "every point was reached")

    def test_killed_while_it_undoes_it_undoes_with_the_next_tick(self):
        points = [point for point in run(PROGRAM, "points").stdout.split() if point.startswith("undo:")]
        reached = []
        for point in points:
            with self.subTest(point):
                change(NEW, fault="kill:change:wanted")
                reached += [point] if run(PROGRAM, "tick", fault=f"kill:{point}", check=False).returncode == -9 else []
                self.assert_not_wider(OLD, NEW)
                run(PROGRAM, "tick")
                self.assert_is(OLD)
                self.assertIsNone(self.seen()["pending"])
        self.assertEqual(points, reached, "every point was reached")

    def test_killed_while_something_expires_the_next_tick_goes_on(self):
        points = [point for point in run(PROGRAM, "points").stdout.split() if point.startswith("expire:") and not point.endswith("ended")]
        some = access(("direct", "a", "10.1.0.0/16"), ("runtime", "b", "10.3.0.0/16"))
        more = access(("direct", "a", "10.1.0.0/16"), ("runtime", "b", "10.3.0.0/16"), ("direct", "a", "10.5.0.0/16", SOON), ("runtime", "b", "fd05::/64", SOON),
                      ("runtime", "a", "10.5.0.0/16", SOON), ("direct", "b", "fd05::/64", SOON))
        reached = []
        for number, point in enumerate(points):
            with self.subTest(point):
                done(more)
                past("/var/lib/axm/wanted/acme.json", 4000 + number)  # each time another moment: one event each
                before = len([line for line in self.seen()["journal"] if line["event"] == "expired"])
                reached += [point] if run(PROGRAM, "tick", fault=f"kill:{point}", check=False).returncode == -9 else []
                self.assert_not_wider(more, some)
                run(PROGRAM, "tick")
                self.assert_is(some)
                self.assertEqual(before + 4, len([line for line in self.seen()["journal"] if line["event"] == "expired"]))
        self.assertEqual(points, reached, "every point was reached")

    def test_a_full_disk_around_the_layers(self):
        self.walk_full("change")

    def test_a_full_disk_while_access_grows(self):
        self.walk_full("loosen")

    def test_a_full_disk_while_access_shrinks(self):
        self.walk_full("tighten")

    def walk_full(self, phase):
        """No room at each point: every byte as it was."""
        files = [HBA, IDENT, INI, RULES, RULES6, *glob.glob(POOLER + "/*"), "/var/lib/axm/wanted/acme.json"]
        before = bytes_of(*files)
        for point in [point for point in run(PROGRAM, "points").stdout.split() if point.startswith(phase)]:
            with self.subTest(point):
                answer = change(NEW, fault=f"enospc:{point}")
                self.assertEqual(("DISK", True), (answer["code"], answer["rolled_back"]), answer)
                self.assertEqual(before, bytes_of(*files))
                self.assert_is(OLD)
                self.assertIsNone(self.seen()["pending"])

    def assert_not_wider(self, old, new):
        """Every layer lets in no more than the one or the other."""
        seen = told(self.seen()["access"])
        for was, will, now in zip(told(old), told(new), seen):
            self.assertLessEqual(now, was | will)
        openings = run("iptables-save").stdout + run("ip6tables-save").stdout
        allowed = {cidr for port, cidr in told(old)[2] | told(new)[2]}
        for line in openings.split("\n"):
            if line.startswith("-A ufw") and "user-input" in line and ("--dport 5432" in line or "--dport 6432" in line):
                self.assertIn(line.split(" -s ")[1].split(" ")[0], allowed)


class ByItself(Host):

    def test_what_nobody_confirms_is_undone(self):
        os.rename(INSTALLED + ".aside", INSTALLED)
        self.addCleanup(os.rename, INSTALLED, INSTALLED + ".aside")
        answer = change(NEW, confirm_seconds=5)
        self.assertTrue(answer["ok"], answer)
        wait_for(lambda: self.seen()["pending"] is None, 60)
        self.assert_is(OLD)
        self.assertEqual("restored", self.seen()["journal"][-1]["event"])
        self.assertEqual("NOT_PENDING", confirm(answer)["code"])

    def test_a_clock_that_is_set_back_keeps_nothing_open(self):
        """The host counts on from a moment that it knew: two hours later than its clock says now."""
        done(access(("direct", "a", "10.5.0.0/16", SOON), ("direct", "a", "10.1.0.0/16")))
        change(access(("direct", "a", "10.5.0.0/16", SOON), ("direct", "a", "10.2.0.0/16")), confirm_seconds=3600)
        run(PROGRAM, "tick")
        self.assertIn("10.2.0.0", read(HBA))
        with open("/var/lib/axm/clock.json") as source:
            clock = json.load(source)
        clock["moment"] = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        with open("/var/lib/axm/clock.json", "w") as target:
            json.dump(clock, target)
        run(PROGRAM, "tick")
        self.assert_is(access(("direct", "a", "10.1.0.0/16")))
        self.assertIsNone(self.seen()["pending"])
        change(access(("direct", "a", "10.5.0.0/16", SOON)))
        self.assertNotIn("10.5.0.0", read(HBA))
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.assertTrue(change(access(("direct", "a", "10.5.0.0/16", SOON)), now=now)["ok"])
        self.assertIn("10.5.0.0", read(HBA), "the control plane says that the clock is right")

    def test_a_new_helper_replaces_the_one_that_runs_and_the_doctor_proves_it(self):
        os.rename(INSTALLED + ".aside", INSTALLED)
        self.addCleanup(os.rename, INSTALLED, INSTALLED + ".aside")
        run("cp", "-p", INSTALLED, "/tmp/axm-first")
        self.addCleanup(run, "mv", "/tmp/axm-first", INSTALLED)
        run(INSTALLED, "install", "axiomdb", "5432", "6432")
        self.addCleanup(lambda: run("kill", "-9", read(LOOP).split()[0]))
        wait_for(lambda: len(read(LOOP).split()) == 2)
        old, first = read(LOOP).split()
        run("cp", PACKED, "/tmp/axm-other")
        with zipfile.ZipFile("/tmp/axm-other", "a") as archive:
            archive.writestr("axm_host/later.py", "# another version\n")
        other = json.loads(run("/tmp/axm-other", data=json.dumps(LOOK)).stdout)
        self.assertNotEqual(first, other["helper"])
        wait_for(lambda: os.path.exists("/run/axm-host.ticked"))
        self.assertIn(("axm-host loop", first), [(item["at"], item["is"]) for item in other["disorder"]])
        run("/tmp/axm-other", "install", "axiomdb", "5432", "6432")
        self.assertFalse(os.path.exists(f"/proc/{old}"))
        wait_for(lambda: len(read(LOOP).split()) == 2 and read("/run/axm-host.ticked").split()[0] == other["helper"])
        self.assertNotEqual(old, read(LOOP).split()[0])
        self.assertEqual(other["helper"], read(LOOP).split()[1])
        seen = json.loads(run(INSTALLED, data=json.dumps(LOOK)).stdout)
        self.assertEqual((other["helper"], []), (seen["helper"], [item for item in seen["disorder"] if item["layer"] == "timer"]))

    def test_a_second_change_undoes_the_unconfirmed_one_first(self):
        change(NEW)
        third = access(("direct", "b", "10.7.0.0/16"))
        done(third)
        self.assert_is(third)

    def test_an_expired_entry_lets_nobody_new_in_and_after_the_grace_nobody_at_all(self):
        here = own_address()
        done(access(("direct", "a", f"{here}/32", SOON), ("runtime", "b", f"{here}/32", SOON)))
        direct, pooled = self._session("direct", "a"), self._session("runtime", "b")
        self.assertEqual([("direct", 1), ("runtime", 1)], [(s["port"], s["count"]) for s in self.seen()["sessions"]])
        told_before = [line for line in self.seen()["journal"] if line["event"] == "expired"]
        past("/var/lib/axm/wanted/acme.json", 3601)
        run(PROGRAM, "tick")
        self.assert_is(access())
        self.assertIn("rejects", log_in("direct", "a").stderr)
        self.assertEqual([None, None], [direct.poll(), pooled.poll()])
        told_now = [line for line in self.seen()["journal"] if line["event"] == "expired"][len(told_before):]
        self.assertEqual([("direct", "shop_a", f"{here}/32"), ("runtime", "shop_b", f"{here}/32")], [(line["port"], line["database"], line["cidr"]) for line in told_now])
        past("/var/lib/axm/wanted/acme.json", 301)
        run(PROGRAM, "tick")
        for session in (direct, pooled):
            session.stdin.write("select 1;\n")
            session.stdin.close()
            self.assertNotEqual(0, session.wait(10))
        self.assertEqual([], self.seen()["sessions"])

    def test_sessions_that_a_change_denies_are_ended_and_others_go_on(self):
        here = own_address()
        done(access(("direct", "a", f"{here}/32"), ("runtime", "a", f"{here}/32"), ("runtime", "b", f"{here}/32")))
        direct, pooled, other = self._session("direct", "a"), self._session("runtime", "a"), self._session("runtime", "b")
        answer = done(access(("runtime", "b", f"{here}/32")))
        self.assertEqual([("direct", "shop_a", 1), ("runtime", "shop_a", 1)], [(s["port"], s["database"], s["count"]) for s in answer["ended"]])
        for session, alive in ((direct, False), (pooled, False), (other, True)):
            session.stdin.write("select 1;\n")
            session.stdin.close()
            self.assertEqual(alive, session.wait(10) == 0)


    def test_a_login_that_was_under_way_when_its_entry_went_is_ended_by_the_next_tick(self):
        here = own_address()
        done(access(("direct", "a", f"{here}/32"), branches="a"))
        with SlowLogin(here, "shop_a", "shop_a_rw") as late:
            self.assertEqual([], done(access(branches="a"))["ended"])
            late.answer(PASSWORD)
            self.assertEqual(b"Z", late.query(b"SELECT 1"), "it was judged by the lines that it began with")
            run(PROGRAM, "tick")
            self.assertNotEqual(b"Z", late.query(b"SELECT 1"))

    def test_a_change_that_can_not_be_undone_keeps_nothing_open_that_has_expired(self):
        done(access(branches="a"))
        theirs = {"branches": [{"database": "shop_b", "roles": ["shop_b_owner", "shop_b_rw"]}],
                  "entries": [{"port": "runtime", "database": "shop_b", "cidr": "10.6.0.0/16", "until": SOON}],
                  "openings": [{"port": 6432, "cidr": "10.6.0.0/16", "until": SOON}]}
        done(theirs, organization="zeta")
        change(access(("direct", "a", "10.1.0.0/16"), branches="a"), fault="kill:change:pending")
        past("/var/lib/axm/wanted/zeta.json", 4000)
        with open(HBA, "a") as target:
            target.write("nonsense\n")
        try:
            self.assertNotEqual(0, run(PROGRAM, "tick", check=False).returncode)
            self.assertNotIn("10.6.0.0", run("iptables-save").stdout)
            self.assertNotIn("10.6.0.0", read(POOLER + "/hba.conf"))
        finally:
            self._cut_from_hba("nonsense\n")
        run(PROGRAM, "tick")
        done({"branches": [], "entries": [], "openings": []}, organization="zeta", pooler=None)

    def test_an_expiry_that_fails_on_one_layer_brings_nothing_back(self):
        places = {"pooler": POOLER + "/hba.conf", "pg_hba": HBA, "ufw": RULES}
        some = access(("direct", "a", "10.1.0.0/16"))
        for layer, path in places.items():
            for step in ("installed", "reloaded", "verified"):
                with self.subTest(layer + step):
                    done(access(("direct", "a", "10.1.0.0/16"), ("direct", "a", "10.5.0.0/16", SOON), ("runtime", "b", "10.5.0.0/16", SOON)))
                    past("/var/lib/axm/wanted/acme.json", 3700)
                    self.assertEqual(1, run(PROGRAM, "tick", fault=f"fail:expire:{layer}:{step}", check=False).returncode)
                    self.assertEqual([], [place for place in (HBA, *places.values()) if "10.5.0.0" in read(place)])
                    run(PROGRAM, "tick")
                    self.assertNotIn("10.5.0.0", run("iptables-save").stdout)
                    self.assert_is(some)

    def test_an_undo_that_fails_while_access_shrinks_brings_nothing_back(self):
        for layer, path in {"pooler": POOLER + "/hba.conf", "pg_hba": HBA, "ufw": RULES}.items():
            with self.subTest(layer):
                answer = change(access(("direct", "a", "10.5.0.0/16"), ("runtime", "b", "10.5.0.0/16")))
                overdue(answer["change"])
                self.assertEqual(1, run(PROGRAM, "tick", fault=f"fail:undo:{layer}:verified", check=False).returncode)
                run(PROGRAM, "tick")
                self.assertNotIn("10.5.0.0", read(path))
                self.assert_is(OLD)

    def test_sessions_end_after_the_grace_although_the_expiry_fails(self):
        here = own_address()
        done(access(("direct", "a", f"{here}/32", SOON)))
        session = self._session("direct", "a")
        with open(HBA, "a") as target:
            target.write("nonsense\n")
        try:
            past("/var/lib/axm/wanted/acme.json", 3700)
            run(PROGRAM, "tick", check=False)
            self.assertEqual(None, session.poll())
            self.assertNotIn(here, read(HBA))
            past("/var/lib/axm/wanted/acme.json", 301)
            self.assertIn("FOREIGN_HBA_INVALID", run(PROGRAM, "tick", check=False).stderr)
            session.stdin.write("select 1;\n")
            session.stdin.close()
            self.assertNotEqual(0, session.wait(10))
        finally:
            self._cut_from_hba("nonsense\n")
        run(PROGRAM, "tick")
        self.assert_is(access())

    def test_a_tick_that_fails_is_told_until_one_succeeds(self):
        timer = lambda: {item["is"] for item in self.seen()["disorder"] if item["layer"] == "timer"}
        told_before = len([line for line in self.seen()["journal"] if line["event"] == "tick_failed"])
        for _ in range(2):
            done(access(("direct", "a", "10.5.0.0/16", SOON)))
            past("/var/lib/axm/wanted/acme.json", 3700)
            self.assertEqual(1, run(PROGRAM, "tick", fault="fail:expire:ufw:verified", check=False).returncode)
            self.assertEqual({"failing: VERIFY_FAILED"}, timer())
        lines = [line for line in self.seen()["journal"] if line["event"] == "tick_failed"]
        self.assertEqual([("VERIFY_FAILED", "a test broke expire:ufw:verified")], [(line["code"], line["what"]) for line in lines[told_before:]])
        run(PROGRAM, "tick")
        self.assertEqual(set(), timer())

    def test_another_port_of_the_pooler_is_undone_too(self):
        for fault in (None, "kill:change:wanted", "kill:tighten:pooler:verified"):
            with self.subTest(fault):
                answer = change(access(("direct", "a", "10.1.0.0/16")), fault=fault, pooler=6433)
                self.assertEqual(fault is None, answer["ok"], answer)
                if fault is None:
                    self.assertTrue(answer["restarted"])
                    overdue(answer["change"])
                run(PROGRAM, "tick")
                self.assert_is(OLD)
                self.assertIsNone(self.seen()["pending"])

    def test_a_throw_away_pooler_that_ends_is_not_one_that_reads_its_files_otherwise(self):
        stand_in = "/usr/local/sbin/pgbouncer"
        for line, said in (("exit 3", "ended with code 3"), ("kill -9 $$", "was ended by signal 9")):
            with self.subTest(line):
                with open(stand_in, "w") as target:
                    target.write(f'#!/bin/sh\n[ "$1" = --version ] || {line}\nexec /usr/sbin/pgbouncer "$@"\n')
                os.chmod(stand_in, 0o755)
                try:
                    answer = change(NEW)
                finally:
                    os.unlink(stand_in)
                self.assertEqual("VERIFY_FAILED", answer["code"])
                self.assertIn(said, answer["what"])
                self.assertNotIn("as meant", answer["what"])
                self.assert_is(OLD)

    def test_a_port_that_is_taken_leaves_the_pooler_as_it_was(self):
        with socket.create_server(("", 6433)):
            wanted = access(("direct", "a", "10.1.0.0/16"))  # nothing on the runtime port, whose number is another
            self.assertEqual("FOREIGN_POOLER_PORT", change(wanted, pooler=6433)["code"])
        self.assert_is(OLD)


class Unreadable(Host):
    """What can't be read below /var/lib/axm holds nothing else up, and what it held open ends as the rules themselves say."""
    ZETA = {"branches": [{"database": "shop_b", "roles": ["shop_b_owner", "shop_b_rw"]}],
            "entries": [{"port": "direct", "database": "shop_b", "cidr": "10.6.0.0/16", "until": SOON}, {"port": "runtime", "database": "shop_b", "cidr": "10.7.0.0/16", "until": None}],
            "openings": [{"port": 5432, "cidr": "10.6.0.0/16", "until": SOON}, {"port": 6432, "cidr": "10.7.0.0/16", "until": None}]}
    DAMAGES = (b"{", None)  # None: a directory; what else is no document: test_texts.StateFiles

    def setUp(self):
        super().setUp()
        done(access(branches="a"))
        done(self.ZETA, organization="zeta")

    def tearDown(self):
        for path in glob.glob("/var/lib/axm/**/*.unreadable-*", recursive=True):
            run("rm", "-r", path)
        done({"branches": [], "entries": [], "openings": []}, organization="zeta")
        super().tearDown()

    def damage(self, path, data=b"{"):
        os.path.exists(path) and os.unlink(path)
        if data is None:
            os.mkdir(path)
        else:
            with open(path, "wb") as target:
                target.write(data)

    def turn_back(self, end, earlier):
        """As if the time had come, in the documents and beside the openings."""
        for path in (HBA, POOLER + "/hba.conf", RULES, *glob.glob("/var/lib/axm/wanted/*.json")):
            if os.path.isfile(path):
                text = read(path, "rb")
                with open(path, "wb") as target:
                    target.write(text.replace(end.encode(), earlier.encode()).replace(end.encode().hex().encode(), earlier.encode().hex().encode()))

    def named(self, **more):
        return [note["at"] for note in self.seen(**more)["findings"] if note["code"] == "STATE_UNREADABLE"]

    def unfit(self, **more):
        return [(why["code"], why["what"], why["mend"]) for why in self.seen(**more)["unfit"]]

    def assert_open(self, *cidrs):
        """These of ours, in the kernel and in every file; no other of zeta's."""
        for cidr in ("10.6.0.0/16", "10.7.0.0/16"):
            self.assertEqual(cidr in cidrs, cidr in run("iptables-save").stdout, cidr)
            self.assertEqual(cidr in cidrs, cidr in read(HBA) + read(POOLER + "/hba.conf"), cidr)

    def test_another_organizations_rule_ends_and_everything_else_stays(self):
        for number, data in enumerate(self.DAMAGES):
            with self.subTest(data):
                sooner = f"2099-01-01T00:00:0{number}Z"
                done(access(("direct", "a", "10.5.0.0/16", sooner), ("runtime", "a", "10.1.0.0/16"), branches="a"))
                was = self.seen(organization="zeta")["access"]
                self.damage("/var/lib/axm/wanted/zeta.json", data)
                self.assertEqual(["/var/lib/axm/wanted/zeta.json"], self.named())
                self.assertEqual(was, self.seen(organization="zeta")["access"], "as the rules have it")
                self.turn_back(sooner, f"2020-01-01T00:00:0{number}Z")
                run(PROGRAM, "tick")
                self.assertNotIn("10.5.0.0", run("iptables-save").stdout + read(HBA))
                self.assert_open("10.6.0.0/16", "10.7.0.0/16")
                for organization in ("acme", "zeta"):
                    self.assertIn("/var/lib/axm/wanted/zeta.json.unreadable-", self.named(organization=organization)[0])
                    self.assertEqual([], self.unfit(organization=organization))
                self.assertEqual(was, self.seen(organization="zeta")["access"])
                self.assertEqual([], [item for item in self.seen(organization="zeta")["disorder"] if item["layer"] != "timer"])
                for path in glob.glob("/var/lib/axm/wanted/*.unreadable-*"):
                    run("rm", "-r", path)
                self.assertFalse(change(self.ZETA, organization="zeta")["changed"])

    def test_a_change_of_another_organization_takes_nothing_of_it_away(self):
        self.damage("/var/lib/axm/wanted/zeta.json")
        done(access(("direct", "a", "10.2.0.0/16"), branches="a"))
        self.assert_open("10.6.0.0/16", "10.7.0.0/16")
        self.assertIn('host all "shop_a_owner","shop_a_rw","shop_b_owner","shop_b_rw" all reject', read(HBA))
        self.assertEqual("NOT_YOURS", change(OLD)["code"], "shop_b is zeta's")

    def test_what_it_held_open_is_closed_by_the_end_beside_it(self):
        self.damage("/var/lib/axm/wanted/zeta.json")
        self.damage("/var/lib/axm/wanted/acme.json", None)
        self.turn_back(SOON, "2020-01-01T00:00:00Z")
        run(PROGRAM, "tick")
        self.assert_open("10.7.0.0/16")
        self.assertEqual(("direct", "10.6.0.0/16", "2020-01-01T00:00:00Z"),
                         tuple(self.seen(organization="zeta")["journal"][-1][key] for key in ("port", "cidr", "until")))
        self.assertEqual([], self.unfit(organization="zeta"))

    def test_an_end_that_stands_nowhere_keeps_it_open_and_the_host_unfit_until_somebody_says_it(self):
        for path, old, new in ((HBA, f" # axm: until {SOON}", ""), (RULES, b" until never".hex(), b"".hex())):
            text = read(path)
            with open(path, "w") as target:
                target.write(text.replace(old, new))
        psql("SELECT pg_reload_conf()")
        self.damage("/var/lib/axm/wanted/zeta.json")
        for _ in range(2):
            told_ = self.unfit()
            self.assertEqual(["END_UNKNOWN", "END_UNKNOWN"], [code for code, _, _ in told_])
            self.assertIn("direct access to shop_b from 10.6.0.0/16 is open, and until when is not known", told_[0][1])
            self.assertIn("port 6432 is open to 10.7.0.0/16", told_[1][1])
            self.assertEqual(("END_UNKNOWN", "END_UNKNOWN"), (change(access(branches="a"))["code"], change(self.ZETA, organization="zeta")["code"]))
            run(PROGRAM, "tick")
            self.assert_open("10.6.0.0/16", "10.7.0.0/16")
        run("ufw", "allow", "proto", "tcp", "from", "10.7.0.0/16", "to", "any", "port", "6432", "comment", "axm until never")
        text = read(HBA)
        with open(HBA, "w") as target:
            target.write(text.replace("10.6.0.0/16 scram-sha-256 # axm: until unknown", "10.6.0.0/16 scram-sha-256 # axm: until 2020-01-01T00:00:00Z"))
        run(PROGRAM, "tick")
        self.assertEqual([], self.unfit())
        self.assertNotIn("10.6.0.0", read(HBA))
        self.assertIn("10.7.0.0", run("iptables-save").stdout)

    def test_a_lost_undo_is_told_and_what_no_document_says_is_closed(self):
        for fault in (None, "kill:loosen:ufw:verified"):
            with self.subTest(fault):
                change(access(("direct", "a", "10.9.0.0/16"), branches="a"), fault=fault)
                path, = glob.glob("/var/lib/axm/pending/*.json")
                self.damage(path)
                run(PROGRAM, "tick")
                self.assertEqual(fault is None, "10.9.0.0/16" in read(HBA))
                self.assertEqual(fault is None, "10.9.0.0/16" in run("iptables-save").stdout)
                (code, what, mend), = self.unfit()
                self.assertEqual("STATE_UNREADABLE", code)
                self.assertIn("what an unconfirmed change is to be undone to", what)
                self.assertEqual("STATE_UNREADABLE", change(access(branches="a"))["code"])
                run(*mend.rpartition(": ")[2].split())
                self.assertEqual([], self.unfit())
                done(access(branches="a"))

    def test_every_other_file_is_put_aside_and_named_as_well(self):
        plane = "00000000-0000-4000-8000-000000000000"
        self.addCleanup(run, "rm", "-f", "/var/lib/axm/marks/acme.json")
        for path in ("/var/lib/axm/epochs.json", "/var/lib/axm/marks/acme.json", "/var/lib/axm/journal.jsonl"):
            for data in self.DAMAGES if "journal" not in path else (None,):
                with self.subTest((path, data)):
                    mark = {"control_plane": plane, "apply": 1, "sequence": 1, "head": "ab" * 32}
                    before = [{key: kept[key] for key in mark} for kept in self.seen()["marks"]]
                    self.assertTrue(ask("mark", lease={"epoch": 7, "line": "a3f1c09b12de4455"}, before=before, mark=mark)["ok"])
                    self.damage(path, data)
                    self.assertEqual([path], self.named())
                    run(PROGRAM, "tick")
                    self.assertIn(path + ".unreadable-", self.named()[0])
                    self.assertEqual(["STATE_UNREADABLE"] if "journal" not in path else [], [code for code, _, _ in self.unfit()])
                    run("rm", "-r", self.named()[0])
                    self.assertEqual([], self.unfit())
        self.assertTrue(done(access(("direct", "a", "10.2.0.0/16"), branches="a"))["changed"])


class Drift(Host):

    def test_hand_edits_in_the_block_are_told_and_mended(self):
        text = read(HBA)
        with open(HBA, "w") as target:
            target.write(text.replace("local all", "host all all 0.0.0.0/0 trust\nlocal all", 1))
        seen = self.seen()
        self.assertIn(("pg_hba", "host all all 0.0.0.0/0 trust"), {(item["layer"], item["is"]) for item in seen["disorder"]})
        self.assertTrue(done(OLD)["changed"])
        self.assert_is(OLD)

    def test_a_block_that_is_not_first_is_told_and_moved(self):
        text = read(HBA)
        with open(HBA, "w") as target:
            target.write("# above\n" + text)
        self.foreign = foreign()
        self.assertIn("not the first thing", json.dumps(self.seen()["disorder"]))
        done(OLD)
        self.assert_is(OLD)
        self.assertTrue(read(HBA).startswith("# === AXIOMDB"))
        self._cut_from_hba("# above\n")

    def test_a_broader_line_above_the_block_is_not_called_harmless(self):
        line, text = "host all all 0.0.0.0/0 scram-sha-256\n", read(HBA)
        with open(HBA, "w") as target:
            target.write(line + text)
        try:
            self.foreign = foreign()
            told = [note["mend"] for note in self.seen()["findings"] if note["code"] == "BROADER_LINE"]
            self.assertIn("decides before it, until", told[0])
            done(OLD)
            told = [note["mend"] for note in self.seen()["findings"] if note["code"] == "BROADER_LINE"]
            self.assertIn("does not open", told[0])
        finally:
            self._cut_from_hba(line)

    def test_an_entry_that_somebody_added_or_took_away_is_seen(self):
        text = read(HBA)
        line = 'hostssl "shop_a" "shop_a_owner","shop_a_rw" 10.1.0.0/16 scram-sha-256 # axm: until never\n'
        with open(HBA, "w") as target:
            target.write(text.replace(line, line.replace("10.1.0.0/16", "10.8.0.0/16")))
        entries = told(self.seen()["access"])[1]
        self.assertIn(("direct", "shop_a", "10.8.0.0/16"), entries)
        self.assertNotIn(("direct", "shop_a", "10.1.0.0/16"), entries)
        done(OLD)
        self.assert_is(OLD)

    def test_a_file_that_was_touched_is_read_again(self):
        run("touch", HBA)
        self.assertIn("after PostgreSQL last read it", json.dumps(self.seen()["disorder"]))
        self.assertTrue(done(OLD)["changed"])
        self.assert_is(OLD)
        self.assertFalse(done(OLD)["changed"])

    def test_a_certificate_brings_back_no_entry_that_somebody_took_away(self):
        text = read(POOLER + "/hba.conf")
        with open(POOLER + "/hba.conf", "w") as target:
            target.write("".join(line for line in text.splitlines(True) if "10.1.0.0" not in line))
        chain = run("openssl", "req", "-x509", "-key", "/etc/axm/tls/server.key", "-days", "1", "-subj", "/CN=again").stdout
        answer = ask("certificate", lease={"epoch": 7, "line": "a3f1c09b12de4455"}, chain=chain, names=[])
        self.assertTrue(answer["ok"], answer)
        self.assertNotIn("10.1.0.0", read(POOLER + "/hba.conf"))
        self.assertTrue(done(OLD)["changed"])
        self.assert_is(OLD)

    def test_a_hole_in_the_kernel_that_no_file_knows_is_seen_and_closed(self):
        run("iptables", "-A", "ufw-user-input", "-p", "tcp", "--dport", "5432", "-j", "ACCEPT")
        self.assertIn("in no file of ufw", json.dumps(self.seen()["disorder"]))
        self.assertTrue(done(OLD)["changed"])
        self.assert_is(OLD)

    def test_a_pooler_that_is_down_is_seen_and_started(self):
        stop_pooler()
        self.assertEqual(set(), {entry for entry in told(self.seen()["access"])[1] if entry[0] == "runtime"})
        self.assertTrue(done(OLD)["changed"])
        self.assert_is(OLD)

    def test_one_organization_neither_sees_nor_mends_another(self):
        other = {"branches": [{"database": "shop_b", "roles": ["shop_b_owner", "shop_b_rw"]}],
                 "entries": [{"port": "direct", "database": "shop_b", "cidr": "10.6.0.0/16", "until": None}],
                 "openings": [{"port": 5432, "cidr": "10.6.0.0/16", "until": None}]}
        mine = access(("direct", "a", "10.1.0.0/16"), branches="a")
        done(mine)
        done(other, organization="zeta", pooler=None)
        self.assert_is(mine)
        self.assertEqual(told(other), told(self.seen(organization="zeta", pooler=None)["access"]))
        for what, branch in (("database 'shop_b'", {"database": "shop_b", "roles": ["shop_x"]}), ("role 'shop_b_rw'", {"database": "shop_x", "roles": ["shop_a_rw", "shop_b_rw"]})):
            refused = change({"branches": [branch], "entries": [], "openings": []})
            self.assertEqual("NOT_YOURS", refused["code"])
            self.assertIn(f"{what} is recorded on this host as organization zeta's", refused["what"])
            self.assertIn("take it out of zeta's axiomdb.yaml", refused["mend"])
        for more in ({"from": "shop_b", "owner": "shop_a_owner"}, {"from": "shop_a", "owner": "shop_b_owner"}):
            self.assertEqual("NOT_YOURS", ask("copy", lease={"epoch": 7, "line": "a3f1c09b12de4455"}, to="axm_new_0123456789abcdef", schema_only=False,
                                              login="axm_run_0123456789abcdef", password="x", **more)["code"])
        done(access(branches="a"))
        self.assertEqual(told(other), told(self.seen(organization="zeta", pooler=None)["access"]))
        done({"branches": [], "entries": [], "openings": []}, organization="zeta", pooler=None)


    def test_an_organization_that_wants_nothing_binds_nobody(self):
        nothing = {"branches": [], "entries": [], "openings": []}
        done(access(branches="a"))
        done(access(branches="b"), organization="zeta", pooler=6432)
        theirs = access(branches="b")
        self.assertEqual("BAD_REQUEST", change(access(branches="a"), pooler=6433)["code"])
        leaving = change(nothing, organization="zeta")
        self.assertEqual("NOT_YOURS", change(OLD)["code"], "zeta's change may still be undone")
        self.assertTrue(confirm(leaving, organization="zeta")["ok"])
        self.assertFalse(os.path.exists("/var/lib/axm/wanted/zeta.json"))
        self.assertFalse(change(nothing, organization="zeta")["changed"])
        done(OLD)
        self.assert_is(OLD)
        self.assertEqual("NOT_YOURS", change(theirs, organization="zeta")["code"])


class PoolerOfItsOwn(Host):
    """AxiomDB's pooler runs as an OS user of its own, whom alone PostgreSQL lets in; whoever else could be that user makes the host unfit."""

    def unfit(self):
        return [(why["code"], why["what"]) for why in self.seen()["unfit"]]

    def assert_open_to_others(self, words):
        self.assertEqual(["OPEN_TO_OTHERS"], [code for code, _ in self.unfit()])
        self.assertIn(words, self.unfit()[0][1])
        self.assertEqual("OPEN_TO_OTHERS", change(NEW)["code"])

    def test_it_runs_as_its_own_user_in_no_other_group_and_debians_does_not_run(self):
        self.assertEqual(1, len(pooler_pids()))
        self.assertEqual([], pooler_pids("postgres"))
        status = dict(line.split(":\t", 1) for line in read(f"/proc/{pooler_pids()[0]}/status").splitlines() if ":\t" in line)
        mine = run("id", "-u", "axm-pooler").stdout.strip(), run("id", "-g", "axm-pooler").stdout.strip()
        self.assertEqual((mine[0], mine[1], ""), (status["Uid"].split()[0], status["Gid"].split()[0], status["Groups"].strip()))
        self.assertEqual([], glob.glob("/etc/rc2.d/S*pgbouncer"))
        self.assertEqual(run("dpkg-query", "-W", "-f", "${Conffiles}", "pgbouncer").stdout.split("pgbouncer.ini ")[1].split()[0], run("md5sum", INI).stdout.split()[0])

    def test_the_map_names_only_its_user(self):
        self.assertEqual({"axm-pooler"}, {line.split()[1] for line in read(IDENT).splitlines() if line.startswith("axm_pooler ")})
        for user, role in (("postgres", "shop_a_rw"), ("axiomdb", "shop_a_rw"), ("postgres", "axm_pooler")):
            with self.subTest(user):
                self.assertIn("eer authentication failed", as_user(user, "psql", "-XAtq", "-d", f"dbname=shop_a user={role}", "-c", "select 1", check=False).stderr)
        self.assertEqual("1\n", as_user("axm-pooler", "psql", "-XAtq", "-d", "dbname=shop_a user=shop_a_rw", "-c", "select 1").stdout)

    def test_nobody_else_reads_its_key_or_reaches_its_socket(self):
        self.assertEqual(read("/etc/axm/tls/server.key"), read(POOLER + "/server.key"))
        for path, looks in ((POOLER, ("root", "axm-pooler", "750")), (POOLER + "/server.key", ("root", "axm-pooler", "640")), ("/run/axm-pooler", ("axm-pooler", "axm-pooler", "700"))):
            self.assertEqual(looks, tuple(run("stat", "-c", "%U %G %a", path).stdout.split()))
        for command in (("cat", POOLER + "/server.key"), ("ls", "/run/axm-pooler")):
            self.assertIn("ermission denied", as_user("postgres", *command, check=False).stderr)
        self.assertIn("ermission denied", as_user("axm-pooler", "cat", "/etc/axm/tls/server.key", check=False).stderr)
        os.chmod(POOLER + "/server.key", 0o644)
        self.assertIn(POOLER + "/server.key", json.dumps(self.seen()["disorder"]))
        self.assertNotIn("PRIVATE KEY", json.dumps(self.seen()))
        self.assertTrue(done(OLD)["changed"])
        self.assertEqual("640", run("stat", "-c", "%a", POOLER + "/server.key").stdout.strip())

    def test_a_certificate_that_changes_at_its_source_is_taken_over_by_the_tick(self):
        certificate, key = "/etc/axm/tls/server.crt", "/etc/axm/tls/server.key"
        former, sessions_ = bytes_of(certificate, key), ask("look")["certificate"]["served"]
        self.addCleanup(run, PROGRAM, "tick")
        self.addCleanup(self._put, former)
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "/tmp/new.key", "-out", "/tmp/new.crt", "-subj", "/CN=renewed")
        self._put({key: read("/tmp/new.key", "rb")})
        self.assertEqual(1, run(PROGRAM, "tick", check=False).returncode, "half a pair")
        self.assertEqual(sessions_["runtime"], ask("look")["certificate"]["served"]["runtime"])
        self.assertIn("not renewed", {item["is"] for item in self.seen()["disorder"]})
        self._put({certificate: read("/tmp/new.crt", "rb")})
        run(PROGRAM, "tick")
        shown = run("openssl", "x509", "-in", "/tmp/new.crt", "-noout", "-fingerprint", "-sha256").stdout.split("=")[1].strip().replace(":", "").lower()
        self.assertEqual(shown, ask("look")["certificate"]["served"]["runtime"])
        self.assert_is(OLD)

    def _put(self, contents):
        for path, data in contents.items():
            with open(path, "wb") as target:
                target.write(data)

    def test_where_nothing_else_does_the_tick_starts_it_again(self):
        stop_pooler()
        run(PROGRAM, "tick")
        self.assertEqual(1, len(pooler_pids()))
        self.assert_is(OLD)

    def test_a_process_that_runs_as_its_user_and_is_not_ours(self):
        ini = "/tmp/other.ini"
        with open(ini, "w") as target:
            target.write("[databases]\n* = host=/var/run/postgresql\n[pgbouncer]\nlisten_addr = *\nlisten_port = 6499\nunix_socket_dir =\nauth_type = any\n")
        with subprocess.Popen(["setpriv", "--reuid=axm-pooler", "--regid=axm-pooler", "--clear-groups", "pgbouncer", ini], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as other:
            try:
                wait_for(lambda: any(line.split()[1].endswith(":1963") for line in read("/proc/net/tcp").splitlines()[1:]))
                self.assert_open_to_others("runs as axm-pooler, and is not AxiomDB's pooler")
            finally:
                other.kill()
        self.assertEqual([], self.unfit())

    def test_a_program_that_listens_as_postgresqls_own_user_is_told(self):
        """Whatever it is called, and whether it listens on a port or on a unix socket. One that passes connections on by trade makes the host unfit."""
        unix = "import socket, time; s = socket.socket(socket.AF_UNIX); s.bind('/tmp/passer'); s.listen(); time.sleep(1000)"
        for command, is_there in ((("python3", "-m", "http.server", "--bind", "127.0.0.1", "6498"), lambda: any(line.split()[1].endswith(":1962") for line in read("/proc/net/tcp").splitlines()[1:])),
                                  (("python3", "-c", unix), lambda: os.path.exists("/tmp/passer"))):
            with self.subTest(command[1]), subprocess.Popen(["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as other:
                try:
                    wait_for(is_there)
                    told_ = [note["what"] for note in self.seen()["findings"] if note["code"] == "FOREIGN_LISTENER"]
                    self.assertIn("OS user postgres, ports 6498" if command[1] == "-m" else "OS user postgres, ports none", told_[0])
                    self.assertEqual([], self.unfit())
                finally:
                    other.kill()
        os.unlink("/tmp/passer")
        self.assertEqual([], [note for note in self.seen()["findings"] if note["code"] == "FOREIGN_LISTENER"])

    def test_what_listens_as_a_user_whom_postgresql_does_not_let_in_is_no_matter(self):
        with subprocess.Popen(["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "python3", "-m", "http.server", "--bind", "127.0.0.1", "6498"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as other:
            try:
                wait_for(lambda: any(line.split()[1].endswith(":1962") for line in read("/proc/net/tcp").splitlines()[1:]))
                self.assertEqual([], self.unfit())
                self.assertNotIn("6498", json.dumps(self.seen()["findings"]))
                psql("CREATE ROLE nobody LOGIN SUPERUSER")  # by Debian's own `local all all peer`
                self.addCleanup(psql, "DROP ROLE nobody")
                wait_for(lambda: any("OS user nobody, ports 6498" in what and "the superuser nobody, and what it serves is not known" in what for _, what in self.unfit()))
            finally:
                other.kill()

    def test_a_user_or_group_that_is_shared(self):
        run("useradd", "--system", "--no-create-home", "neighbour")
        self.addCleanup(run, "userdel", "neighbour")
        twin = f"twin:x:{run('id', '-u', 'axm-pooler').stdout.strip()}:65534::/:/usr/sbin/nologin"
        for made, unmade, words in (
                (("usermod", "-aG", "postgres", "axm-pooler"), ("gpasswd", "--delete", "axm-pooler", "postgres"), "is in the group postgres"),
                (("usermod", "-aG", "axm-pooler", "neighbour"), ("gpasswd", "--delete", "neighbour", "axm-pooler"), "neighbour is in the group axm-pooler"),
                (("sed", "-i", f"$ a {twin}", "/etc/passwd"), ("sed", "-i", "/^twin:/d", "/etc/passwd"), "the OS user twin has the uid"),
                (("usermod", "-s", "/bin/sh", "axm-pooler"), ("usermod", "-s", "/usr/sbin/nologin", "axm-pooler"), "can log in")):
            with self.subTest(words):
                run(*made)
                try:
                    self.assert_open_to_others(words)
                finally:
                    run(*unmade)
                self.assertEqual([], self.unfit())

    def test_whom_sudo_cron_or_a_service_lets_be_it(self):
        os.makedirs("/etc/systemd/system/x.service.d", exist_ok=True)
        for folder in ("/usr/lib/systemd/system", "/usr/local/lib"):  # of this host alone: a lab's hosts share their programs
            run("mount", "-t", "tmpfs", "-o", "mode=755", "none", folder)
            self.addCleanup(run, "umount", folder)
        os.makedirs("/usr/local/lib/systemd/system")
        for path, text, words in (("/etc/sudoers.d/other", "neighbour ALL=(axm-pooler) NOPASSWD: /usr/bin/psql\n", "sudo lets neighbour run things as axm-pooler"),
                                  ("/etc/sudoers.d/other", "%devs ALL=(ALL, !root) ALL\n", "sudo lets devs run things"),
                                  ("/etc/doas.conf", "permit nopass neighbour as axm-pooler\n", "/etc/doas.conf runs something"),
                                  ("/etc/cron.d/other", "* * * * * axm-pooler /usr/bin/psql\n", "/etc/cron.d/other runs something"),
                                  ("/etc/systemd/system/x.service", "[Service]\nUser=axm-pooler\n", "x.service runs something"),
                                  ("/etc/systemd/system/x.service", f"[Service]\nUser={pwd.getpwnam('axm-pooler').pw_uid}\n", "x.service runs something"),
                                  ("/usr/lib/systemd/system/axm-x.service", "[Service]\nUser=axm-pooler\n", "/usr/lib/systemd/system/axm-x.service runs something"),
                                  ("/usr/local/lib/systemd/system/axm-x.service", "[Service]\nUser=axm-pooler\n", "/usr/local/lib/systemd/system/axm-x.service runs something"),
                                  ("/etc/systemd/system/x.service.d/u.conf", "[Service]\n User = axm-pooler\n", "u.conf runs something")):
            with self.subTest(words):
                with open(path, "w") as target:
                    target.write(text)
                os.chmod(path, 0o440)
                try:
                    self.assert_open_to_others(words)
                finally:
                    os.unlink(path)
                self.assertEqual([], self.unfit())

    def test_lines_of_others_in_our_map_or_for_all_members_of_our_roles(self):
        for path, line, words in ((IDENT, "axm_pooler postgres shop_a_rw\n", "lets the OS user postgres in by AxiomDB's own map"),
                                  (HBA, "local all +shop_a_rw peer\n", "lets in every member of shop_a_rw")):
            with self.subTest(line):
                before = read(path)
                with open(path, "a") as target:
                    target.write(line)
                try:
                    self.assert_open_to_others(words)
                finally:
                    with open(path, "w") as target:
                        target.write(before)
                psql("SELECT pg_reload_conf()")
                wait_for(lambda: not [item for item in self.seen()["disorder"] if "after PostgreSQL" in item["why"]])
                self.assertEqual([], self.unfit())

    def test_a_socket_that_it_can_not_reach_is_said_and_how_to_let_it(self):
        mode = os.stat("/run/postgresql").st_mode & 0o7777
        os.chmod("/run/postgresql", 0o2770)
        try:
            said = self.seen()["unfit"]
        finally:
            os.chmod("/run/postgresql", mode)
        self.assertEqual(["NO_POOLER"], [why["code"] for why in said])
        self.assertIn("axm-pooler can't reach PostgreSQL's socket", said[0]["what"])
        self.assertIn("unix_socket_permissions", said[0]["mend"])


class LookupRole(Host):
    """The role that reads verifiers: AxiomDB's by its number, whatever a role with CREATEROLE does with its name."""
    RECORD = "/var/lib/axm/roles.json"
    EVERYTHING = "SELECT string_agg(rolname || rolpassword, ' ') FROM pg_catalog.pg_authid WHERE rolsuper"

    def setUp(self):
        super().setUp()
        psql("CREATE ROLE evil LOGIN CREATEROLE PASSWORD 'x'; CREATE ROLE vip SUPERUSER PASSWORD 'y'")
        self.number, self.known = int(psql("SELECT 'axm_pooler'::regrole::oid")), read(self.RECORD)

    def tearDown(self):
        for other in psql("SELECT rolname FROM pg_roles WHERE rolname ~ 'axm_pooler|group_of_evil' AND oid <> " + str(self.number)).split():
            psql(f"REVOKE CONNECT ON DATABASE postgres FROM {other}; REVOKE SELECT (rolname, rolpassword, rolsuper, rolcanlogin, rolvaliduntil) ON pg_catalog.pg_authid FROM {other}; DROP ROLE {other}")
        name = psql(f"SELECT quote_ident(rolname) FROM pg_roles WHERE oid = {self.number}")
        if name != "axm_pooler":
            psql(f"ALTER ROLE {name} RENAME TO axm_pooler")
        with open(self.RECORD, "w") as target:
            target.write(self.known)
        psql("DROP ROLE vip, evil; ALTER ROLE axm_pooler PASSWORD NULL")
        super().tearDown()

    def evil(self, sql):
        return psql(f"SET SESSION AUTHORIZATION evil; {sql}")

    def unfit(self):
        return [(why["code"], why["what"], why["mend"]) for why in self.seen()["unfit"]]

    def assert_unfit(self, code, words):
        """It is told, and nothing is changed. Returns how to mend it."""
        told_, = self.unfit()
        self.assertEqual(code, told_[0])
        self.assertIn(words, told_[1])
        self.assertEqual(code, change(NEW)["code"])
        return told_[2]

    def test_it_is_the_one_that_enrolment_made(self):
        self.assertEqual(self.number, self.seen()["postgres"]["lookup_role"])
        self.assertEqual({self.seen()["postgres"]["system_identifier"]: self.number}, json.loads(self.known))
        install()
        self.assertEqual(self.number, self.seen()["postgres"]["lookup_role"])
        self.assertEqual([], self.unfit())

    def test_whoever_makes_himself_a_member_is_told_and_can_be_taken_out(self):
        self.evil("GRANT axm_pooler TO evil")
        self.assertIn("vipSCRAM-SHA-256", self.evil(self.EVERYTHING))
        self.assertIn("REVOKE axm_pooler FROM evil CASCADE", self.assert_unfit("LOOKUP_MEMBERS", "the role evil is a member of it"))
        psql("REVOKE axm_pooler FROM evil CASCADE")
        with self.assertRaisesRegex(AssertionError, "permission denied"):
            self.evil(self.EVERYTHING)
        self.evil("CREATE ROLE group_of_evil; GRANT group_of_evil TO axm_pooler")
        self.assert_unfit("LOOKUP_MEMBERS", "it is a member of group_of_evil")
        install()  # which makes of AxiomDB's role again what it was
        self.assertEqual([], self.unfit())

    def test_a_password_is_told_and_lets_nobody_in(self):
        self.evil("ALTER ROLE axm_pooler PASSWORD 'known'")
        lines = "host all all 0.0.0.0/0 scram-sha-256\nlocal all all scram-sha-256\n"
        with open(HBA, "a") as target:
            target.write(lines)
        try:
            psql("SELECT pg_reload_conf()")
            wait_for(lambda: "password authentication failed" in self._as("evil", f"host={own_address()} dbname=postgres"))  # that line lets others in
            for place in (f"host={own_address()} sslmode=require", f"host={own_address()} sslmode=disable", "host=127.0.0.1", "host=/var/run/postgresql"):
                for database in ("postgres", "shop_a", "template1"):
                    with self.subTest(place, database=database):
                        self.assertRegex(self._as("axm_pooler", f"{place} dbname={database}"), "pg_hba.conf rejects connection|eer authentication failed")
        finally:
            self._cut_from_hba(lines)
        self.assertEqual("ALTER ROLE axm_pooler PASSWORD NULL", self.assert_unfit("LOOKUP_ROLE", "has a password"))

    def _as(self, role, target):
        os.environ["PGPASSWORD"] = "known"
        return run("psql", "-XAtq", "-d", f"{target} user={role}", "-c", "select 1", check=False).stderr

    def test_what_it_may_more_than_look_up_is_told(self):
        psql("ALTER ROLE axm_pooler SUPERUSER CREATEROLE INHERIT")
        mend = self.assert_unfit("LOOKUP_ROLE", "has SUPERUSER, CREATEROLE, INHERIT")
        psql(mend)
        self.assertEqual([], self.unfit())

    def test_another_of_its_name_is_given_nothing_and_its_own_stays_known_by_its_number(self):
        self.evil("ALTER ROLE axm_pooler RENAME TO harmless")
        self.assertEqual("give it its name back: ALTER ROLE harmless RENAME TO axm_pooler", self.assert_unfit("LOOKUP_ROLE", "which AxiomDB made, is called harmless"))
        self.evil("CREATE ROLE axm_pooler; GRANT axm_pooler TO evil")
        mend = self.assert_unfit("LOOKUP_ROLE", "the role axm_pooler is not the one that AxiomDB made: it could have been made by axiomdb, evil, postgres, vip")
        self.assertIn("DROP ROLE axm_pooler; then axm host enroll", mend)
        with self.assertRaisesRegex(AssertionError, "LOOKUP_ROLE"):
            self._install_again()
        self.assertEqual("f", psql("SELECT bool_or(has_column_privilege('axm_pooler', 'pg_authid', attname, 'SELECT')) FROM pg_attribute WHERE attrelid = 'pg_authid'::regclass AND attnum > 0 AND attname LIKE 'rol%'"))
        psql("DROP ROLE axm_pooler; ALTER ROLE harmless RENAME TO axm_pooler")
        self.assertEqual([], self.unfit())
        self.assertEqual(self.number, self.seen()["postgres"]["lookup_role"])

    def _install_again(self):
        try:
            install()
        finally:
            if os.path.exists(INSTALLED):
                os.rename(INSTALLED, INSTALLED + ".aside")

    def test_one_that_was_there_before_is_given_nothing(self):
        """As on a host that was never enrolled: nothing says that it is AxiomDB's."""
        psql("ALTER ROLE axm_pooler RENAME TO ours")
        os.unlink(self.RECORD)
        self.evil("CREATE ROLE axm_pooler; GRANT axm_pooler TO evil")
        with self.assertRaisesRegex(AssertionError, "LOOKUP_ROLE.*it could have been made by axiomdb, evil, postgres, vip"):
            self._install_again()
        with self.assertRaisesRegex(AssertionError, "permission denied"):
            self.evil(self.EVERYTHING)
        self.assertFalse(os.path.exists(self.RECORD))
        psql("ALTER ROLE axm_pooler RENAME TO axm_pooler_of_others")
        install()
        self.assertEqual(int(psql("SELECT 'axm_pooler'::regrole::oid")), self.seen()["postgres"]["lookup_role"])
        self.assertEqual([], self.unfit())

    def test_a_record_that_can_not_be_read_makes_no_role_ours(self):
        with open(self.RECORD, "w") as target:
            target.write(self.known.replace(": ", ": -"))
        seen = self.seen()
        self.assertIsNone(seen["postgres"]["lookup_role"])
        self.assertIn("LOOKUP_ROLE", [why["code"] for why in seen["unfit"]])
        self.assertIn(self.RECORD, json.dumps(seen["findings"]))


class Marks(Host):
    """How far control planes are: replaced by whom knows what is there."""

    def keep(self, plane, number, before=(), organization="acme"):
        mark, *before = [{"control_plane": plane, "apply": number, "sequence": 10 * number, "head": "ab" * 32} for plane, number in [(plane, number), *before]]
        return ask("mark", organization=organization, lease={"epoch": 7, "line": "a3f1c09b12de4455"}, mark=mark, before=before)

    def kept(self, organization="acme"):
        return [(mark["control_plane"], mark["apply"], mark["sequence"], mark["head"]) for mark in ask("look", organization=organization)["marks"]]

    def test_one_that_does_not_know_what_is_there_changes_nothing(self):
        one, two = "0b1c2d3e-0000-4000-8000-000000000001", "0b1c2d3e-0000-4000-8000-000000000002"
        self.addCleanup(lambda: os.path.exists("/var/lib/axm/marks/acme.json") and os.unlink("/var/lib/axm/marks/acme.json"))
        self.assertEqual([], self.kept())
        self.assertTrue(self.keep(one, 3)["ok"])
        for overtaken in (self.keep(one, 2), self.keep(one, 3), self.keep(one, 4, [(one, 2)]), self.keep(two, 1)):
            self.assertEqual("OVERTAKEN", overtaken["code"])
        self.assertEqual([(one, 3, 30, "ab" * 32)], self.kept())
        self.assertTrue(self.keep(one, 4, [(one, 3)])["ok"])
        self.assertEqual([], self.kept("zeta"))
        self.assertTrue(self.keep(two, 1, [(one, 4)])["ok"])
        self.assertEqual([(two, 1, 10, "ab" * 32)], self.kept())
        self.assertEqual("600", run("stat", "-c", "%a", "/var/lib/axm/marks/acme.json").stdout.strip())

    def test_a_lease_that_is_over_and_what_is_no_mark_are_refused(self):
        done(NEW)
        mark = {"control_plane": "0b1c2d3e-0000-4000-8000-000000000001", "apply": 1, "sequence": 1, "head": "ab" * 32}
        for wrong in ({**mark, "control_plane": "../x"}, {**mark, "head": "short"}, {**mark, "sequence": -1}, {**mark, "apply": "1"}, {**mark, "apply": 2**53 + 1}, {}):
            with self.subTest(wrong):
                self.assertEqual("BAD_REQUEST", ask("mark", lease={"epoch": 7, "line": "a3f1c09b12de4455"}, mark=wrong, before=[])["code"])
        self.assertEqual("STALE_EPOCH", ask("mark", lease={"epoch": 6, "line": "a3f1c09b12de4455"}, mark=mark, before=[])["code"])
        self.assertEqual([], self.kept())


class Refusals(Host):

    def test_an_older_epoch_is_refused_and_another_line_is_not_compared(self):
        line = "ffffffffffffffff"
        ask("change", lease={"epoch": 5, "line": line}, confirm_seconds=60, access=OLD)
        self.assertEqual("STALE_EPOCH", ask("change", lease={"epoch": 4, "line": line}, confirm_seconds=60, access=NEW)["code"])
        self.assert_is(OLD)

    def test_a_foreign_line_that_postgresql_cannot_read(self):
        with open(HBA, "a") as target:
            target.write("nonsense\n")
        try:
            self.foreign, before = foreign(), bytes_of(HBA, IDENT, INI, RULES, RULES6)
            answer = change(NEW)
            self.assertEqual("FOREIGN_HBA_INVALID", answer["code"])
            self.assertIn(f"{HBA}:{read(HBA).count(chr(10))}", answer["what"])
            self.assertEqual(before, bytes_of(HBA, IDENT, INI, RULES, RULES6))
            self.assertEqual(["FOREIGN_HBA_INVALID"], [why["code"] for why in self.seen()["unfit"]])
        finally:
            self._cut_from_hba("nonsense\n")

    def test_another_users_server_is_not_believed(self):
        path = "/tmp/.s.PGSQL.5999"
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as theirs:
            nobody = 65534
            os.seteuid(nobody)
            try:
                theirs.bind(path)
                theirs.listen(1)
            finally:
                os.seteuid(0)
            self.addCleanup(os.unlink, path)
            os.chmod(path, 0o777)
            answer = ask("look", postgres={"port": 5999, "admin": "axiomdb"})
            self.assertEqual("POSTGRES_DOWN", answer["code"])
            self.assertIn("not of user", answer["what"])

    def test_what_makes_a_change_impossible(self):
        psql("ALTER ROLE shop_a_owner SUPERUSER")
        self.assertEqual("LOCK_OUT", change(NEW)["code"])
        psql("ALTER ROLE shop_a_owner NOSUPERUSER")
        psql("ALTER SYSTEM SET ssl = off"), psql("SELECT pg_reload_conf()")
        wait_for(lambda: psql("SHOW ssl") == "off")
        self.assertEqual("TLS_OFF", change(NEW)["code"])
        psql("ALTER SYSTEM RESET ssl"), psql("SELECT pg_reload_conf()")
        wait_for(lambda: psql("SHOW ssl") == "on")
        for sent in ("2020-01-01T00:00:00Z", "2090-01-01T00:00:00Z"):
            self.assertEqual("CLOCK_SKEW", change(NEW, now=sent)["code"])
        run("sed", "-i", "s/^ENABLED=yes/ENABLED=no/", "/etc/ufw/ufw.conf")
        self.assertEqual("FIREWALL_INACTIVE", change(NEW)["code"])
        run("sed", "-i", "s/^ENABLED=no/ENABLED=yes/", "/etc/ufw/ufw.conf")
        self.assert_is(OLD)

    def test_a_firewall_that_lets_in_what_no_rule_names(self):
        defaults = read("/etc/default/ufw")
        try:
            self._walk_open_firewalls(defaults)
        finally:
            self._defaults(defaults)
            run("iptables", "-P", "INPUT", "DROP"), run("ip6tables", "-P", "INPUT", "DROP")

    def _walk_open_firewalls(self, defaults):
        self.assertEqual([], self.seen()["unfit"])
        for policy, codes in (("ACCEPT", ["FIREWALL_OPEN"]), ("REJECT", []), ("DROP", [])):
            self._defaults(defaults.replace('DEFAULT_INPUT_POLICY="DROP"', f'DEFAULT_INPUT_POLICY="{policy}"'))
            self.assertEqual(codes, [why["code"] for why in self.seen()["unfit"]])
            self.assertEqual(codes, [code for code in [change(OLD).get("code")] if code])
        for program, more in (("iptables", ""), ("ip6tables", ""), ("ip6tables", "IPV6=no")):
            with self.subTest(program + more):
                self._defaults(defaults.replace("IPV6=yes", more or "IPV6=yes"))
                run(program, "-P", "INPUT", "ACCEPT")
                self.assertIn("FIREWALL_OPEN", [why["code"] for why in self.seen()["unfit"]])
                self.assertIn(more, self.seen()["unfit"][-1]["what"])
                run(program, "-P", "INPUT", "DROP")
                self.assertNotIn("FIREWALL_OPEN", [why["code"] for why in self.seen()["unfit"]])

    def _defaults(self, text):
        with open("/etc/default/ufw", "w") as target:
            target.write(text)


class Files(Host):
    """Owners, modes, mounts and links as hosts have them: they work, or the answer names the path and what to do."""

    @contextlib.contextmanager
    def owned(self, path, owner, mode):
        before = os.stat(path)
        try:
            run("chown", owner, path)
            os.chmod(path, mode)
            yield
        finally:
            os.chown(path, before.st_uid, before.st_gid)
            os.chmod(path, before.st_mode & 0o777)

    def unfit(self, op="look"):
        answer = ask(op)
        self.assertTrue(answer["ok"], answer)
        return [(why["code"], why["what"], why["mend"]) for why in answer["unfit"]]

    def refused(self, words, mend, answer=None):
        """The change, and what looks say of it, in the same words."""
        answer = answer or change(NEW)
        self.assertEqual((False, "FILE_UNUSABLE"), (answer["ok"], answer["code"]), answer)
        self.assertIn(words, answer["what"])
        self.assertIn(mend, answer["mend"])
        self.assertTrue(answer["rolled_back"])
        said = self.unfit()
        self.assertIn((answer["code"], answer["what"], answer["mend"]), said)
        self.assertEqual(said, self.unfit("doctor"))
        self.assertIn(mend, run(PROGRAM, "check", check=False).stdout)

    def test_hba_files_of_root_in_postgresqls_directory_as_cis_wants_them(self):
        with self.owned(HBA, "root:postgres", 0o640), self.owned(IDENT, "root:postgres", 0o640):
            self.assertEqual([], self.unfit("doctor"))
            done(NEW)
            self.assert_is(NEW)
            for path in (HBA, IDENT):
                here = os.stat(path)
                self.assertEqual((0, pwd.getpwnam("postgres").pw_gid, 0o640), (here.st_uid, here.st_gid, here.st_mode & 0o777))

    def test_a_pgbouncer_directory_of_postgres(self):
        with self.owned("/etc/pgbouncer", "postgres:postgres", 0o750):
            self.assertEqual([], self.unfit("doctor"))
            done(NEW)
            self.assert_is(NEW)

    def test_a_file_that_postgresql_could_not_read(self):
        with self.owned(HBA, "root:root", 0o640):
            for answer in (change(NEW), ask("look"), ask("doctor")):
                self.assertEqual((False, "FILE_UNUSABLE"), (answer["ok"], answer["code"]), answer)
                self.assertIn(f"{HBA}: Permission denied for postgres; {HBA} belongs to root:root, mode 0640", answer["what"])
                self.assertIn("owner, mode and ACL of " + HBA, answer["mend"])
            said = run(PROGRAM, "check", check=False)
            self.assertIn("Permission denied for postgres", said.stderr)
            self.assertNotIn("Traceback", said.stderr)

    def test_a_file_that_is_a_mount_of_its_own(self):
        for path in (HBA, RULES):
            with self.subTest(path):
                run("mount", "--bind", path, path)
                try:
                    self.refused(f"{path}: it is a mount of its own", f"mount the directory {os.path.dirname(path)} there")
                finally:
                    run("umount", path)
        self.assertEqual([], self.unfit())

    def test_a_directory_that_is_mounted_read_only(self):
        for folder in (os.path.dirname(HBA), "/etc/ufw"):
            with self.subTest(folder):
                run("mount", "--bind", folder, folder)
                try:
                    run("mount", "-o", "remount,bind,ro", folder)
                    self.refused("Read-only file system", "for writing")
                finally:
                    run("umount", folder)

    def test_a_file_that_chattr_closed(self):
        if run("chattr", "+i", HBA, check=False).returncode != 0:
            self.assertIn("not supported", run("chattr", "+i", HBA, check=False).stderr)  # a file system without such attributes
            return
        try:
            self.refused("attribute i", f"chattr -i {HBA}")
        finally:
            run("chattr", "-i", HBA)

    def test_a_link_in_postgresqls_directory_is_not_followed_and_one_in_roots_is(self):
        os.rename(HBA, HBA + ".real")
        try:
            os.symlink(HBA + ".real", HBA)
            answer = change(NEW)
            self.assertEqual("FILE_UNUSABLE", answer["code"], answer)
            self.assertIn("a link in a directory that other users can write is not followed", answer["what"])
            self.assertIn("put the file itself at " + HBA, answer["mend"])
        finally:
            os.rename(HBA + ".real", HBA)
        os.rename(RULES, "/etc/ufw/elsewhere.rules")
        try:
            os.symlink("/etc/ufw/elsewhere.rules", RULES)
            done(NEW)
            self.assertTrue(os.path.islink(RULES))
            self.assertIn("10.2.0.0/16", read("/etc/ufw/elsewhere.rules"))
        finally:
            os.rename("/etc/ufw/elsewhere.rules", RULES)
        self.assert_is(NEW)

    def test_a_look_touches_nothing(self):
        folders = [os.path.dirname(path) for path in (HBA, INI, RULES)] + ["/etc/axm", "/etc/axm/tls", "/var/lib/axm", "/var/lib/axm/wanted"]
        paths = [*folders, *(path for folder in folders for path in glob.glob(folder + "/*"))]
        times = lambda: {path: (os.lstat(path).st_ino, os.lstat(path).st_mtime_ns, os.lstat(path).st_ctime_ns) for path in paths}
        before = times()
        self.seen()
        self.assertEqual(before, times())
        self.assertEqual([], self.unfit("doctor"))
        self.assertEqual([], [path for path, looks in times().items() if looks != before[path] and not os.path.isdir(path)])

    def test_an_include_shows_no_more_than_its_reader_may_see(self):
        """PgBouncer's ini may be another user's: what it names is read with that user's eyes."""
        text = read(INI)
        with open("/root/settings.ini", "w") as target:
            target.write("[pgbouncer]\nunix_socket_dir = /secret-place\n")
        try:
            with open(INI, "a") as target:
                target.write("%include /root/settings.ini\n")
            self.assertNotIn("secret-place", json.dumps(ask("look")))
        finally:
            with open(INI, "w") as target:
                target.write(text)


class OtherOrders(Host):

    def test_a_certificate_for_the_hosts_key(self):
        self._make_chain("/etc/axm/tls/request.csr", "db.acme.example")
        answer = self._certificate(chain=read("/tmp/chain.pem"), names=["db.acme.example"])
        self.assertTrue(answer["ok"], answer)
        self.assertEqual(answer["served"]["direct"], answer["served"]["runtime"])
        self.assertEqual(answer["served"], self.seen()["certificate"]["served"])
        refused = self._certificate(chain=read("/tmp/chain.pem"), names=["other.example"])
        self.assertIn("other.example", refused["what"])
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "/tmp/x.key", "-out", "/tmp/x.pem", "-subj", "/CN=x")
        self.assertEqual("BAD_REQUEST", self._certificate(chain=read("/tmp/x.pem"))["code"])
        self.assertEqual(answer["served"], self.seen()["certificate"]["served"])
        self._refused_files()
        unreadable = self._certificate(files={"certificate": "/tmp/x.pem", "key": "/tmp/x.key"})  # root's alone: neither server can read it
        self.assertEqual("VERIFY_FAILED", unreadable["code"])
        self.assertEqual(answer["served"], self.seen()["certificate"]["served"])
        self.assert_is(OLD)

    def _refused_files(self):
        """Nothing but regular files of root or PostgreSQL, and the same words for each; a FIFO keeps nobody waiting."""
        run("cp", "/tmp/x.key", "/tmp/open.key"), os.chmod("/tmp/open.key", 0o644)
        run("cp", "/tmp/x.key", "/tmp/theirs.key"), os.chown("/tmp/theirs.key", 65534, 65534)
        run("openssl", "ec", "-in", "/tmp/x.key", "-aes128", "-passout", "pass:only-for-this-test", "-out", "/tmp/locked.key")
        os.path.exists("/tmp/fifo") or os.mkfifo("/tmp/fifo", 0o600)
        said = set()
        for certificate, key in [("/tmp/x.pem", f"/tmp/{key}") for key in ("fifo", "open.key", "theirs.key", "locked.key", "none")] + [
                ("/tmp/fifo", "/tmp/x.key"), ("/tmp/x.pem", "/etc/shadow"), ("/tmp/x.pem", "/tmp"), ("/tmp/x.pem", "/dev/zero"), ("/tmp/x.pem", "/etc/axm/tls/server.key")]:
            with self.subTest(certificate + key):
                answer = self._certificate(files={"certificate": certificate, "key": key})
                self.assertEqual("BAD_REQUEST", answer["code"])
                said.add(answer["what"])
        self.assertEqual(1, len(said), said)

    def _certificate(self, **more):
        return ask("certificate", lease={"epoch": 7, "line": "a3f1c09b12de4455"}, **more)

    def _make_chain(self, request, name):
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "/tmp/ca.key", "-out", "/tmp/ca.pem", "-subj", "/CN=ca")
        with open("/tmp/ext", "w") as target:
            target.write(f"subjectAltName=DNS:{name}\n")
        run("openssl", "x509", "-req", "-in", request, "-CA", "/tmp/ca.pem", "-CAkey", "/tmp/ca.key", "-CAcreateserial", "-days", "5", "-extfile", "/tmp/ext", "-out", "/tmp/leaf.pem")
        with open("/tmp/chain.pem", "w") as target:
            target.write(read("/tmp/leaf.pem") + read("/tmp/ca.pem"))

    def test_nothing_of_the_environment_gets_through_sudo(self):
        os.rename(INSTALLED + ".aside", INSTALLED)
        self.addCleanup(os.rename, INSTALLED, INSTALLED + ".aside")
        done_ = run("setpriv", "--reuid=axiomdb", "--regid=axiomdb", "--init-groups", "sudo", "-n", INSTALLED,
                    data=json.dumps({"protocol": 9}), fault="kill:change:locked", check=False)
        self.assertEqual("PROTOCOL", json.loads(done_.stdout)["code"])

    def test_check_tells_the_doctors_list(self):
        self.assertIn("fit for a change", run(PROGRAM, "check").stdout)


class ZBesideOthers(unittest.TestCase):
    """The last ones: they take away what the others stand on."""

    def test_1_removing_loosens_nothing_and_leaves_foreign_bytes(self):
        here = own_address()
        done(access(("direct", "a", f"{here}/32"), ("runtime", "a", f"{here}/32")))
        self.assertEqual("1\n", log_in("direct", "a").stdout)
        before = foreign()
        run(PROGRAM, "remove")
        self.assertEqual(before, foreign())
        self.assertEqual([], pooler_pids())
        self.assertFalse(os.path.exists(POOLER))
        self.assertIn("rejects", log_in("direct", "a").stderr)
        self.assertNotEqual(0, log_in("runtime", "a").returncode)
        self.assertEqual(0, read(RULES).count("comment=61786d") + read(RULES6).count("comment=61786d"))
        self.assertFalse(os.path.exists("/etc/sudoers.d/axm-host") or os.path.exists("/var/lib/axm/wanted"))
        run("sed", "-i", "/^# === AXIOMDB/,/^# === END AXIOMDB/d", HBA)
        psql("SELECT pg_reload_conf()")

    def test_2_an_instance_that_serves_others_is_left_alone(self):
        here = own_address()
        stop_pooler()
        self._start_debians("others = host=/var/run/postgresql dbname=postgres")
        ini = read(INI)
        self.assertIn("left alone, /etc/pgbouncer/pgbouncer.ini is not as packaged", install())
        self.assertEqual([], pooler_pids())
        self.assertEqual("FOREIGN_POOLER_PORT", change(OLD)["code"])
        PORTS["runtime"] = 6433
        wanted = access(("runtime", "a", f"{here}/32"), ("direct", "b", "10.1.0.0/16"))
        answer = done(wanted, pooler=6433)
        self.assertTrue(answer["restarted"])
        seen = ask("look", pooler=6433)
        self.assertEqual(told(wanted), told(seen["access"]))
        self.assertEqual([], [item for item in seen["disorder"] if item["layer"] != "timer"])
        self.assertEqual("1\n", log_in("runtime", "a").stdout)
        self.assertIn("login rejected", log_in("runtime", "b").stderr)
        self.assertEqual(ini, read(INI))
        self.assertEqual([("FOREIGN_POOLER", True)], [(note["code"], "superuser postgres" in note["what"]) for note in seen["findings"] if "POOLER" in note["code"]])

    def test_3_debians_pooler_with_a_wide_open_list_brings_nobody_into_a_restricted_branch(self):
        PORTS["runtime"] = 6433
        wanted = access(("direct", "b", "10.1.0.0/16"))
        done(wanted, pooler=6433)
        self._start_debians("* = host=/var/run/postgresql", "listen_addr = *", "auth_type = hba", "auth_hba_file = /etc/pgbouncer/wide.conf", "auth_user = postgres", "server_login_retry = 1",
                            "query_wait_timeout = 5", "server_connect_timeout = 5", files={"/etc/pgbouncer/wide.conf": "host all all 0.0.0.0/0 trust\n"})
        address = own_address()
        for role in ("shop_a_owner", "shop_a_rw", "axm_pooler"):
            with self.subTest(role):
                tried = run("psql", "-XAtq", "-d", f"host={address} port=6432 dbname=shop_a user={role} connect_timeout=20", "-c", "select 'in'", check=False)
                self.assertNotEqual(0, tried.returncode, tried.stdout)
                self.assertIn("Peer authentication failed", tried.stderr, "it is PostgreSQL that refuses")
        self.assertEqual("in\n", run("psql", "-XAtq", "-d", f"host={address} port=6432 dbname=shop_a user=postgres", "-c", "select 'in'").stdout, "by Debian's own `local all postgres peer`")
        seen = ask("look", pooler=6433)
        told_ = [why["what"] for why in seen["unfit"] if why["code"] == "OPEN_TO_OTHERS"]
        self.assertIn("OS user postgres, ports 6432", told_[0])
        self.assertIn("lets it in as the superuser postgres, and it serves *", told_[0])
        self.assertEqual("OPEN_TO_OTHERS", change(access(("direct", "b", "10.2.0.0/16")), pooler=6433)["code"])
        stop_pooler("postgres")
        self.assertEqual([], ask("look", pooler=6433)["unfit"])

    def test_4_what_a_pooler_serves_is_not_believed_once_its_files_were_changed(self):
        PORTS["runtime"] = 6433
        included = "/etc/pgbouncer/more.ini"
        self.addCleanup(lambda: os.path.exists(included) and os.unlink(included))
        self._start_debians("others = host=/var/run/postgresql dbname=postgres\n%include " + included, files={included: "[databases]\nmore = host=/var/run/postgresql dbname=postgres\n"})
        self.assertEqual([], ask("look", pooler=6433)["unfit"])
        for path in (included, INI):
            with self.subTest(path):
                with open(path, "a") as target:
                    target.write("; nothing else\n")
                told_ = [why["what"] for why in ask("look", pooler=6433)["unfit"]]
                self.assertIn("the superuser postgres, and its files were changed after it started", told_[0])
                self.assertEqual("OPEN_TO_OTHERS", change(access(("direct", "b", "10.2.0.0/16")), pooler=6433)["code"])
                stop_pooler("postgres")
                time.sleep(0.1)
                as_user("postgres", "pgbouncer", "-q", "-d", INI)
                self.assertEqual([], ask("look", pooler=6433)["unfit"])
        stop_pooler("postgres")

    def test_5_a_pooler_by_another_name_is_one(self):
        PORTS["runtime"] = 6433
        run("cp", run("which", "pgbouncer").stdout.strip(), "/usr/local/sbin/pgbouncer-1.23")
        self.addCleanup(os.unlink, "/usr/local/sbin/pgbouncer-1.23")
        self._start_debians("others = host=/var/run/postgresql dbname=postgres", program="/usr/local/sbin/pgbouncer-1.23")
        wait_for(lambda: self._passer() is not None)
        pid = self._passer()
        self.addCleanup(lambda: wait_for(lambda: not os.path.exists(f"/proc/{pid}")))
        self.addCleanup(run, "kill", "-9", pid)
        told_ = [why["what"] for why in ask("look", pooler=6433)["unfit"]]
        self.assertIn(f"pgbouncer-1.23 (process {pid}, OS user postgres, ports ", told_[0])
        self.assertIn("and what it serves is not known", told_[0])

    def _passer(self):
        """The process that stays, not those that start it."""
        with contextlib.suppress(FileNotFoundError):
            pid = read("/var/run/postgresql/pgbouncer.pid").strip()
            return pid if read(f"/proc/{pid}/comm") == "pgbouncer-1.23\n" else None

    def test_6_programs_that_call_themselves_poolers_cost_a_look_little(self):
        """Any user's, with a file that includes a big one over and over."""
        folder = "/tmp/pretender"
        os.makedirs(folder, exist_ok=True)
        self.addCleanup(run, "rm", "-r", folder)
        run("cp", "/bin/sleep", folder + "/pgbouncer")
        with open(folder + "/big", "wb") as target:
            target.write(b"\xe9" * 30 + b"\n" * (16 * 1024 * 1024 - 100))
        with open(folder + "/1000", "w") as target:
            target.write(f"%include {folder}/big\n" * 1000)
        run("chown", "-R", "nobody", folder)
        before = time.monotonic()
        ask("look", pooler=6433)
        usual = time.monotonic() - before
        others = [subprocess.Popen(["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", folder + "/pgbouncer", "1000"], cwd=folder) for _ in range(30)]
        try:
            before = time.monotonic()
            seen = ask("look", pooler=6433)
            self.assertLess(time.monotonic() - before, usual + 30 * PATIENCE)
            self.assertEqual([], seen["unfit"])
            self.assertEqual(30, len([note for note in seen["findings"] if note["code"] == "FOREIGN_POOLER"]))
        finally:
            for other in others:
                other.kill()
                other.wait()

    def _start_debians(self, database, *settings, files=(), program="pgbouncer"):
        """Debian's instance as somebody has set it up."""
        stop_pooler("postgres")
        if not os.path.exists(INI + ".packaged"):
            run("cp", "-a", INI, INI + ".packaged")
        lines = read(INI + ".packaged").replace("[databases]", "[databases]\n" + database, 1)
        with open(INI, "w") as target:
            target.write(lines + "\n".join([*settings, ""]))
        for path, text in dict(files).items():
            with open(path, "w") as target:
                target.write(text)
            run("chown", "postgres:", path)
        self.addCleanup(stop_pooler, "postgres")
        as_user("postgres", program, "-q", "-d", INI)


if __name__ == "__main__":
    unittest.main()
