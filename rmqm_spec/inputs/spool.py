"""Bytes that are expensive to get twice, kept in a temporary file without a name."""

from __future__ import annotations

import tempfile
import threading
import weakref
from collections.abc import Callable, Iterable

from rmqm_spec.errors import UnreadableError

__all__ = ["Spool"]


class Spool:
    """
    A store of byte strings by number, on disk; it vanishes with the process, however that ends.

    Memory holds two integers for each. TMPDIR says where the file is.

    Examples
    --------
    >>> spool = Spool()
    >>> spool.get(7, lambda: [(6, b"six"), (7, b"seven")]), spool.get(6, list)
    (b'seven', b'six')
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places: dict[int, tuple[int, int]] = {}
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the spool
        self._end = 0
        weakref.finalize(self, self._file.close)

    def get(self, number: int, fill: Callable[[], Iterable[tuple[int, bytes]]]) -> bytes | None:
        """
        Return the bytes kept under a number; if there are none yet, `fill` yields them and others.

        One thread fills at a time. The result is None if `fill` does not yield the number.

        Raises
        ------
        UnreadableError
            DAT029 if the disk takes no more.
        """
        with self._lock:
            if number not in self._places:
                for key, data in fill():
                    self._keep(key, data)
            place = self._places.get(number)
            if place is None:
                return None
            self._file.seek(place[0])
            return self._file.read(place[1])

    def _keep(self, number: int, data: bytes) -> None:
        if number in self._places:
            return
        try:
            self._file.seek(self._end)
            self._file.write(data)
            self._file.flush()
        except OSError as error:
            raise UnreadableError(
                "DAT029",
                f"{tempfile.gettempdir()} must have room for inputs that are read; got"
                f" {error.strerror}",
                fix="Set TMPDIR to a folder with room, or take fewer inputs: --n.",
            ) from error
        self._places[number] = self._end, len(data)
        self._end += len(data)
