"""The helper's file work with a second user in reach: what it follows, whose eyes it uses, what it keeps, and what it says. Needs root."""
import ast
import contextlib
import ctypes
import fcntl
import os
import pathlib
import re
import shutil
import signal
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from unittest import mock

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from axm_host import files, view
from axm_host.basics import Refusal

THEM = 65534
ACL_OF_FOUR = struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in [(1, 6, 0xFFFFFFFF), (2, 4, 3), (4, 4, 0xFFFFFFFF), (16, 4, 0xFFFFFFFF), (32, 0, 0xFFFFFFFF)])
TOUCHING = {"open", "stat", "lstat", "rename", "replace", "unlink", "remove", "rmdir", "mkdir", "makedirs", "link", "symlink", "chmod", "chown", "lchown", "listdir", "scandir",
            "walk", "readlink", "access", "truncate", "mkfifo", "mknod", "setxattr", "getxattr", "statvfs", "utime", "chdir", "seteuid", "setegid"}


class OnlyHere(unittest.TestCase):

    def test_no_other_module_touches_a_file(self):
        """Whoever opens by path elsewhere goes round everything that the other tests prove."""
        found = []
        for path in sorted(pathlib.Path(files.__file__).parent.glob("*.py")):
            if path.name not in ("files.py", "view.py"):
                found += [f"{path.name}:{node.lineno} {ast.unparse(node)[:80]}" for node in ast.walk(ast.parse(path.read_text())) if _touches(node)]
        # What no user can exchange: /dev/null and / of a process that is to live on its own, the time of an open file, and what the kernel says of a process.
        allowed = ("os.open('/dev/null', os.O_RDWR)", "os.chdir('/')", "os.utime(handle)", "open(f'/proc/{pid}/stat', encoding='ascii', errors='replace')")
        self.assertEqual([], [line for line in found if not line.endswith(allowed) and not re.match(r"processes\.py:\d+ [a-z.]+\(f?'/proc['/]", line)])


def _touches(node):
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return bool({alias.name.split(".")[0] for alias in node.names} & {"shutil", "glob", "tempfile", "pathlib"}
                    or getattr(node, "module", None) in ("shutil", "glob", "tempfile", "pathlib", "os.path", "os"))
    if not isinstance(node, ast.Call):
        return False
    call = ast.unparse(node.func)
    return call in ("open", "io.open") or call.startswith("os.") and call.split(".")[-1] in TOUCHING or call.startswith("os.path.") and call.split(".")[-1] in (
        "exists", "lexists", "isfile", "isdir", "islink", "ismount", "getsize", "getmtime", "realpath", "samefile")


@unittest.skipUnless(os.geteuid() == 0, "needs root, to have a second user")
class WithAnotherUser(unittest.TestCase):

    def setUp(self):
        self.maxDiff = None
        self.home = tempfile.mkdtemp(prefix="axm-files-")
        self.addCleanup(shutil.rmtree, self.home)
        os.chmod(self.home, 0o755)
        self.theirs = self.home + "/theirs"
        os.mkdir(self.theirs, 0o755)
        os.chown(self.theirs, THEM, THEM)
        self.secret = self.home + "/secret"
        self.put(self.secret, b"root's own", 0o600)

    def put(self, path, data=b"data\n", mode=0o644, owner=(0, 0)):
        with open(path, "wb") as target:
            target.write(data)
        os.chmod(path, mode)
        os.chown(path, *owner)
        return path

    def refused(self, act, *given, **more):
        with self.assertRaises(Refusal) as seen:
            act(*given, **more)
        return seen.exception

    def looks(self, path):
        here = os.lstat(path)
        return here.st_uid, here.st_gid, oct(here.st_mode), {name: os.getxattr(path, name) for name in os.listxattr(path)}


