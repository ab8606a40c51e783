"""All file work of the helper: by handles of folders, never by a path inside a folder that another user can write.

A path is walked from the root, one name at a time. As long as only root can write the folders, links are followed: root made them. From the first
folder that another user can write, that user walks on, in a child process (view.py), and links are refused. What stands there is opened and read by
that user alone. Root works there only on names in the folder's handle, and only when the folder is that user's own: making a new file that nobody
else can open, renaming, linking and removing names is then no more than that user may do itself.

Every failure is a Refusal with the path, its owner and mode, and what to do.
"""
from __future__ import annotations

import contextlib
import errno
import fcntl
import functools
import grp
import os
import secrets
import socket
import stat
import struct
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple

from axm_host.basics import Refusal, TOOL_PATH
from axm_host.view import Gone, for_others, name_of, seen_by

MARK = ".axm-"
TRIAL = MARK + "try-"
OURS = (MARK + "old-", MARK + "new-", TRIAL)
MOST_BYTES = 16 * 1024 * 1024
MOST_LINKS = 40
# Never security.capability: nobody gains a mighty file by pointing us to one.
ACL, LABEL = "system.posix_acl_access", "security.selinux"
FOLDER = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
GET_FLAGS = (2 << 30) | (struct.calcsize("l") << 16) | (ord("f") << 8) | 1  # FS_IOC_GETFLAGS
APPEND_ONLY, IMMUTABLE = 0x20, 0x10
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM)
NOT_SUPPORTED = (errno.ENOTSUP, errno.ENOTTY, errno.ENOSYS, errno.EINVAL)


class Looks(NamedTuple):
    """What there is to know about an entry without opening it."""
    uid: int
    gid: int
    mode: int
    changed: float  # seconds since the epoch; a file moved here keeps its older time of writing


class File(NamedTuple):
    """A regular file as its reader found it."""
    data: bytes
    looks: Looks
    attributes: Dict[str, bytes]  # what a file that replaces it has to have too


class Place:
    """A name in a folder that is held open. `keeper` is root, or the one other user whose folder it is."""

    def __init__(self, path: str, handle: int, name: str, keeper: int):
        self.path, self.handle, self.name, self.keeper = path, handle, name, keeper

    def __enter__(self) -> Place:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self.handle >= 0:
            os.close(self.handle)
            self.handle = -1

    def rename(self, old: str, new: str) -> None:
        os.rename(old, new, src_dir_fd=self.handle, dst_dir_fd=self.handle)

    def unlink(self, name: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name, dir_fd=self.handle)

    def sync(self) -> None:
        with _handle(os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=self.handle)) as folder:
            os.fsync(folder)


class Saved(NamedTuple):
    """A file as it was. `kept` is a second name for its old content, or None where there was no file."""
    place: Place
    kept: Optional[str]


@contextlib.contextmanager
def _handle(handle: int) -> Iterator[int]:
    try:
        yield handle
    finally:
        os.close(handle)


def _told(work: Callable[..., Any]) -> Callable[..., Any]:
    """A failure of the system is a Refusal that says of which path."""
    @functools.wraps(work)
    def telling(path: Any, *rest: Any, **more: Any) -> Any:
        try:
            return work(path, *rest, **more)
        except OSError as failed:
            where = path.place.path if isinstance(path, Saved) else path
            raise refusal(failed, where, more.get("reader")) from failed
    return telling


# The walk

