"""The members of a tar archive: where each lies, found once, without unpacking."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from attrs import frozen

from rmqm_spec.errors import RmqmError, UnreadableError
from rmqm_spec.inputs.images import check_file_size, display_name

__all__ = ["Member", "list_members"]

_BLOCK = 512


@frozen(kw_only=True)
class Member:
    """
    A file in an archive.

    Parameters
    ----------
    archive : Path
        The archive.
    shown : str
        What to call it.
    path : PurePosixPath
        Its path there. It is a name only: nothing is ever written under it.
    offset, size : int
        Where its bytes are.
    is_file : bool
        Whether it has bytes of its own: links, devices and folders have none.
    """

    archive: Path
    shown: str
    path: PurePosixPath
    offset: int
    size: int
    is_file: bool

    @property
    def is_hidden(self) -> bool:
        """Whether its name begins with a dot, or is empty."""
        return self.path.name[:1] in {"", "."}

    @property
    def key(self) -> str:
        """Path up to the first dot of the name: shared by files that belong together."""
        return str(self.path.with_name(self.path.name.split(".", 1)[0]))

    @property
    def extension(self) -> str:
        """What follows that dot, in lower case: ``jpg``, ``seg.png``."""
        return self.path.name.partition(".")[2].lower()

    @property
    def name(self) -> str:
        """Printable name."""
        return f"{self.shown}:{display_name(self.path)}"

    def read(self) -> bytes:
        """
        Read it; from any thread.

        Raises
        ------
        UnreadableError
            IMG001 if the archive can no longer be opened or has become shorter, IMG006 if it is
            larger than any image.
        """
        check_file_size(self.size, self.name)
        try:
            with self.archive.open("rb") as file:
                file.seek(self.offset)
                data = file.read(self.size)
        except OSError as error:
            raise _gone(self.name, error.strerror or str(error)) from error
        if len(data) != self.size:
            raise _gone(self.name, f"{len(data)} of {self.size} bytes")
        return data


def list_members(archive: Path, name: str) -> list[Member]:
    """
    List all members of a tar archive, which messages call `name`.

    Raises
    ------
    UnreadableError
        DAT022 if it is damaged, or does not end as a tar archive ends: it is unknown what is
        missing, so the rest is not used.
    """
    try:
        with archive.open("rb") as file, tarfile.open(fileobj=file, mode="r:") as opened:
            members = list(_members(archive, name, opened))
            _check_end(file, opened.offset, name)
    except RmqmError:
        raise
    except Exception as error:  # tarfile raises many kinds on damaged files
        raise _damaged(name, str(error) or type(error).__name__) from error
    return members


def _members(archive: Path, name: str, opened: tarfile.TarFile) -> Iterator[Member]:
    for info in opened:
        opened.members = []  # type: ignore[attr-defined]  # else it keeps a record of each
        yield Member(
            archive=archive,
            shown=name,
            path=PurePosixPath(info.name or "."),
            offset=info.offset_data,
            size=info.size,
            is_file=info.isreg() and not info.issparse(),
        )


def _check_end(file: BinaryIO, offset: int, name: str) -> None:
    """Check that an archive ends with a block of zeros; anything else is a damaged header."""
    file.seek(offset)
    if file.read(_BLOCK) != bytes(_BLOCK):
        raise _damaged(name, f"neither a file nor the end of the archive at byte {offset}")


def _damaged(name: str, reason: str) -> UnreadableError:
    """Return a DAT022 that an archive is damaged."""
    return UnreadableError(
        "DAT022",
        f"{name} must be a complete .tar archive; got {reason}",
        fix="Fetch or pack it again. A compressed archive must be unpacked to .tar first.",
    )


def _gone(name: str, reason: str) -> UnreadableError:
    return UnreadableError(
        "IMG001",
        f"{name} must still be there; got {reason}",
        fix="Leave archives alone while they are scored.",
    )