class Silent:
    """A file system of theirs whose server takes every question for a name and answers none, nor lets go of who asks."""

    INIT, LOOKUP, GETATTR = 26, 1, 3

    def __init__(self, path):
        self.path = path
        os.mkdir(path)
        os.chown(path, THEM, THEM)

    def __enter__(self):
        self.handle = os.open("/dev/fuse", os.O_RDWR)
        libc = ctypes.CDLL(None, use_errno=True)
        options = f"fd={self.handle},rootmode=40000,user_id={THEM},group_id={THEM}"
        if libc.mount(b"silent", self.path.encode(), b"fuse", 6, options.encode()) != 0:
            os.close(self.handle)
            raise unittest.SkipTest(f"no FUSE here: {os.strerror(ctypes.get_errno())}")
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "--lazy", self.path], check=True)
        with contextlib.suppress(OSError):
            os.close(self.handle)

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                asked = os.read(self.handle, 1 << 20)
                _, kind, number = struct.unpack_from("=IIQ", asked)
                if kind == self.LOOKUP:
                    continue
                self._answer(number, {self.INIT: struct.pack("=IIIIHHIIHHI", 7, 31, 65536, 0, 12, 10, 65536, 1, 1, 0, 0) + bytes(28),
                                      self.GETATTR: struct.pack("=QII", 0, 0, 0) + struct.pack("=QQQQQQIIIIIIIIII", 1, 0, 0, 0, 0, 0, 0, 0, 0, 0o40755, 2, THEM, THEM, 0, 4096, 0)}.get(kind))

    def _answer(self, number, body):
        os.write(self.handle, struct.pack("=IiQ", 16, -38, number) if body is None else struct.pack("=IiQ", 16 + len(body), 0, number) + body)


