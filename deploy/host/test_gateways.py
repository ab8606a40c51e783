"""Who could pass connections on: real processes of this machine, and what it costs to look at those that only pretend. Needs root."""
import contextlib
import os
import socket
import subprocess
import sys
import time
import types
import unittest
from unittest import mock

from axm_host import gateways, ini, processes, view
from axm_host.basics import Refusal
from test_files import THEM, WithAnotherUser

POSTGRES, WEB = 113, 33


def fake(pid, program, uid, started=1):
    return processes.Process(pid, (uid,) * 4, program, started)


class Listening(unittest.TestCase):

    def test_a_port_and_a_unix_socket_count_and_a_connection_does_not(self):
        with socket.socket() as tcp, socket.socket(socket.AF_UNIX) as unix, socket.socket(socket.AF_UNIX) as client:
            self.assertFalse(processes.listens(os.getpid()))
            unix.bind(f"\0axm-test-{os.getpid()}")
            self.assertFalse(processes.listens(os.getpid()))
            unix.listen()
            self.assertTrue(processes.listens(os.getpid()))
            client.connect(unix.getsockname())
            unix.close()
            self.assertFalse(processes.listens(os.getpid()))
            tcp.bind(("127.0.0.1", 0))
            tcp.listen()
            self.assertTrue(processes.listens(os.getpid()))
            self.assertEqual([tcp.getsockname()[1]], processes.ports_of(os.getpid()))

    def test_when_a_process_began(self):
        before = time.time()
        with subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE) as other:
            began = processes.began(processes.process(other.pid))
            self.assertEqual((sys.executable, "-c", "import sys; sys.stdin.read()"), self.words(processes.process(other.pid)))
            other.stdin.close()
        self.assertLess(before - 0.1, began)
        self.assertLess(began, time.time() + 0.1)

    @staticmethod
    def words(other):
        """Once it has become the other program."""
        while processes.words_of(other)[1:2] != ("-c",):
            time.sleep(0.01)
        return processes.words_of(other)

    @unittest.skipUnless(os.geteuid() == 0, "needs root, to have a second user")
    def test_what_a_process_keeps_from_being_told_is_not_waited_for(self):
        """Its words are asked for by its own user, so that nobody's silence keeps another's from being told; its files by root, in a child."""
        for kept in (view._waited, view._silent):
            self.addCleanup(kept.clear)
        for who in (THEM, view.ASIDE):
            if who in view._children:
                view._end(who)
            self.addCleanup(lambda who=who: who in view._children and view._end(who))
        mine = processes.process(os.getpid())
        with mock.patch.dict(view.ACTS, {"_words": lambda pid: time.sleep(1000), "_same": lambda pid, path: time.sleep(1000)}), mock.patch.multiple(
                view, ASIDE_SECONDS=0.2, PATIENCE_SECONDS=0.2, LAST_SECONDS=0.2):
            began = time.monotonic()
            for _ in range(100):
                self.assertEqual((), processes.words_of(mine._replace(uids=(THEM,) * 4)))
                self.assertTrue(processes.shares(mine.pid, "/etc"), "not known is not no")
                self.assertFalse(processes.shares_root(mine.pid))
            self.assertLess(time.monotonic() - began, 100)
        self.assertNotEqual((), processes.words_of(mine))


class Judging(unittest.TestCase):
    """Which processes count, with a PostgreSQL that lets in `postgres` as itself, and what it says on its socket."""

    HBA = [{"type": "local", "user_name": ["all"], "database": ["all"], "auth_method": "peer", "options": None, "error": None, "line_number": 1}]
    NAMES = {POSTGRES: "postgres", WEB: "www-data", 0: "root"}

    def judged(self, *found, hba=HBA, listening=True, tries=None):
        tries = [] if tries is None else tries

        def refused(_, uid, role, database="postgres"):
            tries.append((uid, role))
            return None if self.NAMES[uid] == role or hba is not self.HBA else ConnectionRefusedError()
        with contextlib.ExitStack() as stack:
            for name, value in (("processes", lambda: list(found)), ("process", {one.pid: one for one in found}.get), ("refused", refused), ("account", lambda: None), ("_is_roots", lambda program: program.startswith("/usr/")),
                                ("listens", lambda pid: listening), ("ports_of", lambda pid: [6432]), ("shares", lambda pid, path: True), ("shares_root", lambda pid: True),
                                ("name_of", self.NAMES.__getitem__), ("_entries", lambda other, budget: ({"*": "host=x"}, ""))):
                stack.enter_context(mock.patch.object(gateways, name, value))
            served = gateways.Served(frozenset(["postgres"]), {}, hba, [])
            return gateways._gateways(types.SimpleNamespace(folder="/run/postgresql", port=5432), served)

    def test_a_program_counts_by_what_postgresql_lets_it_do_and_not_by_its_name(self):
        found = self.judged(fake(1, "/opt/anything", POSTGRES), fake(2, "/opt/anything", WEB), fake(3, "/usr/sbin/pgbouncer", POSTGRES), fake(4, "/usr/sbin/pgbouncer", WEB), fake(5, "/opt/anything", 0))
        self.assertEqual({1: ("postgres", None, gateways.UNKNOWN), 3: ("postgres", ["*"], ""), 4: (None, ["*"], "")},
                         {one.process.pid: (one.mighty, one.databases, one.why) for one in found})

    def test_what_does_not_listen_and_what_root_put_there_for_users_who_log_in_is_no_alarm(self):
        self.assertEqual([], self.judged(fake(1, "/opt/anything", POSTGRES), listening=False))
        roots = [fake(number, program, POSTGRES) for number, program in enumerate(("/usr/lib/postgresql/15/bin/postgres", "/usr/sbin/sshd", "/usr/lib/systemd/systemd"))]
        self.assertEqual([], self.judged(*roots))

    def test_many_processes_of_many_users_are_few_tries_and_few_files(self):
        tries, read = [], []
        many = [fake(number, "/usr/sbin/pgbouncer", POSTGRES) for number in range(500)] + [fake(number, "/usr/sbin/pgbouncer", WEB) for number in range(500, 1000)]
        with mock.patch.object(gateways, "_judged", lambda other, mighty, *_: read.append(other) or gateways.Gateway(other, mighty, [])):
            found = self.judged(*many, tries=tries)
        self.assertEqual([(POSTGRES, "postgres")], tries)
        self.assertEqual(gateways.MOST_EXAMINED, len(read))
        self.assertEqual({gateways.UNREAD}, {one.why for one in found[gateways.MOST_EXAMINED:]})
        self.assertEqual(500, len([one for one in found if one.mighty]), "the mighty ones come first, and are told all")

    def test_a_program_of_several_processes_is_told_once(self):
        self.assertEqual(1, len(self.judged(*[fake(number, "/opt/anything", POSTGRES) for number in range(9)])))

    def test_where_lines_fit_more_roles_than_are_tried_it_is_not_taken_for_closed(self):
        served = gateways.Served(frozenset(f"s{number}" for number in range(50)), {}, [{**self.HBA[0], "auth_method": "trust"}], [])
        with mock.patch.object(gateways, "refused", lambda *_: ConnectionRefusedError()), mock.patch.object(gateways, "name_of", lambda uid: "x"):
            self.assertIsNotNone(gateways._Doors(None, served).mighty(5))