def _walk(path: str) -> Tuple[int, str, int]:
    """(handle of the folder, the last name, the keeper). Root stops at the first folder of another user: then the handle is -1.

    Any other user goes on there, with no more rights than its own, and follows no link.
    """
    if not path.startswith("/"):
        raise OSError(errno.EINVAL, "the path does not begin at the root", path)
    parts, links = _parts(path), 0
    at, keeper = os.open("/", FOLDER), 0
    try:
        while True:
            keeper = keeper or _writer(at, parts[0], path)
            if keeper and os.geteuid() == 0:
                os.close(at)
                return -1, parts[-1], keeper
            if keeper and parts[0] == "..":
                raise OSError(errno.ELOOP, "the way leads back through `..` in a directory that other users can write", path)
            here = _entry(at, parts[0])
            if here is not None and stat.S_ISLNK(here.st_mode):
                links += 1
                if keeper or links > MOST_LINKS:
                    raise OSError(errno.ELOOP, "a link in a directory that other users can write is not followed", path)
                target = os.readlink(parts[0], dir_fd=at)
                parts[:1] = _parts(target)
                if target.startswith("/"):
                    os.close(at)
                    at = os.open("/", FOLDER)
            elif len(parts) == 1:
                return at, parts[0], keeper
            else:
                inner = os.open(parts.pop(0), FOLDER, dir_fd=at)
                os.close(at)
                at = inner
    except BaseException:
        with contextlib.suppress(OSError):
            os.close(at)
        raise


def _parts(path: str) -> List[str]:
    return [part for part in path.split("/") if part not in ("", ".")] or ["."]


def _entry(at: int, name: str) -> Optional[os.stat_result]:
    try:
        return os.stat(name, dir_fd=at, follow_symlinks=False)
    except FileNotFoundError:
        return None


def _writer(at: int, name: str, path: str) -> int:
    """Who can change what stands under this name in the folder: root alone (0), or another user."""
    here = os.fstat(at)
    if here.st_uid != 0:
        return here.st_uid
    if not here.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return 0
    entry = _entry(at, name)
    if here.st_mode & stat.S_ISVTX:
        if entry is None:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        if stat.S_ISLNK(entry.st_mode):
            raise OSError(errno.ELOOP, "a link in a directory that other users can write is not followed", path)
        return entry.st_uid
    folder = os.readlink(f"/proc/self/fd/{at}")
    raise Refusal("FILE_UNUSABLE", f"{_described(folder, here)}, can be written by others than root, without an owner of its own",
                  f"chmod go-w {folder}")


@for_others
def _found(path: str) -> Tuple[None, List[int]]:
    """In the child: the handle of the folder."""
    return None, [_walk(path)[0]]


def keeper(path: str, reader: Optional[int] = None) -> int:
    """Whose hands open what is there: `reader`, where somebody else named the path, else root, or the user who could swap it under our feet."""
    if reader:
        return reader
    at, _, who = _walk(path)
    if at >= 0:
        os.close(at)
    return who


def place(path: str) -> Place:
    """The folder of this path, to change names in it."""
    at, name, who = _walk(path)
    if who:
        at = seen_by(who, _found, path)[1][0] if at < 0 else at
        here = os.fstat(at)
        if here.st_uid != who:
            os.close(at)
            folder = os.path.dirname(path)
            raise Refusal("FILE_UNUSABLE", f"{_described(folder, here)}, below a directory of {name_of(who)}: neither can change it safely",
                          f"chown {name_of(who)} {folder}")
    return Place(path, at, name, who)


# Reading

@for_others
def _read(path: str, most: int) -> Tuple[Optional[list], List[int]]:
    try:
        at, name, _ = _walk(path)
        with _handle(at), _handle(os.open(name, READ, dir_fd=at)) as handle:
            here = os.fstat(handle)
            if not stat.S_ISREG(here.st_mode):
                raise Refusal("FILE_UNUSABLE", f"{path} is not a regular file: {_described(path, here)}", "put a regular file there")
            data = _all_of(handle, most, path)
            attributes = {name: os.getxattr(handle, name).decode("latin-1") for name in _listed(handle)}
            return [data.decode("latin-1"), list(_looks(here)), attributes], []
    except FileNotFoundError:
        return None, []


def _all_of(handle: int, most: int, path: str) -> bytes:
    parts, have = [], 0
    while True:
        part = os.read(handle, 1 << 20)
        if not part:
            return b"".join(parts)
        parts.append(part)
        have += len(part)
        if have > most:
            raise Refusal("FILE_UNUSABLE", f"{path} has more than {most} bytes", "it is none of the files that AxiomDB changes; correct the path, or the file")


