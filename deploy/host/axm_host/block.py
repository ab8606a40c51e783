"""Managed blocks in files of others, on bytes: what is outside a block stays as it was, whatever its encoding and line ends. Pure."""
from __future__ import annotations

import re

from axm_host.basics import BEGIN, END


def lines_of(data):
    """The lines with their ends: only \\n ends a line, as PostgreSQL and PgBouncer read files."""
    return re.findall(rb"[^\n]*\n|[^\n]+", data)


def bare(line):
    return line.rstrip(b"\r\n")


def read(data, ours=lambda line: False):
    """Returns (what is outside the blocks, the blocks' lines as [(line number, bytes)], the number of each BEGIN line).

    A block without its END goes as far as `ours` recognizes the lines: what somebody wrote below must survive.
    """
    outside, inside, begins = [], [], []
    open_at = None
    lines = lines_of(data)
    ends = [number for number, line in enumerate(lines) if bare(line) == END]
    for number, line in enumerate(lines):
        if bare(line) == BEGIN:
            open_at = number
            begins.append(number + 1)
            closed = any(end > number for end in ends) and not _another_begin_first(lines, number, ends)
        elif bare(line) == END:
            open_at = None
        elif open_at is not None and (closed or ours(bare(line))):
            inside.append((number + 1, bare(line)))
        else:
            open_at = None
            outside.append(line)
    return b"".join(outside), inside, begins


def _another_begin_first(lines, begin, ends):
    end = min(number for number in ends if number > begin)
    return any(bare(line) == BEGIN for line in lines[begin + 1:end])


def wrapped(lines):
    """A block as bytes; nothing at all when it would be empty."""
    return b"".join(line + b"\n" for line in [BEGIN, *lines, END]) if lines else b""


def first(outside, lines):
    return wrapped(lines) + outside