class Following(WithAnotherUser):

    def test_links_in_roots_own_folders_are_followed(self):
        os.symlink("theirs", self.home + "/link")
        self.put(self.theirs + "/file", b"x", owner=(THEM, THEM))
        os.symlink("../" + os.path.basename(self.home) + "/link/file", self.home + "/chain")
        self.assertEqual(b"x", files.load(self.home + "/chain"))
        files.install(self.home + "/chain", b"y")
        self.assertEqual((b"y", True), (files.load(self.theirs + "/file"), os.path.islink(self.home + "/chain")))

    def test_links_of_another_user_are_never_followed(self):
        os.symlink(self.secret, self.theirs + "/file")
        os.symlink(self.home, self.theirs + "/folder")
        before = self.looks(self.secret), sorted(os.listdir(self.home))
        for path in (self.theirs + "/file", self.theirs + "/folder/secret", self.theirs + "/folder/new"):
            for act, given in ((files.load, ()), (files.install, (b"x",)), (files.look_at, ()), (files.try_out, ()), (files.remove, ())):
                if (act, path) == (files.remove, self.theirs + "/file"):
                    continue
                with self.subTest(act=act.__name__, path=path):
                    said = self.refused(act, path, *given)
                    self.assertEqual("FILE_UNUSABLE", said.code)
                    self.assertIn(path, said.what)
        for path in (self.theirs + "/folder", self.theirs + "/folder/new"):
            self.refused(files.folder, path, 0o777, (THEM, THEM))
        self.assertEqual(before, (self.looks(self.secret), sorted(os.listdir(self.home))))

    def test_what_its_owner_could_not_read_is_not_read_for_it(self):
        """A hard link, and a file that root left there under another name."""
        os.link(self.secret, self.theirs + "/file")
        self.assertIn("Permission denied", self.refused(files.load, self.theirs + "/file").what)
        self.assertIn("Permission denied", self.refused(files.install, self.theirs + "/file", b"x").what)
        self.assertEqual(b"root's own", pathlib.Path(self.secret).read_bytes())

    def test_a_path_that_somebody_named_is_read_with_that_ones_eyes(self):
        self.assertIn("Permission denied", self.refused(files.load, self.secret, reader=THEM).what)
        self.assertEqual(b"root's own", files.load(self.secret))

    def test_the_groups_go_too(self):
        group = os.getgroups()[:1] or [0]
        self.put(self.home + "/grouped", b"x", 0o640, (0, group[0]))
        self.assertIn("Permission denied", self.refused(files.load, self.home + "/grouped", reader=THEM).what)
        self.assertEqual([THEM], sorted({os.stat(self._made_by_them("new")).st_gid}))

    def _made_by_them(self, name):
        files.folder(f"{self.theirs}/{name}", 0o700)
        return f"{self.theirs}/{name}"

    def test_a_sticky_folder_is_as_good_as_its_entry(self):
        sticky = self.home + "/sticky"
        os.mkdir(sticky)
        os.chmod(sticky, 0o1777)
        self.put(sticky + "/mine", b"mine", 0o600)
        self.put(sticky + "/theirs", b"theirs", 0o600, (THEM, THEM))
        os.symlink(self.secret, sticky + "/link")
        self.assertEqual([b"mine", b"theirs", None], [files.load(f"{sticky}/{name}") for name in ("mine", "theirs", "none")])
        self.assertIn("link", self.refused(files.load, sticky + "/link").what)

    def test_a_folder_that_a_group_can_write_is_refused_with_what_to_do(self):
        os.chmod(self.home, 0o775)
        said = self.refused(files.load, self.secret)
        self.assertEqual(("FILE_UNUSABLE", f"chmod go-w {self.home}"), (said.code, said.mend))
        self.assertIn("mode 0775", said.what)

    def test_a_folder_of_root_below_one_of_another_user_is_refused(self):
        os.mkdir(self.theirs + "/roots", 0o755)
        said = self.refused(files.install, self.theirs + "/roots/file", b"x")
        self.assertEqual(f"chown nobody {self.theirs}/roots", said.mend)
        self.assertEqual([], os.listdir(self.theirs + "/roots"))

    def test_neither_a_fifo_nor_a_lease_nor_a_stopped_child_keeps_it_waiting_for_ever(self):
        os.mkfifo(self.theirs + "/fifo", 0o666)
        self.assertIn("not a regular file", self.refused(files.load, self.theirs + "/fifo").what)
        path = self.put(self.theirs + "/leased", owner=(THEM, THEM))
        self.addCleanup(signal.signal, signal.SIGIO, signal.signal(signal.SIGIO, signal.SIG_IGN))  # what the kernel sends to who holds a lease
        holder = os.open(path, os.O_RDWR)
        try:
            fcntl.fcntl(holder, fcntl.F_SETLEASE, fcntl.F_WRLCK)
            said = self.refused(files.load, path)
            self.assertIn("lease", said.mend)
        finally:
            os.close(holder)
        files.load(path)
        self.addCleanup(setattr, view, "PATIENCE_SECONDS", view.PATIENCE_SECONDS)
        view.PATIENCE_SECONDS = 0.2
        os.kill(view._children[THEM].pid, signal.SIGSTOP)
        self.assertIn("gave no answer", self.refused(files.load, path).what)
        view.PATIENCE_SECONDS = 60
        self.assertEqual(b"data\n", files.load(path))

    def test_one_that_goes_on_for_a_moment_now_and_then_is_not_waited_for_any_longer(self):
        """Its user may stop it and let it go on, over and over: all of an answer has one limit, and all answers that don't come have one too."""
        for kept in (view._waited, view._silent):
            kept.clear()
            self.addCleanup(kept.clear)
        ours, theirs = socket.socketpair()
        self.addCleanup(theirs.close)
        threading.Thread(target=self._drip, args=(theirs, view.HEAD.pack(1000) + b" " * 1000), daemon=True).start()
        began = time.monotonic()
        with mock.patch("os.getloadavg", return_value=(0.0, 0.0, 0.0)), ours, self.assertRaises(TimeoutError):
            view._receive(ours, view.Limit(0.5))
        self.assertLess(time.monotonic() - began, 5)
        with mock.patch.object(view, "PATIENCE_SECONDS", 3), mock.patch.object(view, "LAST_SECONDS", 0.1), mock.patch("os.getloadavg", return_value=(0.0, 0.0, 0.0)):
            took = []
            for _ in range(3):
                files.load(self.theirs + "/none") if not took else None
                view._child_of(THEM)
                os.kill(view._children[THEM].pid, signal.SIGSTOP)
                began = time.monotonic()
                self.assertIn("gave no answer", self.refused(files.load, self.theirs + "/none").what)
                took.append(time.monotonic() - began)
            self.assertGreater(took[0], 2.9)
            self.assertLess(sum(took[1:]), 2)

    @staticmethod
    def _drip(line, data):
        with contextlib.suppress(OSError):
            for byte in data:
                line.sendall(bytes([byte]))
                time.sleep(0.05)

    def test_a_file_system_that_never_answers_holds_neither_the_helper_nor_its_end(self):
        """A child that looks into it can't be ended: it is left, and the refusal says so. FUSE as any user may mount it, whose server reads and is silent."""
        with Silent(self.theirs + "/mnt") as silent:
            program = ("import os, sys; os.getloadavg = lambda: (0, 0, 0); sys.path.insert(0, sys.argv[2])\nfrom axm_host import files, view\nfrom axm_host.basics import Refusal\nview.PATIENCE_SECONDS = view.LAST_SECONDS = 0.3\n"
                       "for number in range(view.MOST_SILENT + 1):\n    try: files.load(sys.argv[1])\n    except Refusal as said: print(said.what, flush=True)\n"
                       "print(files.load('/proc/self/comm', reader=1))")
            began = time.monotonic()
            with subprocess.Popen([sys.executable, "-c", program, silent.path + "/pg_hba.conf", os.path.dirname(os.path.abspath(__file__))], stdout=subprocess.PIPE, text=True) as helper:
                self.addCleanup(helper.kill)
                self.assertEqual(0, helper.wait(60))
                told = helper.stdout.read().splitlines()
            self.assertLess(time.monotonic() - began, 60)
            self.assertEqual(view.MOST_SILENT + 2, len(told), told)
            for line in told[:view.MOST_SILENT]:
                self.assertIn(f"{silent.path}/pg_hba.conf: a process of nobody that was to look at it gave no answer, and can't be ended", line)
            self.assertIn(f"{silent.path}/pg_hba.conf: {view.MOST_SILENT} processes of nobody", told[view.MOST_SILENT])
            self.assertEqual("b'python3\\n'", told[-1], "other users' eyes see on")

    def test_no_process_of_theirs_gets_into_the_child(self):
        """It is root's program, with what root's memory held when it began."""
        files.load(self.theirs + "/none")
        pid = view._children[THEM].pid
        self.assertIn(f"Uid:\t{THEM}\t{THEM}\t{THEM}\t{THEM}\n", pathlib.Path(f"/proc/{pid}/status").read_text())
        self.assertIn("Groups:\t65534 \n", pathlib.Path(f"/proc/{pid}/status").read_text())
        for name in ("mem", "environ", "maps", "fd/3"):
            done = subprocess.run(["setpriv", f"--reuid={THEM}", f"--regid={THEM}", "--clear-groups", "head", "-c1", f"/proc/{pid}/{name}"], capture_output=True, check=False)
            self.assertIn(b"Permission denied", done.stderr)

    def test_a_huge_file_is_refused(self):
        path = self.put(self.theirs + "/huge", owner=(THEM, THEM))
        os.truncate(path, 1 << 40)
        self.assertIn("more than", self.refused(files.load, path).what)


