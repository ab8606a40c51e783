"""Waiting for a process by what it does, not by a clock. The children are real ones."""
import datetime
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from unittest import mock

from axm_host import clocks, install, timers, waiting
from axm_host.basics import moment, stamp

BUSY = "while True: pass"
LOOKS = 20


class Answers(unittest.TestCase):

    def setUp(self):
        patched = mock.patch.object(waiting, "IDLE_LOOKS", LOOKS)
        patched.start()
        self.addCleanup(patched.stop)

    def child(self, program):
        process = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for end in (process.stdin.close, process.stdout.close, process.wait, process.kill):
            self.addCleanup(end)
        return waiting.Child(process)

    def knocks(self, after):
        """Answers at the knock with this number."""
        left = iter(range(after))
        return lambda: None if next(left, None) is not None else "answer"

    def test_one_that_works_is_never_given_up(self):
        self.assertEqual("answer", self.child(BUSY).answer(self.knocks(10 * LOOKS)))

    def test_one_that_has_ended_is_not_one_that_answers_wrongly(self):
        for program, fate in (("exit(3)", "ended with code 3"), ("import os; os.kill(os.getpid(), 11)", "was ended by signal 11")):
            with self.subTest(fate):
                child = self.child(program)
                self.assertIsNone(child.answer(lambda: None))
                child.process.wait()
                self.assertEqual(fate, child.fate())

    def test_one_that_does_nothing_at_all_is_given_up(self):
        child = self.child(BUSY)
        os.kill(child.process.pid, signal.SIGSTOP)
        self.assertIsNone(child.answer(lambda: None))
        self.assertEqual("runs and does not answer", child.fate())
        asleep = self.child("import sys; sys.stdin.read()")
        self.assertIsNone(asleep.answer(lambda: None))

    def test_an_answer_at_once_is_taken(self):
        self.assertEqual("answer", self.child("import sys; sys.stdin.read()").answer(lambda: "answer"))


class Limits(unittest.TestCase):

    def test_a_limit_grows_with_the_load_and_never_shrinks(self):
        with mock.patch("os.cpu_count", return_value=2), mock.patch("os.getloadavg") as load:
            load.return_value = (0.1, 0, 0)
            self.assertEqual(5, waiting.patience(5))
            load.return_value = (30.0, 0, 0)
            self.assertEqual(75, waiting.patience(5))
            limit = waiting.Limit(5)
            load.return_value = (0.1, 0, 0)
            self.assertGreater(limit.left(), 60)

    def test_a_process_of_others_is_waited_for_until_it_is_gone(self):
        process = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
        self.assertFalse(waiting.gone(process.pid, 0))
        process.stdin.close()
        self.assertTrue(waiting.gone(process.pid, 60))
        process.wait()
        self.assertTrue(waiting.gone(process.pid, 0), "a pid that no process has")

    def program(self, *lines):
        """What runs by itself, as a script that first says which process it is."""
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        self.started = folder + "/started"
        with open(folder + "/axm-host", "w", encoding="utf-8") as target:
            target.write("\n".join(["#!/bin/sh", f"echo $$ $* >> {self.started}", *lines, ""]))
        os.chmod(target.name, 0o755)
        for patched in (mock.patch.object(timers, "PROGRAM", target.name), mock.patch("os.getloadavg", return_value=(0.0, 0.0, 0.0))):
            patched.start()
            self.addCleanup(patched.stop)

    def runs(self):
        with open(self.started, encoding="utf-8") as source:
            return [line.split() for line in source]

    def test_a_tick_that_comes_to_no_end_is_given_up_and_the_next_one_starts(self):
        self.program("trap '' TERM", "exec sleep 1000")
        with mock.patch.object(timers, "LIMIT_SECONDS", 0.5):
            for _ in range(2):
                timers._run("tick")
        pids = [int(pid) for pid, _ in self.runs()]
        self.assertEqual([2, False, False], [len(set(pids)), *(os.path.exists(f"/proc/{pid}") for pid in pids)])
        self.assertIn(f"TimeoutStartSec={timers.LIMIT_SECONDS}\n", install.SERVICE, "the same where systemd runs it")

    def test_a_tick_that_nothing_ends_is_left(self):
        self.program("exec sleep 1000")
        with mock.patch.object(timers, "LIMIT_SECONDS", 0.1), mock.patch("os.kill") as kill:
            timers._run("tick")
        kill.assert_called_once()
        os.kill(kill.call_args[0][0], signal.SIGKILL)
        self.assertTrue(waiting.ended(kill.call_args[0][0], 60))

    def test_what_is_to_undo_a_change_stays_until_it_has(self):
        """Whether one try failed, was ended or did nothing: as long as the change waits, there is another one."""
        self.program("kill -9 $$")
        waits = iter([True] * 6 + [False])
        now = iter([100.0, 107.0, 115.0, 116.0, 117.0, 118.0])
        with mock.patch.object(timers.state, "is_pending", side_effect=lambda change: next(waits)), mock.patch("time.sleep") as slept, \
                mock.patch("time.clock_gettime", side_effect=lambda clock: next(now)):
            timers.stay("abc", 116.0)
        self.assertEqual([["restore", "abc"]] * 3, [run[1:] for run in self.runs()], "none before its time")
        self.assertEqual([15, 9.0, 1.0, 15, 15, 15], [call[0][0] for call in slept.call_args_list if call[0][0] != waiting.LOOK_SECONDS])

    def test_a_wall_clock_that_is_set_back_makes_no_tick_a_recent_one(self):
        held = {}
        with mock.patch.object(timers.files, "install", side_effect=held.__setitem__), mock.patch.object(timers.files, "load", side_effect=held.get), \
                mock.patch.object(timers.files, "remove"), mock.patch.object(timers, "_since_boot", return_value=100.0) as up, mock.patch("os.getloadavg", return_value=(0.0, 0.0, 0.0)):
            self.assertFalse(timers.tick_is_armed())
            timers.ticked()
            up.return_value = 159.0
            self.assertTrue(timers.tick_is_armed())
            up.return_value = 161.0
            with mock.patch("time.time", return_value=0.0):
                self.assertFalse(timers.tick_is_armed())
            timers.tick_failed({"code": "DISK"})
            self.assertTrue(timers.tick_is_armed(), "one that failed runs, too")

    def test_systemd_starts_it_again_too(self):
        with mock.patch.object(timers.files, "has_systemd", return_value=True), mock.patch("subprocess.run") as ran:
            ran.return_value.returncode = 0
            timers.arm_restore("abc", 60)
        self.assertIn("--property=Restart=on-failure", ran.call_args[0][0])