def _listed(handle: int) -> List[str]:
    try:
        return [name for name in os.listxattr(handle) if name in (ACL, LABEL) or name.startswith("user.")]
    except OSError as unsupported:
        if unsupported.errno not in NOT_SUPPORTED:
            raise
        return []


def _looks(here: os.stat_result) -> Looks:
    return Looks(here.st_uid, here.st_gid, here.st_mode, here.st_ctime)


@_told
def read(path: str, most: int = MOST_BYTES, *, reader: Optional[int] = None, seconds: Optional[float] = None) -> Optional[File]:
    """A regular file, or None where there is none. `reader`: with the eyes of that user, who told us the path; `seconds`: no longer than that."""
    with contextlib.suppress(FileNotFoundError):
        found = seen_by(keeper(path, reader), _read, path, most, seconds=seconds)[0]
        if found is not None:
            data, looks, attributes = found
            return File(data.encode("latin-1"), Looks(*looks), {name: value.encode("latin-1") for name, value in attributes.items()})
    return None


def load(path: str, *, reader: Optional[int] = None) -> Optional[bytes]:
    """The bytes of a regular file, or None where there is none."""
    found = read(path, reader=reader)
    return None if found is None else found.data


@for_others
def _look_at(path: str) -> Tuple[Optional[list], List[int]]:
    try:
        at, name, _ = _walk(path)
        with _handle(at):
            here = _entry(at, name)
            return None if here is None else list(_looks(here)), []
    except FileNotFoundError:
        return None, []


@_told
def look_at(path: str, *, reader: Optional[int] = None) -> Optional[Looks]:
    """What an entry looks like, of whatever kind; None where there is none."""
    with contextlib.suppress(FileNotFoundError):
        found = seen_by(keeper(path, reader), _look_at, path)[0]
        return None if found is None else Looks(*found)
    return None


def exists(path: str) -> bool:
    return look_at(path) is not None


def has_systemd() -> bool:
    return is_folder("/run/systemd/system")


def is_folder(path: str) -> bool:
    here = look_at(path)
    return here is not None and stat.S_ISDIR(here.mode)


def program(name: str) -> Optional[str]:
    """Where a program is that root may run."""
    for folder_of_programs in TOOL_PATH.split(":"):
        path = f"{folder_of_programs}/{name}"
        if is_program(path):
            return path
    return None


def is_program(path: str, *, reader: Optional[int] = None) -> bool:
    """Also false where it can't be reached, or is where others could have put it."""
    try:
        here = look_at(path, reader=reader)
    except Refusal:
        return False
    return here is not None and stat.S_ISREG(here.mode) and bool(here.mode & 0o111)


@_told
def belongs_to(path: str, uid: int) -> bool:
    """Whether it is that user's own: the file itself, or a folder on the way to it."""
    here = look_at(path, reader=uid)
    return keeper(path) == uid or here is not None and here.uid == uid


def described(path: str) -> str:
    """The path with owner, group and mode, as far as they can be seen."""
    here = look_at(path)
    return f"there is no {path}" if here is None else _described(path, here)


@_told
def names(path: str) -> List[str]:
    """The names in a folder; none where there is no folder."""
    with contextlib.suppress(FileNotFoundError), place(path + "/" + MARK) as where:
        with _handle(os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=where.handle)) as folder:
            return sorted(os.listdir(folder))
    return []


def connected(path: str, uid: int) -> socket.socket:
    """A session on a unix socket whose peer sees that user. ConnectionError and FileNotFoundError where nobody listens, BlockingIOError when more clients
    wait than the server has room for; whatever else keeps it from being reached is a Refusal."""
    try:
        return socket.socket(fileno=seen_by(uid, _connect, path)[1][0])
    except (ConnectionError, FileNotFoundError, BlockingIOError):
        raise
    except OSError as failed:
        raise refusal(failed, path, uid) from failed


@for_others
def _connect(path: str) -> Tuple[None, List[int]]:
    at, name, _ = _walk(path)
    with _handle(at), _handle(os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=at)) as found:
        if not stat.S_ISSOCK(os.fstat(found).st_mode):
            raise FileNotFoundError(errno.ENOENT, "no socket", path)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as made:
            made.setblocking(False)
            made.connect(f"/proc/self/fd/{found}")
            return None, [made.detach()]


