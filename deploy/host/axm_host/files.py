"""Replaces files whole or not at all, and can put the former ones back without needing room on the disk."""
from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat

from axm_host.basics import Refusal
from axm_host.wire import acting_as

MARK = ".axm-"
# Never security.capability: nobody gains a mighty file by pointing us to one.
KEPT_ATTRIBUTES = ("security.selinux", "system.posix_acl_access")


class Saved:
    """A file as it was. `kept` is a second name for its old content, or None where there was no file; `uid` is whose hands touch it."""

    def __init__(self, path, kept, uid):
        self.path, self.kept, self.uid = path, kept, uid


def keeper(path):
    """The least mighty user who may replace `path`: whoever owns a folder on the way there could swap it under our feet."""
    parts, walked = os.path.abspath(path).split("/")[1:], ""
    for at, part in enumerate(parts, 1):
        walked += "/" + part
        try:
            here = os.lstat(walked)
        except FileNotFoundError:
            return 0
        if stat.S_ISLNK(here.st_mode):
            target = os.path.join(os.path.dirname(walked), os.readlink(walked))
            return here.st_uid or keeper("/".join([target, *parts[at:]]))
        if here.st_uid != 0 and at < len(parts):
            return here.st_uid
    return 0


def owner(path):
    """The uid that a file belongs to, links followed; None where there is no file."""
    try:
        with acting_as(keeper(path)):
            return os.stat(path).st_uid
    except FileNotFoundError:
        return None


def load(path):
    """The bytes of a regular file, or None where there is none."""
    with acting_as(keeper(path)):
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        with os.fdopen(handle, "rb") as source:
            if not stat.S_ISREG(os.fstat(source.fileno()).st_mode):
                raise Refusal("DISK", f"{path} is not a regular file", "put a regular file there")
            return source.read()


def save(path):
    """Keeps the present file under a second name, so that put_back() needs no room."""
    uid, path = keeper(path), os.path.realpath(path)
    with acting_as(uid):
        kept = os.path.join(os.path.dirname(path), MARK + "old-" + secrets.token_hex(6))
        try:
            os.link(path, kept, follow_symlinks=False)
        except FileNotFoundError:
            return Saved(path, None, uid)
        return Saved(path, kept, uid)


def install(path, data, mode=0o600, owner=(0, 0)):
    """Puts `data` at `path`: temporary file beside it, fsync, rename, fsync of the folder. A file that is there keeps owner, mode and attributes."""
    uid, path = keeper(path), os.path.realpath(path)
    folder = os.path.dirname(path)
    with acting_as(uid):
        temporary = os.path.join(folder, MARK + "new-" + secrets.token_hex(6))
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "wb") as target:
            target.write(data)
            target.flush()
            with acting_as(uid):
                looks = _attributes(path)
            _dress(target.fileno(), looks, mode, owner)
            os.fsync(target.fileno())
        with acting_as(uid):
            os.rename(temporary, path)
            _sync_folder(folder)
    except BaseException:
        with acting_as(uid), contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise


def put_back(saved):
    with acting_as(saved.uid):
        if saved.kept is None:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(saved.path)
        else:
            os.rename(saved.kept, saved.path)
        _sync_folder(os.path.dirname(saved.path))


def forget(saved):
    if saved.kept is not None:
        with acting_as(saved.uid), contextlib.suppress(FileNotFoundError):
            os.unlink(saved.kept)


def sweep(folder):
    """Takes away what a killed run left behind. Only under the lock."""
    with acting_as(keeper(folder)), contextlib.suppress(FileNotFoundError):
        for name in os.listdir(folder):
            if name.startswith((MARK + "old-", MARK + "new-")):
                os.unlink(os.path.join(folder, name))


def remove(path):
    with acting_as(keeper(path)), contextlib.suppress(FileNotFoundError):
        os.unlink(path)
        _sync_folder(os.path.dirname(path))


def folder(path, mode, owner=(0, 0)):
    """A folder of ours, whatever it was before."""
    os.makedirs(path, mode=0o755, exist_ok=True)
    os.chown(path, *owner)
    os.chmod(path, mode)


def _attributes(path):
    try:
        here = os.stat(path, follow_symlinks=False)
        return here, {name: os.getxattr(path, name) for name in os.listxattr(path) if name in KEPT_ATTRIBUTES or name.startswith("user.")}
    except FileNotFoundError:
        return None, {}
    except OSError as unsupported:
        if unsupported.errno not in (errno.ENOTSUP, errno.ENODATA):
            raise
        return here, {}


def _dress(handle, looks, mode, owner):
    here, attributes = looks
    uid, group = owner if here is None else (here.st_uid, here.st_gid)
    os.fchown(handle, uid, group)
    os.fchmod(handle, mode if here is None else here.st_mode & 0o777)
    for name, value in attributes.items():
        os.setxattr(handle, name, value)


def _sync_folder(folder):
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def changed_at(path):
    """Seconds since the epoch of the last change; 0 where there is no file."""
    try:
        with acting_as(keeper(path)):
            return os.stat(path).st_ctime  # a file moved here keeps its older time of writing
    except FileNotFoundError:
        return 0