class Clocks(unittest.TestCase):
    """The wall clock is set; the host runs on."""

    def setUp(self):
        self.kept, self.wall, self.up, self.boot = None, moment("2026-01-01T00:00:00Z"), 1000.0, "a"
        for where, name, act in ((clocks.state, "read_clock", lambda: self.kept), (clocks.state, "write_clock", self._keep), (clocks, "now", lambda: self.wall),
                                 (clocks, "since_boot", lambda: self.up), (clocks, "boot", lambda: self.boot)):
            patched = mock.patch.object(where, name, act)
            patched.start()
            self.addCleanup(patched.stop)

    def _keep(self, clock):
        self.kept = clock

    def passes(self, seconds, wall=None):
        self.up += seconds
        self.wall += datetime.timedelta(seconds=seconds if wall is None else wall)

    def assert_reached(self, text):
        self.assertEqual(text, stamp(clocks.reached()))

    def test_set_back_it_holds_nothing_open(self):
        clocks.keep()
        self.passes(60, wall=-86400)
        self.assert_reached("2026-01-01T00:01:00Z")
        clocks.keep()
        self.passes(3600)
        self.assert_reached("2026-01-01T01:01:00Z")

    def test_set_back_before_a_restart_it_loses_what_was_kept_last_at_most(self):
        clocks.keep()
        self.passes(61)
        clocks.keep()
        self.passes(59)
        self.boot, self.up = "b", 30.0
        self.wall -= datetime.timedelta(days=1)
        self.assert_reached("2026-01-01T00:01:31Z")
        clocks.keep()
        self.passes(10)
        self.assert_reached("2026-01-01T00:01:41Z")

    def test_set_ahead_it_closes_early_and_right_again_it_does_not(self):
        clocks.keep()
        self.passes(120, wall=86400)
        self.assert_reached("2026-01-02T00:00:00Z")
        clocks.keep()
        self.passes(60, wall=180 - 86400)
        self.assert_reached("2026-01-01T00:03:00Z")

    def test_once_the_control_plane_agrees_it_counts(self):
        clocks.keep()
        self.passes(60, wall=-3600)
        clocks.agreed()
        self.assert_reached("2025-12-31T23:00:00Z")
        kept = self.kept
        self.passes(60, wall=61)
        clocks.agreed()
        self.assertIs(kept, self.kept, "nothing is written for a moment's difference")

    def test_without_what_was_kept_the_wall_clock_counts(self):
        self.assert_reached("2026-01-01T00:00:00Z")


if __name__ == "__main__":
    unittest.main()