class Keeping(WithAnotherUser):

    def test_owner_mode_acl_and_label_are_kept(self):
        for folder in (self.home, self.theirs):
            for owner, mode in (((0, THEM), 0o640), ((THEM, THEM), 0o600), ((THEM, THEM), 0o644)):
                with self.subTest(folder=folder, owner=owner, mode=mode):
                    path = self.put(folder + "/file", b"old", mode, owner)
                    os.setxattr(path, "user.note", b"kept")
                    with contextlib.suppress(OSError):  # a kernel or file system without labels
                        os.setxattr(path, "security.selinux", b"system_u:object_r:postgresql_db_t:s0\0")
                    os.setxattr(path, files.ACL, ACL_OF_FOUR) if mode == 0o640 else None
                    before = self.looks(path)
                    files.install(path, b"new", 0o777, (1, 1))
                    self.assertEqual((before, b"new"), (self.looks(path), pathlib.Path(path).read_bytes()))
                    os.unlink(path)

    def test_a_default_acl_of_the_folder_is_not_taken_for_the_files(self):
        path = self.put(self.home + "/file", b"old", 0o640)
        os.setxattr(self.home, "system.posix_acl_default", ACL_OF_FOUR)
        before = self.looks(path)
        files.install(path, b"new")
        self.assertEqual(before, self.looks(path))

    def test_neither_capabilities_nor_setuid_are_kept(self):
        path = self.put(self.home + "/file", b"old")
        os.setxattr(path, "security.capability", struct.pack("<IIIII", 0x02000000, 1, 0, 0, 0))
        os.chmod(path, 0o4755)
        os.setxattr(path, "security.capability", struct.pack("<IIIII", 0x02000000, 1, 0, 0, 0))
        files.install(path, b"new")
        self.assertEqual((0o755, []), (stat.S_IMODE(os.stat(path).st_mode), os.listxattr(path)))

    def test_a_file_is_saved_put_back_and_forgotten(self):
        for folder in (self.home, self.theirs):
            path = self.put(folder + "/file", b"old", 0o640, (0, THEM))
            before, inode = self.looks(path), os.stat(path).st_ino
            saved = files.save(path)
            files.install(path, b"new")
            files.put_back(saved)
            self.assertEqual((before, inode), (self.looks(path), os.stat(path).st_ino))
            saved = files.save(folder + "/none")
            files.install(folder + "/none", b"new")
            files.put_back(saved)
            files.forget(files.save(path))
            self.assertEqual([], [name for name in os.listdir(folder) if name == "none" or name.startswith(files.MARK)])

    def test_what_a_killed_run_left_is_swept_and_nothing_else(self):
        for folder in (self.home, self.theirs):
            for name in (".axm-old-1", ".axm-new-2", ".axm-try-3", ".axm-other", "file"):
                self.put(f"{folder}/{name}")
            os.mkdir(folder + "/.axm-old-folder")
            os.symlink(self.secret, folder + "/.axm-old-link")
            files.sweep(folder)
            self.assertEqual([".axm-old-folder", ".axm-other", "file"], [name for name in sorted(os.listdir(folder)) if name not in ("secret", "theirs")])
        self.assertTrue(os.path.exists(self.secret))

    def test_a_folder_goes_with_what_each_owner_can_take_away(self):
        os.makedirs(self.home + "/whole/inner")
        self.put(self.home + "/whole/inner/file")
        os.mkdir(self.home + "/whole/sockets")
        os.makedirs(self.home + "/whole/sockets/deep/er")
        for path in ("sockets/deep/er", "sockets/deep", "sockets"):
            os.chown(f"{self.home}/whole/{path}", THEM, THEM)
        os.chmod(self.home + "/whole/sockets/deep", 0)
        os.symlink(self.home, self.home + "/whole/sockets/link")
        self.assertTrue(files.remove_folder(self.home + "/whole"))
        self.assertFalse(os.path.exists(self.home + "/whole"))
        os.makedirs(self.home + "/whole/sockets/roots")
        self.put(self.home + "/whole/sockets/roots/file")
        os.chown(self.home + "/whole/sockets", THEM, THEM)
        self.assertFalse(files.remove_folder(self.home + "/whole"))
        self.assertEqual(["file"], os.listdir(self.home + "/whole/sockets/roots"))


