"""pg_dump and pg_restore as PostgreSQL's OS user, and the bytes between them. Nothing is spooled to a disk, and no tool outlives the helper."""
from __future__ import annotations

import os
import re
import select
import subprocess
import time

from axm_host import files
from axm_host.basics import TOOL_PATH
from axm_host.postgres import user
from axm_host.waiting import ends_with_us, killed, within

AT_ONCE = 1024 * 1024
WORDS_BYTES = 64 * 1024
BEAT_SECONDS = 2
END_SECONDS = 60
WITH_ROWS = re.compile(r"pg_restore: from TOC entry \d+; \d+ \d+ (TABLE DATA|MATERIALIZED VIEW DATA|INDEX|(FK |CHECK )?CONSTRAINT) ")
COPYING = re.compile(r'pg_restore: error: (COPY failed for table "[^"]*"|error returned by PQputCopy\w+)')
NOWHERE = "/dev/null/none"  # nobody can put a file there


def can_dump(programs, reader):
    """Whether the folder of the running server's own programs has both tools, for the user who is to run them."""
    return programs is not None and all(files.is_program(f"{programs}/{tool}", reader=reader) for tool in ("pg_dump", "pg_restore"))


def in_memory(stack, data):
    """A file without a name that PostgreSQL's OS user alone may read: its handle, for a tool that finds it under path_of()."""
    handle = os.memfd_create("axm", os.MFD_CLOEXEC)
    stack.callback(os.close, handle)
    os.fchmod(handle, 0o600)
    os.fchown(handle, user().pw_uid, user().pw_gid)
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest):]
    return handle


def path_of(handle):
    return f"/proc/self/fd/{handle}"


class Failed(Exception):
    """A tool did not end well. Holds the tool's own lines of error: no detail, no context, no statement."""


class Tool:
    """One run. A stream is None once it has ended."""

    def __init__(self, stack, words, environment, files=(), fed=False):
        self.name = os.path.basename(words[0])
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE if fed else subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0,
                                        user=user().pw_uid, group=user().pw_gid, extra_groups=[], cwd="/", pass_fds=files, start_new_session=True,
                                        env={"PATH": TOOL_PATH, "LC_ALL": "C", "HOME": NOWHERE, **environment}, preexec_fn=ends_with_us())
        self.door, self.output, self.errors = self.process.stdin, self.process.stdout, self.process.stderr
        self.words = b""
        stack.callback(self._end)
        if fed:
            os.set_blocking(self.door.fileno(), False)

    def read_output(self):
        """What it has printed; empty at its end. Raises Failed when it did not end well."""
        data = os.read(self.output.fileno(), AT_ONCE)
        if not data:
            self.output = _closed(self.output)
            self._must_succeed()
        return data

    def read_errors(self):
        data = os.read(self.errors.fileno(), AT_ONCE)
        self.words = (self.words + data)[-WORDS_BYTES:]  # the error is what it says last
        if not data:
            self.errors = _closed(self.errors)
            self._must_succeed()

    def give(self, data):
        """What is left of the data. A tool that has enough closes its door, and then nothing is left."""
        try:
            return data[os.write(self.door.fileno(), data):]
        except BlockingIOError:
            return data
        except BrokenPipeError:
            self.hang_up()
            return data[:0]

    def hang_up(self):
        self.door = _closed(self.door)

    def _must_succeed(self):
        while self.errors is not None:
            self.read_errors()
        if not within(END_SECONDS, lambda: self.process.poll() is not None):
            raise Failed(f"{self.name} has said all that it had to say and does not end")
        code = self.process.returncode
        if code != 0:
            raise Failed(said(self.name, self.words) or f"{self.name} " + (f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"))

    def _end(self):
        if self.process.poll() is None:
            killed(self.process)
        self.door, self.output, self.errors = _closed(self.door), _closed(self.output), _closed(self.errors)


def _closed(stream):
    if stream is not None:
        stream.close()


def said(tool, words):
    """A tool's own lines of error, and which object they are about: the other lines hold rows and statements. So can the server's message, where rows
    arrive or are read, and then what looks like a line after it is a part of it."""
    lines = []
    for line in words.decode("utf-8", "replace").split("\n"):
        if line.startswith((f"{tool}: error: ", f"{tool}: from TOC entry ")):
            copying = COPYING.match(line)
            if copying or lines and WITH_ROWS.match(lines[-1]) and ": error: " in line:
                lines.append((copying[0] if copying else f"{tool}: error") + ": the server's log has its words, which can quote rows")
                break
            lines.append(line)
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", "; ".join(lines[-4:]))[:500]


def contents(stack, dump, pg_restore, beat):
    """(the lines of the archive's table of contents, all that had to be read for it)."""
    lister = Tool(stack, [pg_restore, "--list"], {}, fed=True)
    head, printed = _feed(dump, lister, b"", beat, whole=False)
    return printed.split(b"\n"), head


def restore(dump, sink, head, beat):
    """Gives the sink what was read before and all that the dump still writes; both must come to a good end. Raises Failed, and what `beat` raises."""
    _feed(dump, sink, head, beat, whole=True)


def _feed(dump, sink, head, beat, whole):
    """Until the sink has ended; and the dump too, where it is to be read as a `whole`. (What was read of the dump, what the sink printed.)"""
    taken, printed, left, due = [], [], memoryview(head), 0
    while sink.output is not None or whole and dump.output is not None:
        if not left and dump.output is None:
            sink.hang_up()
        hungry = not left and (whole or sink.door is not None)
        reads = [stream for stream in (dump.output if hungry else None, dump.errors, sink.output, sink.errors) if stream is not None]
        readable, writable, _ = select.select(reads, [sink.door] if left else [], [], BEAT_SECONDS)
        if sink.output in readable:
            printed.append(sink.read_output())
        if sink.errors in readable and sink.errors is not None:
            sink.read_errors()
        if dump.errors in readable and dump.errors is not None:
            dump.read_errors()
        if writable:
            left = sink.give(left)
        if hungry and dump.output in readable and dump.output is not None:
            data = dump.read_output()
            taken += [] if whole else [data]
            left = memoryview(data if sink.door is not None else b"")
        if time.monotonic() >= due:
            beat()
            due = time.monotonic() + BEAT_SECONDS
    return b"".join(taken), b"".join(printed)