# Writing

@_told
def save(path: str) -> Saved:
    """Keeps the present file under a second name, so that put_back() needs no room."""
    where, kept = place(path), MARK + "old-" + secrets.token_hex(6)
    try:
        os.link(where.name, kept, src_dir_fd=where.handle, dst_dir_fd=where.handle, follow_symlinks=False)
    except FileNotFoundError:
        return Saved(where, None)
    except BaseException:
        where.close()
        raise
    return Saved(where, kept)


@_told
def install(path: str, data: bytes, mode: int = 0o600, owner: Tuple[int, int] = (0, 0), keep: bool = True) -> None:
    """Puts `data` at `path`: new file beside it, fsync, rename, fsync of the folder. `keep`: as a file that is there, in owner, mode, ACL and label."""
    with place(path) as where:
        former = read(path) if keep else None
        if former is not None and where.keeper and former.looks.uid not in (0, where.keeper):
            raise Refusal("FILE_UNUSABLE", f"{path} belongs to {name_of(former.looks.uid)}, in a directory of {name_of(where.keeper)}",
                          f"chown {name_of(where.keeper)} {path}")
        temporary = MARK + "new-" + secrets.token_hex(6)
        with _handle(os.open(temporary, NEW, 0o600, dir_fd=where.handle)) as handle:
            try:
                rest = memoryview(data)
                while rest:
                    rest = rest[os.write(handle, rest):]
                _dress(handle, former, mode, owner)
                os.fsync(handle)
                where.rename(temporary, where.name)
            except BaseException:
                where.unlink(temporary)
                raise
        where.sync()


def _dress(handle: int, former: Optional[File], mode: int, owner: Tuple[int, int]) -> None:
    """By the handle: the name may be another's by now. A default ACL of the folder goes first, for it is not the former file's."""
    attributes = {} if former is None else former.attributes
    with contextlib.suppress(OSError):  # there is none, or the file system knows none
        os.removexattr(handle, ACL)
    os.fchown(handle, *(owner if former is None else (former.looks.uid, former.looks.gid)))
    os.fchmod(handle, mode if former is None else former.looks.mode & 0o777)
    for name, value in attributes.items():
        if name not in _listed(handle) or os.getxattr(handle, name) != value:
            os.setxattr(handle, name, value)


@_told
def put_back(saved: Saved) -> None:
    where = saved.place
    if saved.kept is None:
        where.unlink(where.name)
    else:
        where.rename(saved.kept, where.name)
    where.sync()
    where.close()


@_told
def forget(saved: Saved) -> None:
    if saved.kept is not None:
        saved.place.unlink(saved.kept)
    saved.place.close()


@_told
def sweep(path: str) -> None:
    """Takes away what a killed run left behind in a folder. Only under the lock."""
    left = [name for name in names(path) if name.startswith(OURS)]
    if left:
        with place(path + "/" + MARK) as where:
            for name in left:
                here = _entry(where.handle, name)
                if here is not None and not stat.S_ISDIR(here.st_mode):  # a directory of that name is none of ours
                    where.unlink(name)


@_told
def remove(path: str) -> None:
    with contextlib.suppress(FileNotFoundError), place(path) as where:
        if _entry(where.handle, where.name) is not None:
            where.unlink(where.name)
            where.sync()


@_told
def folder(path: str, mode: int, owner: Tuple[int, int] = (0, 0)) -> None:
    """A folder of ours with this owner and mode. In a folder of another user it is that user's own, and stays as it is."""
    at, name, who = _walk(path)
    if who:
        if at >= 0:
            os.close(at)
        seen_by(who, _make, path)
        return
    with _handle(at):
        with contextlib.suppress(FileExistsError):
            os.mkdir(name, 0o700, dir_fd=at)
        with _handle(os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=at)) as made:
            os.fchown(made, *owner)
            os.fchmod(made, mode)


