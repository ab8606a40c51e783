"""A process with PostgreSQL's uid that exchanges every directory entry it can, while root's helper does each of its operations: see adversary.py.

Whatever is exchanged, root must neither read, make nor change anything but the managed files, and must say what is wrong; and once the attack is over,
the next change converges. For where and by what means this runs see test_on_a_host.py.
"""
import contextlib
import ctypes
import fcntl
import json
import os
import pwd
import re
import signal
import stat
import struct
import subprocess
import sys
import unittest

import test_copy_on_a_host
import test_on_a_host
from test_on_a_host import (HBA, IDENT, INSTALLED, LOOP, NEW, OLD, PACKED, PROGRAM, ask, change, confirm, done, install, overdue, read, run, told, wait_for)

CANARY = "/root/canary"
WORD = b"canary-that-nobody-reads"
CONF = os.path.dirname(HBA)
# Whose process exchanges the names in which folders: PostgreSQL's own user's, whole folders of its, and those of the pooler's user.
FIELDS = {"files": ("postgres", [CONF]), "folders": ("postgres", [CONF, os.path.dirname(CONF), os.path.dirname(os.path.dirname(CONF))]),
          "held": ("postgres", ["--hold", "link", CONF]), "sockets": ("postgres", ["/run/postgresql", "/etc/pgbouncer", "/var/log/postgresql"]), "pooler": ("axm-pooler", ["/run/axm-pooler", "/run/axm-prove-*/sockets"])}
# But not what only the attacked servers read themselves: without their own settings they answer nobody.
ONLY = r"pg_hba\.conf|pg_ident\.conf|\.axm-.*|main|15|\.s\.PGSQL\.[0-9]+|pgbouncer\.ini|axm|hba\.conf|(settings|databases)\.ini|.*\.log"
OPENED = 0x1 | 0x2 | 0x4 | 0x20 | 0x40 | 0x80 | 0x100 | 0x200 | 0x400 | 0x800  # read, written, attributes, opened, moved, made, removed
# Where root may have written; everything else on the host stays as it was.
MANAGED = ("/etc/postgresql", "/etc/pgbouncer", "/etc/axm", "/etc/ufw/user.rules", "/run", "/var/log", "/etc/ufw/user6.rules", "/etc/sudoers.d/axm-host", "/usr/local/sbin/axm-host",
           "/var/lib/axm", "/root/.axm")
WATCHED = ("/etc", "/root", "/home", "/usr/local/sbin")  # what is the host's own, and not the machine's on which its lab runs
RAW = re.compile(r"\b(PermissionError|FileNotFoundError|FileExistsError|NotADirectoryError|IsADirectoryError|OSError|BlockingIOError|TypeError|KeyError|AttributeError"
                 r"|ValueError|UnicodeDecodeError|AssertionError|Traceback)\b")


def setUpModule():
    test_on_a_host.setUpModule()
    run("chown", "postgres:postgres", "/etc/pgbouncer")  # as in countless instructions


def tearDownModule():
    run("chown", "root:root", "/etc/pgbouncer")


class Watch:
    """What happens to the canaries: nobody has any business there, so that each event is root's."""

    def __init__(self):
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.handle = self.libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        self.places = {}
        for at, _, names in os.walk(CANARY):
            for path in [at, *(f"{at}/{name}" for name in names)]:
                self.places[self.libc.inotify_add_watch(self.handle, os.fsencode(path), OPENED)] = path
        self.events()  # those of the walk

    def events(self):
        found = []
        with contextlib.suppress(BlockingIOError):
            while True:
                data = os.read(self.handle, 65536)
                while data:
                    number, mask, _, length = struct.unpack("iIII", data[:16])
                    found.append((self.places.get(number), hex(mask), data[16:16 + length].rstrip(b"\0")))
                    data = data[16 + length:]
        return found

    def close(self):
        os.close(self.handle)


