"""Files that are there whole or not at all, whatever stops the process or the machine."""

from __future__ import annotations

import errno
import os
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from rmqm_spec.errors import UsageError

__all__ = [
    "can_lock",
    "check_writable",
    "locked",
    "make_folder",
    "put",
    "refusing",
    "remove_leftovers",
    "write_atomically",
    "write_beside",
]

T = TypeVar("T")

SECONDS_TO_WAIT = 60.0
"""A lock is held while three files are written; who waits longer waits for a stopped process."""

_LOCK = ".rmqm-spec.lock"


def write_atomically(path: Path, content: bytes) -> None:
    """
    Write a file as `put` does.

    Raises
    ------
    UsageError
        ARG005 if it cannot be written.
    """
    with refusing(path):
        put(path, content)


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Tell of an error of the operating system as ARG005: `path` cannot be written."""
    try:
        yield
    except OSError as error:
        raise UsageError(
            "ARG005", f"{path} must be writable; got {error}", fix="Choose another folder."
        ) from error


def put(path: Path, content: bytes) -> None:
    """
    Write under a temporary name, flush, rename, and flush the name.

    A reader sees all or nothing, also after a power cut.

    Raises
    ------
    OSError
        If that fails; then the file is as it was before.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with temporary.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    finally:
        with suppress(OSError):
            temporary.unlink()
    _flush_names(path.parent)


def remove_leftovers(folder: Path) -> None:
    """Remove temporary files that killed processes left; the caller must have `locked` it."""
    for leftover in folder.glob(".*.part"):
        leftover.unlink(missing_ok=True)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, so that they survive a power cut."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for one in missing:
        _flush_names(one.parent)


def check_writable(folder: Path) -> None:
    """
    Make `folder` and try to write to it, before any long work.

    Raises
    ------
    UsageError
        ARG005 if that fails.
    """
    try:
        make_folder(folder)
        with tempfile.TemporaryFile(dir=folder):  # without a name, where the platform can
            pass
    except OSError as error:
        raise UsageError(
            "ARG005",
            f"--out must be a folder that can be written to; got {error}",
            fix="Choose another folder.",
        ) from error


def write_beside(
    folder: Path,
    digest: str,
    *,
    may_replace: Callable[[Path], bool],
    write: Callable[[Path], T],
) -> T:
    """
    Write into a folder, or into a folder beside it where another document is.

    Processes that write to one folder take turns.

    Parameters
    ----------
    folder : Path
        Where to write.
    digest : str
        Digest of what is written; it names the folder beside.
    may_replace : callable
        From a folder to whether what is there may be replaced.
    write : callable
        Writes into a folder that is locked, and returns what the caller wants to know.

    Raises
    ------
    UsageError
        ARG005 if a folder cannot be written to; ARG006 if another process keeps it.
    """
    check_writable(folder)
    with locked(folder):
        if may_replace(folder):
            return write(folder)
    folder = folder.resolve()  # the name of "." is empty
    beside = folder.with_name(f"{folder.name}-{digest[:8]}")
    check_writable(beside)
    with locked(beside):
        return write(beside)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """
    Let one process at a time look at the results in `folder` and write there.

    The lock is the operating system's: it ends with the process, however that ends. Where the file
    system has none (`can_lock`), nobody is kept out.

    Raises
    ------
    UsageError
        ARG006 if another process holds the lock for a minute.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / _LOCK, timeout=SECONDS_TO_WAIT, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise UsageError(
            "ARG006",
            f"{folder} must be free; another process has been writing there for "
            f"{SECONDS_TO_WAIT:.0f} s",
            fix="See whether it is stopped, or choose another folder.",
        ) from error
    except (OSError, NotImplementedError):
        yield
        return
    try:
        yield
    finally:
        lock.release()


def can_lock(folder: Path) -> bool:
    """Tell whether the file system of `folder` has locks: some of networks have none."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / _LOCK, timeout=0, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout:
        return True
    except (OSError, NotImplementedError):
        return False
    lock.release()
    return True


def _flush_names(folder: Path) -> None:
    """Flush which files a folder holds, on platforms and file systems where that can be done."""
    if os.name != "posix":
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:  # a folder that may be written to and not listed
        return
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:
            raise
    finally:
        os.close(handle)