@for_others
def _make(path: str) -> Tuple[None, List[int]]:
    at, name, _ = _walk(path)
    with _handle(at):
        with contextlib.suppress(FileExistsError):
            os.mkdir(name, 0o750, dir_fd=at)
        os.close(os.open(name, FOLDER, dir_fd=at))
    return None, []


@_told
def remove_folder(path: str) -> bool:
    """With all that is in it. False when something stays: what its owner, another user, does not let go."""
    with contextlib.suppress(FileNotFoundError):
        at, name, who = _walk(path)
        if at < 0:
            return seen_by(who, _removed, path)[0]
        with _handle(at):
            return _take_away(at, name)
    return True


@for_others
def _removed(path: str) -> Tuple[bool, List[int]]:
    at, name, _ = _walk(path)
    with _handle(at):
        return _take_away(at, name), []


def _take_away(at: int, name: str) -> bool:
    """Each folder's owner empties it, so that nothing goes that this user could not have removed."""
    here = _entry(at, name)
    if here is None:
        return True
    try:
        if not stat.S_ISDIR(here.st_mode):
            os.unlink(name, dir_fd=at)
            return True
        if os.geteuid() != 0 and here.st_uid == os.geteuid():
            os.chmod(name, 0o700, dir_fd=at)  # a user's own folder, by that user
        with _handle(os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=at)) as inner:
            owner = os.fstat(inner).st_uid
            if os.geteuid() == 0 and owner != 0:
                seen_by(owner, _emptied, handles=(inner,))
            else:
                _emptied(inner)
        os.rmdir(name, dir_fd=at)
        return True
    except OSError as failed:
        if failed.errno not in (errno.EACCES, errno.EPERM, errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EBUSY):
            raise
        return False


@for_others
def _emptied(inner: int) -> Tuple[bool, List[int]]:
    if os.geteuid() != 0 and os.fstat(inner).st_uid == os.geteuid():
        os.fchmod(inner, 0o700)
    return all([_take_away(inner, name) for name in os.listdir(inner)]), []


@contextlib.contextmanager
def opened(path: str, flags: int, mode: int = 0o600) -> Iterator[int]:
    """A handle in a folder that only root can write; nowhere else."""
    try:
        with place(path) as where:
            if where.keeper:
                raise Refusal("FILE_UNUSABLE", f"{path} is in a directory of {name_of(where.keeper)}", "give that directory to root")
            handle = os.open(where.name, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC, mode, dir_fd=where.handle)
    except OSError as failed:
        raise refusal(failed, path) from failed
    with _handle(handle):
        yield handle


@_told
def rename(path: str, name: str) -> None:
    """Another name in the same folder."""
    with place(path) as where:
        where.rename(where.name, name)


# Whether a file could be replaced: tried, and nothing is changed by it

@_told
def try_out(path: str, *, reader: Optional[int] = None, move: bool = False) -> None:
    """Raises a Refusal when a file could not be read by its reader, or could not be replaced. `move`: with a trial file, which is renamed."""
    with contextlib.suppress(FileNotFoundError):
        where = place(path)
        with where:
            _try_in(where, reader, move)
        return
    parent = os.path.dirname(path.rstrip("/"))
    if parent not in ("", "/"):
        try_out(parent, move=move)


def _try_in(where: Place, reader: Optional[int], move: bool) -> None:
    read(where.path, reader=reader)
    with _handle(os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=where.handle)) as folder:
        if os.fstatvfs(folder).f_flag & os.ST_RDONLY:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), where.path)
        _refuse_flags(folder, os.path.dirname(where.path))
        _refuse_mount(where)
        try:
            os.close(os.open(".", os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600, dir_fd=folder))
        except OSError as failed:
            if failed.errno not in (*NOT_SUPPORTED, errno.EISDIR, errno.EOPNOTSUPP):
                raise
    if move:
        _move_in(where)


def _move_in(where: Place) -> None:
    first, second = TRIAL + secrets.token_hex(6), TRIAL + secrets.token_hex(6)
    os.close(os.open(first, NEW, 0o600, dir_fd=where.handle))
    try:
        where.rename(first, second)
    finally:
        where.unlink(first)
        where.unlink(second)