def canaries():
    """A folder of root's that mirrors what is attacked: where a link leads, there is a file of the right name with the right look."""
    text = b"# " + WORD + b"\nhost all all 0.0.0.0/0 trust\n[databases]\n" + WORD + b" = host=x\n"
    for path in (HBA, IDENT, CONF + "/file", "/etc/pgbouncer/pgbouncer.ini", "/run/postgresql/.s.PGSQL.5432", "/run/axm-pooler/.s.PGSQL.6432"):
        parts = path.split("/")
        for tail in (parts[-2:], parts[-3:], parts[-4:]):
            where = "/".join([CANARY, *tail])
            os.makedirs(os.path.dirname(where), 0o700, exist_ok=True)
            with open(where, "wb") as target:
                target.write(text)


def whole():
    """Each entry of the host outside the managed files, with its owner, mode, size and time of writing."""
    found = {}
    for top in WATCHED:
        for at, folders, names in os.walk(top):
            folders[:] = [name for name in folders if not f"{at}/{name}".startswith(MANAGED)]
            for path in [f"{at}/{name}" for name in [*folders, *names] if not f"{at}/{name}".startswith(MANAGED)]:
                here = os.lstat(path)
                inside = (here.st_size, here.st_mtime_ns, here.st_nlink) if stat.S_ISREG(here.st_mode) else ()
                found[path] = (here.st_ino, here.st_mode, here.st_uid, here.st_gid, *inside)
    return found


class Attack:
    """The process, for as long as the block runs. `swaps` is how many exchanges it made."""

    def __init__(self, user, folders):
        self.user, self.folders, self.swaps = user, folders, 0

    def __enter__(self):
        self.process = subprocess.Popen([sys.executable, "-B", "/tmp/adversary.py", "--uid", str(pwd.getpwnam(self.user).pw_uid), "--canary", CANARY, "--only", ONLY,
                                         *self.folders],
                                        stdout=subprocess.PIPE, text=True, cwd="/")
        assert self.process.stdout.readline() == "ready\n"
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.swaps = int(self.process.stdout.read().split()[-1])
        self.process.wait()
        self.process.stdout.close()


MARK = {"control_plane": "0b1c2d3e-0000-4000-8000-000000000001", "apply": 1, "sequence": 1, "head": "ab" * 32}


