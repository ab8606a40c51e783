"""The host helper on a real host. Run as root on one that may be thrown away, with the packed program's path in AXM_HOST_PROGRAM:
it changes PostgreSQL, PgBouncer and UFW of that host, fills its journal and kills the helper at every point it names.
"""
import datetime
import fcntl
import glob
import json
import os
import socket
import subprocess
import time
import unittest

PACKED = os.environ.get("AXM_HOST_PROGRAM")
# What waits that are meant for a quiet machine are multiplied with.
PATIENCE = float(os.environ.get("AXM_PATIENCE", "1"))
INSTALLED = "/usr/local/sbin/axm-host"
LOOP = "/run/axm-host.loop"
PROGRAM = PACKED
HBA, IDENT = "/etc/postgresql/15/main/pg_hba.conf", "/etc/postgresql/15/main/pg_ident.conf"
INI, RULES, RULES6 = "/etc/pgbouncer/pgbouncer.ini", "/etc/ufw/user.rules", "/etc/ufw/user6.rules"
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
        return b"\n\n".join(part for part in parts if b"comment=61786d\n" not in part + b"\n")
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


def stop_pooler():
    """Debian's instance, by its own pidfile."""
    if os.path.exists("/run/postgresql/pgbouncer.pid"):
        pid = int(read("/run/postgresql/pgbouncer.pid"))
        os.kill(pid, 9)
        os.unlink("/run/postgresql/pgbouncer.pid")
        wait_for(lambda: not os.path.exists(f"/proc/{pid}"))


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
        run(PACKED, "install", "axiomdb")
    os.rename(INSTALLED, INSTALLED + ".aside")


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


class ThereAndBack(Host):

    def test_what_was_asked_for_is_there_and_asking_again_writes_nothing(self):
        answer = done(NEW)
        self.assertTrue(answer["changed"])
        self.assert_is(NEW)
        files = [HBA, IDENT, INI, RULES, RULES6, *glob.glob("/etc/pgbouncer/axm/*"), *glob.glob("/var/lib/axm/**/*.json", recursive=True)]
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
        run("ufw", "allow", "proto", "tcp", "from", "10.1.0.0/16", "to", "any", "port", "5432", "comment", "axm")
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
        files = [HBA, IDENT, INI, RULES, RULES6, *glob.glob("/etc/pgbouncer/axm/*"), "/var/lib/axm/wanted/acme.json"]
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
            self.assertNotIn("10.6.0.0", read("/etc/pgbouncer/axm/hba.conf"))
        finally:
            self._cut_from_hba("nonsense\n")
        run(PROGRAM, "tick")
        done({"branches": [], "entries": [], "openings": []}, organization="zeta", pooler=None)

    def test_an_expiry_that_fails_on_one_layer_brings_nothing_back(self):
        places = {"pooler": "/etc/pgbouncer/axm/hba.conf", "pg_hba": HBA, "ufw": RULES}
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
        for layer, path in {"pooler": "/etc/pgbouncer/axm/hba.conf", "pg_hba": HBA, "ufw": RULES}.items():
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
        line = 'hostssl "shop_a" "shop_a_owner","shop_a_rw" 10.1.0.0/16 scram-sha-256\n'
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
        text = read("/etc/pgbouncer/axm/hba.conf")
        with open("/etc/pgbouncer/axm/hba.conf", "w") as target:
            target.write("".join(line for line in text.splitlines(True) if "10.1.0.0" not in line))
        chain = run("openssl", "req", "-x509", "-key", "/etc/axm/tls/server.key", "-days", "1", "-subj", "/CN=again").stdout
        answer = ask("certificate", lease={"epoch": 7, "line": "a3f1c09b12de4455"}, chain=chain, names=[])
        self.assertTrue(answer["ok"], answer)
        self.assertNotIn("10.1.0.0", read("/etc/pgbouncer/axm/hba.conf"))
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
        self.assertEqual("BAD_REQUEST", change(OLD)["code"])
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
        self.assertEqual("BAD_REQUEST", change(OLD)["code"], "zeta's change may still be undone")
        self.assertTrue(confirm(leaving, organization="zeta")["ok"])
        self.assertFalse(os.path.exists("/var/lib/axm/wanted/zeta.json"))
        self.assertFalse(change(nothing, organization="zeta")["changed"])
        done(OLD)
        self.assert_is(OLD)
        self.assertEqual("BAD_REQUEST", change(theirs, organization="zeta")["code"])


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
        self.assertIn("rejects", log_in("direct", "a").stderr)
        self.assertNotEqual(0, log_in("runtime", "a").returncode)
        self.assertEqual(0, read(RULES).count("comment=61786d") + read(RULES6).count("comment=61786d"))
        self.assertFalse(os.path.exists("/etc/sudoers.d/axm-host") or os.path.exists("/var/lib/axm/wanted"))
        run("sed", "-i", "/^# === AXIOMDB/,/^# === END AXIOMDB/d", HBA)
        psql("SELECT pg_reload_conf()")

    def test_2_an_instance_that_serves_others_is_left_alone(self):
        here = own_address()
        install()
        stop_pooler()
        run("sed", "-i", "s/^\\[databases\\]/[databases]\\nothers = host=\\/var\\/run\\/postgresql dbname=postgres/", INI)
        run("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "pgbouncer", "-q", "-d", INI)
        ini = read(INI)
        self.assertEqual("FOREIGN_POOLER_PORT", change(OLD)["code"])
        PORTS["runtime"] = 6433
        wanted = access(("runtime", "a", f"{here}/32"), ("direct", "b", "10.1.0.0/16"))
        answer = done(wanted, pooler=6433)
        self.assertTrue(answer["restarted"])
        seen = ask("look", pooler=6433)
        self.assertEqual((told(wanted), True), (told(seen["access"]), seen["pooler"]["own"]))
        self.assertEqual([], [item for item in seen["disorder"] if item["layer"] != "timer"])
        self.assertEqual("1\n", log_in("runtime", "a").stdout)
        self.assertIn("login rejected", log_in("runtime", "b").stderr)
        self.assertEqual(ini, read(INI))
        self.assertEqual(["FOREIGN_POOLER"], [note["code"] for note in seen["findings"] if "POOLER" in note["code"]])


if __name__ == "__main__":
    unittest.main()