def _refuse_mount(where: Place) -> None:
    """A file that is a mount of its own, as containers have them, can't be replaced; one that can't be changed (chattr +i) neither."""
    here = _entry(where.handle, where.name)
    if here is None:
        return
    with _handle(os.open(where.name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=where.handle)) as entry:
        if _mount_of(entry) != _mount_of(where.handle):
            raise OSError(errno.EBUSY, "it is a mount of its own", where.path)
    if stat.S_ISREG(here.st_mode):
        seen_by(where.keeper or os.geteuid(), _refuse_flags_of, where.path)


@for_others
def _refuse_flags_of(path: str) -> Tuple[None, List[int]]:
    at, name, _ = _walk(path)
    with _handle(at), _handle(os.open(name, READ, dir_fd=at)) as handle:
        _refuse_flags(handle, path)
    return None, []


def _mount_of(handle: int) -> bytes:
    with open(f"/proc/self/fdinfo/{handle}", "rb") as source:
        return next((line for line in source if line.startswith(b"mnt_id:")), b"")


def _refuse_flags(handle: int, path: str) -> None:
    try:
        flags = struct.unpack("I", fcntl.ioctl(handle, GET_FLAGS, bytes(struct.calcsize("l")))[:4])[0]
    except OSError as unsupported:
        if unsupported.errno not in NOT_SUPPORTED:
            raise
        return
    if flags & (IMMUTABLE | APPEND_ONLY):
        letter = "i" if flags & IMMUTABLE else "a"
        raise Refusal("FILE_UNUSABLE", f"{path} can't be changed: it has the attribute {letter} (lsattr)", f"chattr -{letter} {path}")


# What is said about a failure

def refusal(failed: OSError, path: str, reader: Optional[int] = None) -> Refusal:
    """The path, who and what it belongs to, and what to do."""
    if isinstance(failed, Gone):
        return Refusal("FILE_UNUSABLE", f"{path}: {failed.strerror}", "end what that user runs in that directory, then plan again")
    if failed.errno in NO_ROOM:
        return Refusal("DISK", f"the host's disk: {failed.strerror} ({path})", "make room, then plan again")
    who, facts = _facts(path, reader)
    return Refusal("FILE_UNUSABLE", f"{path}: {failed.strerror or failed}{facts}", _remedy(failed, path, who))


def _remedy(failed: OSError, path: str, who: str) -> str:
    return {errno.EROFS: f"mount the file system of {path} for writing",
            errno.EBUSY: f"mount the directory {os.path.dirname(path)} there instead of the file alone",
            errno.ELOOP: f"put the file itself at {path}; links are followed only in directories that root alone can write",
            errno.ENOENT: f"make {path}, or correct the setting that names it",
            errno.EAGAIN: f"end the program that holds a lease on {path}",
            }.get(failed.errno or 0, f"let {who} do it: correct owner, mode and ACL of {path} and of its directory, or what else keeps it out (SELinux, AppArmor)")


def _facts(path: str, reader: Optional[int]) -> Tuple[str, str]:
    try:
        who = keeper(path, reader)
        told = [_described(where, looks) for where in (path, os.path.dirname(path)) for looks in [_seen(where, who)] if looks is not None]
        return name_of(who), f" for {name_of(who)}" + "".join("; " + part for part in told)
    except (OSError, Refusal):
        return "root", ""


def _seen(path: str, who: int) -> Optional[Looks]:
    try:
        found = seen_by(who, _look_at, path)[0]
        return None if found is None else Looks(*found)
    except (OSError, Refusal):
        return None


def _described(path: str, here: Any) -> str:
    """`here` is a stat result, or Looks."""
    uid, gid, mode = (here.uid, here.gid, here.mode) if isinstance(here, Looks) else (here.st_uid, here.st_gid, here.st_mode)
    try:
        group = grp.getgrgid(gid).gr_name
    except KeyError:
        group = f"gid {gid}"
    return f"{path} belongs to {name_of(uid)}:{group}, mode {stat.S_IMODE(mode):04o}"
