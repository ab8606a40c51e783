"""Waiting for a process by what it does, not by a clock. The children are real ones."""
import os
import signal
import subprocess
import sys
import time
import unittest
from unittest import mock

from axm_host import install, timers, waiting

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

    def test_a_tick_that_comes_to_no_end_is_given_up_and_the_next_one_starts(self):
        started = os.memfd_create("started")
        self.addCleanup(os.close, started)

        def tick():
            os.write(started, b"%d\n" % os.getpid())
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            time.sleep(1000)
        with mock.patch("os.getloadavg", return_value=(0.0, 0.0, 0.0)), mock.patch.object(timers, "LIMIT_SECONDS", 0.5):
            for _ in range(2):
                timers._one_tick(tick)
        pids = [int(pid) for pid in os.pread(started, 1000, 0).split()]
        self.assertEqual([2, False, False], [len(set(pids)), *(os.path.exists(f"/proc/{pid}") for pid in pids)])
        self.assertIn(f"TimeoutStartSec={timers.LIMIT_SECONDS}\n", install.SERVICE, "the same where systemd runs it")

    def test_a_tick_that_nothing_ends_is_left(self):
        with mock.patch("os.getloadavg", return_value=(0.0, 0.0, 0.0)), mock.patch.object(timers, "LIMIT_SECONDS", 0.1), mock.patch("os.kill") as kill:
            timers._one_tick(lambda: time.sleep(5))
        kill.assert_called_once()
        os.kill(kill.call_args[0][0], signal.SIGKILL)
        self.assertTrue(waiting.ended(kill.call_args[0][0], 60))


if __name__ == "__main__":
    unittest.main()