@unittest.skipUnless(os.geteuid() == 0, "needs root, to have a second user")
class FilesOfPoolers(WithAnotherUser):

    def pooler(self):
        other = subprocess.Popen(["sleep", "1000"], user=THEM, cwd=self.theirs)
        self.addCleanup(other.wait)
        self.addCleanup(other.kill)
        return processes.process(other.pid)._replace(program="/usr/sbin/pgbouncer")

    def entries(self, other, budget=None):
        with mock.patch.object(gateways, "words_of", lambda pid: ("pgbouncer", "x.ini")):
            return gateways._entries(other, budget or ini.Budget())

    def test_a_file_that_was_changed_after_the_start_is_not_what_it_serves(self):
        self.put(self.theirs + "/more.ini", b"[databases]\nmore = host=/run\n")
        self.put(self.theirs + "/x.ini", f"[databases]\none = host=/run\n%include {self.theirs}/more.ini\n".encode())
        time.sleep(0.05)
        other = self.pooler()
        served = {"one": "host=/run", "more": "host=/run"}
        self.assertEqual((served, ""), self.entries(other))
        for name in ("more.ini", "x.ini"):
            with self.subTest(name):
                time.sleep(0.05)
                os.utime(f"{self.theirs}/{name}", (1, 1))  # whatever time it says it was written
                self.assertEqual((served, gateways.CHANGED), self.entries(other))
                time.sleep(0.05)
                other = self.pooler()
                self.assertEqual((served, ""), self.entries(other))
        os.unlink(self.theirs + "/more.ini")
        self.assertEqual((None, gateways.UNREAD), self.entries(other))

    def test_another_program_of_that_name_is_not_believed(self):
        self.put(self.theirs + "/x.ini", b"[databases]\none = host=/run\n")
        time.sleep(0.05)
        other = self.pooler()
        self.assertIsNotNone(self.entries(other)[0])
        self.put(self.theirs + "/pgbouncer", owner=(THEM, THEM))
        self.assertEqual((None, gateways.UNREAD), self.entries(other._replace(program=self.theirs + "/pgbouncer")))

    def test_all_files_of_all_poolers_have_one_budget(self):
        self.put(self.theirs + "/big", b"\xe9" * 30 + b"\n" * (1024 * 1024 - 30))
        self.put(self.theirs + "/x.ini", f"%include {self.theirs}/big\n".encode() * 1000)
        other, budget = self.pooler(), ini.Budget()
        began = time.monotonic()
        for _ in range(20):
            self.assertEqual((None, gateways.UNREAD), self.entries(other, budget))
        self.assertLess(time.monotonic() - began, 60)
        self.assertLess(budget.most, 1024 * 1024)

    def test_time_is_part_of_the_budget(self):
        self.put(self.theirs + "/x.ini", b"[databases]\n")
        budget = ini.Budget(seconds=0)
        with self.assertRaisesRegex(Refusal, "more to read"):
            budget.of(THEM).load(self.theirs + "/x.ini")
        with mock.patch("os.getloadavg", return_value=(0.0, 0.0, 0.0)):
            self.assertEqual(b"[databases]\n", ini.Budget().of(THEM).load(self.theirs + "/x.ini"))
            os.kill(view._children[THEM].pid, 19)  # SIGSTOP: as its user may
            began = time.monotonic()
            self.refused(ini.Budget(seconds=0.5).of(THEM).load, self.theirs + "/x.ini")
            self.assertLess(time.monotonic() - began, 10)


if __name__ == "__main__":
    unittest.main()