class EveryOperation(unittest.TestCase):

    def setUp(self):
        self.maxDiff = None
        done(OLD)
        canaries()
        self.theirs = {path: read(path, "rb") for path in (HBA, IDENT)}
        self.before = whole()
        self.watch = Watch()
        self.addCleanup(self.watch.close)
        self.said = []

    def under_attack(self, act, prepare=lambda: None):
        """Once in each field; then all is as it was, and the next change converges."""
        for field, (user, folders) in FIELDS.items():
            with self.subTest(field):
                prepare()
                with Attack(user, folders) as attack:
                    self.said += [act()]
                self.assertEqual([], self.watch.events())
                self.assertGreater(attack.swaps, 0)
        print("\n".join(self.said)[:int(os.environ.get("AXM_SHOWN", "0"))])
        self.recovered()
        self.assertEqual([], [line for line in self.said if WORD.decode() in line])
        self.assertEqual([], [line for line in self.said if RAW.search(line)])
        after = whole()
        self.assertEqual({}, {path: (self.before.get(path), after.get(path)) for path in {*self.before, *after} if self.before.get(path) != after.get(path)})

    def recovered(self):
        for path, data in self.theirs.items():  # whoever owns a file may have exchanged it for good
            with open(path, "wb") as target:
                target.write(data)
        os.kill(int(read("/var/lib/postgresql/15/main/postmaster.pid").split("\n")[0]), signal.SIGHUP)
        os.path.exists("/etc/sudoers.d/axm-host") or install()
        run(PROGRAM, "tick", check=False)
        done(NEW)
        done(OLD)
        seen = ask("look")
        self.assertTrue(seen["ok"], seen)
        self.assertEqual(told(OLD), told(seen["access"]))
        self.assertEqual([], [item for item in seen["disorder"] if item["layer"] != "timer"])

    def asked(self, *given, **more):
        answer = ask(*given, **more)
        self.assertNotEqual("KILLED", answer.get("code"), answer)
        return json.dumps(answer)

    def ordered(self, *words):
        done_ = run(PROGRAM, *words, check=False)
        self.assertIn(done_.returncode, (0, 1))
        return done_.stdout + done_.stderr

    def changed(self, wanted):
        answer = change(wanted)
        return json.dumps(answer) + (json.dumps(confirm(answer)) if answer["ok"] and answer["changed"] else "")

    def restored(self):
        answer = change(NEW)
        if answer["ok"]:
            overdue(answer["change"])
        return json.dumps(answer) + self.ordered("restore", answer.get("change") or "0" * 32)

    def looped(self):
        """One tick of the loop, which ends with the test."""
        marks = ("/run/axm-host.ticked", "/run/axm-host.tick-failed")
        times = lambda: [os.stat(path).st_mtime_ns if os.path.exists(path) else 0 for path in marks]
        os.rename(INSTALLED + ".aside", INSTALLED)  # it runs what is installed
        before, process = times(), subprocess.Popen([PROGRAM, "loop"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/")
        try:
            wait_for(lambda: times() != before, 120)
        finally:
            process.terminate()
            said = process.communicate()[0]
            os.rename(INSTALLED, INSTALLED + ".aside")
        return said

    def certified(self):
        chain = run("openssl", "req", "-x509", "-key", "/etc/axm/tls/server.key", "-days", "1", "-subj", "/CN=again").stdout
        return (self.asked("certificate", lease={"epoch": 7, "line": "a3f1c09b12de4455"}, chain=chain, names=[])
                + self.asked("certificate", lease={"epoch": 7, "line": "a3f1c09b12de4455"}, files={"certificate": CONF + "/pg_hba.conf", "key": CONF + "/pg_hba.conf"}))

    def installed(self):
        with open(LOOP, "a", encoding="ascii") as held:  # as if the loop ran already
            fcntl.flock(held, fcntl.LOCK_EX)
            done_ = run(PACKED, "install", "axiomdb", check=False)
        return done_.stdout + done_.stderr

    def test_every_operation_is_attacked(self):
        """An operation that is not in the list below has no test here: add one."""
        sys.path.insert(0, PACKED)
        from axm_host.main import OPERATIONS, ORDERS
        tested = {name[len("test_op_"):] for name in dir(self) if name.startswith("test_op_")}
        self.assertEqual({*OPERATIONS, *ORDERS}, tested)

    def test_op_look(self):
        self.under_attack(lambda: self.asked("look"))

    def test_op_doctor(self):
        self.under_attack(lambda: self.asked("doctor"))

    def test_op_change(self):
        self.under_attack(lambda: self.changed(NEW) + self.changed(OLD))

    def test_op_confirm(self):
        self.under_attack(lambda: self.changed(NEW))

    def test_op_certificate(self):
        self.under_attack(self.certified)

    def test_op_copy(self):
        case = test_copy_on_a_host.Copy("setUp")
        case.setUp()
        self.addCleanup(case.doCleanups)
        self.under_attack(lambda: self.asked("copy", **test_copy_on_a_host.request()), case.empty)

    def test_op_mark(self):
        self.under_attack(lambda: self.asked("mark", lease={"epoch": 7, "line": "a3f1c09b12de4455"}, mark=MARK, before=[]))

    def test_op_tick(self):
        self.under_attack(lambda: self.ordered("tick"))

    def test_op_loop(self):
        self.under_attack(self.looped)

    def test_op_restore(self):
        self.under_attack(self.restored)

    def test_op_check(self):
        self.under_attack(lambda: self.ordered("check"))

    def test_op_points(self):
        self.under_attack(lambda: self.ordered("points"))

    def test_op_install(self):
        try:
            self.under_attack(self.installed)
        finally:
            os.path.exists(INSTALLED) and os.rename(INSTALLED, INSTALLED + ".aside")

    def test_op_remove(self):
        self.under_attack(lambda: self.ordered("remove"), self.recovered)  # each time there is something to remove


if __name__ == "__main__":
    unittest.main()