class Fitness(WithAnotherUser):

    def test_a_look_touches_nothing(self):
        for folder in (self.home, self.theirs):
            path = self.put(folder + "/file", owner=(THEM, THEM))
            before = [os.stat(path), os.stat(folder)]
            files.try_out(path, reader=THEM)
            files.try_out(folder + "/none/of/these", reader=THEM)
            after = [os.stat(path), os.stat(folder)]
            told = lambda stats: [(here.st_ino, here.st_mtime_ns, here.st_ctime_ns, here.st_nlink) for here in stats]
            self.assertEqual(told(before), told(after))
            files.try_out(path, reader=THEM, move=True)
            self.assertEqual([(here.st_ino, here.st_mtime_ns, here.st_ctime_ns) for here in before[:1]], [(here.st_ino, here.st_mtime_ns, here.st_ctime_ns) for here in [os.stat(path)]])
            self.assertEqual(["file"], [name for name in os.listdir(folder) if name not in ("secret", "theirs")])

    def test_each_reason_is_found_and_told(self):
        path = self.put(self.theirs + "/file", b"data\n", 0o640, (0, THEM))
        files.try_out(path, reader=THEM)
        os.chown(path, 0, 0)
        said = self.refused(files.try_out, path, reader=THEM)
        self.assertIn(f"Permission denied for nobody; {path} belongs to root:root, mode 0640; {self.theirs} belongs to nobody:nogroup, mode 0755", said.what)
        self.assertIn(f"owner, mode and ACL of {path}", said.mend)

    def test_a_mount_of_the_file_itself_and_one_that_is_read_only(self):
        """In a mount namespace of its own, so that nothing stays behind."""
        path = self.put(self.theirs + "/file", owner=(THEM, THEM))
        script = f"""
import sys; sys.path.insert(0, {os.path.dirname(os.path.abspath(__file__))!r})
from axm_host import files
from axm_host.basics import Refusal
import subprocess
def said():
    try:
        files.try_out({path!r}, reader={THEM})
        return "fit"
    except Refusal as why:
        return why.code + "|" + why.what + "|" + why.mend
print(said())
subprocess.run(["mount", "--bind", {path!r}, {path!r}], check=True); print(said())
subprocess.run(["umount", {path!r}], check=True)
subprocess.run(["mount", "--bind", {self.theirs!r}, {self.theirs!r}], check=True)
subprocess.run(["mount", "-o", "remount,bind,ro", {self.theirs!r}], check=True); print(said())
"""
        done = subprocess.run(["unshare", "-m", sys.executable, "-B", "-c", script], capture_output=True, text=True, check=False)
        if "unshare" in done.stderr:
            self.skipTest("no mount namespace here: " + done.stderr)
        fit, mounted, read_only = done.stdout.strip().split("\n")
        self.assertEqual("fit", fit, done.stderr)
        self.assertIn("a mount of its own", mounted)
        self.assertIn(f"mount the directory {self.theirs} there", mounted)
        self.assertIn("Read-only file system", read_only)
        self.assertIn("for writing", read_only)

    def test_a_file_or_folder_that_chattr_has_closed(self):
        path = self.put(self.theirs + "/file", owner=(THEM, THEM))
        for target, letter in ((path, "i"), (path, "a"), (self.theirs, "i"), (self.theirs, "a")):
            closed = subprocess.run(["chattr", "+" + letter, target], capture_output=True, text=True, check=False)
            if closed.returncode != 0:
                self.skipTest("this file system has no such attributes: " + closed.stderr)
            try:
                with self.subTest(target=target, letter=letter):
                    said = self.refused(files.try_out, path)
                    self.assertEqual(f"chattr -{letter} {target}", said.mend)
                    self.assertIn(target, said.what)
            finally:
                subprocess.run(["chattr", "-" + letter, target], check=True)
            files.try_out(path)


class UnderAttack(WithAnotherUser):
    """A process of the other user exchanges entries as fast as it can, while root works there."""

    def test_no_exchange_makes_root_read_or_change_anything_else(self):
        managed, canary = self.theirs + "/conf/file", self.home + "/canary"
        os.makedirs(canary + "/conf")
        for path in (canary, canary + "/conf"):
            os.chmod(path, 0o700)
        self.put(canary + "/conf/file", b"CANARY", 0o600)
        os.mkdir(self.theirs + "/conf")
        os.chown(self.theirs + "/conf", THEM, THEM)
        self.put(managed, b"managed", 0o640, (0, THEM))
        before = self.whole(canary)
        attacker = subprocess.Popen([sys.executable, "-B", os.path.dirname(os.path.abspath(__file__)) + "/adversary.py", "--uid", str(THEM), "--canary", canary,
                                     "--round", "3", self.theirs, self.theirs + "/conf"], stdout=subprocess.PIPE, text=True)
        self.addCleanup(attacker.stdout.close)
        try:
            self.assertEqual("ready\n", attacker.stdout.readline())
            tally = self.under_attack(managed)
        finally:
            attacker.terminate()
            swaps = int(attacker.stdout.read().split()[-1])
            attacker.wait()
        self.assertEqual(before, self.whole(canary))
        self.assertGreater(swaps, 0)
        self.assertGreater(tally["done"], 0, tally)
        self.assertGreater(tally["refused"], 0, tally)

    def under_attack(self, managed):
        tally = {"done": 0, "refused": 0}
        end = time.monotonic() + 300
        while min(tally.values()) < 300 and time.monotonic() < end:
            for act in (lambda: self.assertNotIn(b"CANARY", files.load(managed) or b""), lambda: files.install(managed, b"managed", 0o640, (0, THEM)),
                        lambda: files.put_back(files.save(managed)), lambda: files.try_out(managed, reader=THEM, move=True),
                        lambda: files.folder(os.path.dirname(managed), 0o777, (0, 0)), lambda: files.sweep(os.path.dirname(managed)),
                        lambda: files.remove_folder(os.path.dirname(managed) + "/file/x"), lambda: files.look_at(managed)):
                try:
                    act()
                    tally["done"] += 1
                except Refusal as refused:
                    self.assertIn(refused.code, ("FILE_UNUSABLE",), refused)
                    tally["refused"] += 1
        return tally

    @staticmethod
    def whole(folder):
        """Everything that root's work could have left on it; the times of reading too."""
        found = {}
        for at, folders, names in os.walk(folder):
            for name in [".", *folders, *names]:
                here = os.lstat(os.path.join(at, name))
                found[os.path.join(at, name)] = (here.st_ino, here.st_mode, here.st_uid, here.st_gid, here.st_nlink, here.st_size, here.st_mtime_ns, here.st_ctime_ns)
        return found


if __name__ == "__main__":
    unittest.main()
