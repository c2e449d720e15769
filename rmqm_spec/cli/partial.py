"""What a run that was stopped had done: kept on disk, so that the same command goes on after it."""

from __future__ import annotations

import io
import time
import zlib
from pathlib import Path
from types import TracebackType
from typing import Self
from zipfile import BadZipFile

import numpy as np

from rmqm_spec.cli.output import note
from rmqm_spec.errors import IncompleteError, UsageError
from rmqm_spec.storage import write_atomically
from rmqm_spec.walk import KnownRow, Walked

__all__ = ["Partial"]

SECONDS_BETWEEN_SAVES = 10.0

_UNREADABLE = (OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error)


class Partial:
    """
    The rows of all inputs that are done, in a file that is there only while a run is unfinished.

    Parameters
    ----------
    folder : Path
        Where the result will be.
    key : str
        Digest of everything that the rows depend on; rows of another key are never taken.
    n_levels : int
        Values in a row.
    n_inputs : int
        Inputs of the whole run.
    """

    def __init__(self, folder: Path, key: str, *, n_levels: int, n_inputs: int) -> None:
        self.path = folder / f"partial-{key[:16]}.npz"
        self._key = key
        self._n_inputs = n_inputs
        self.known = self._load(n_levels)
        self._rows = dict(self.known)
        self._next_save = time.monotonic() + SECONDS_BETWEEN_SAVES
        if self.known:
            note(f"  going on after {len(self.known)} inputs that are done, from {self.path}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            return
        kept = bool(self._rows) and self.save()
        done = f"{len(self._rows)} of {self._n_inputs} inputs"
        if isinstance(error, KeyboardInterrupt):
            raise IncompleteError(
                "RUN001",
                f"the work must run to its end; it was interrupted after {done}"
                + (f", which are kept in {self.path}" if kept else ""),
                fix="Run the same command again"
                + (": it goes on after these." if kept else ": it starts anew."),
            ) from error
        if kept:
            note(f"  {done} are done and kept in {self.path}")

    def keep(self, walked: Walked) -> None:
        """Take the rows of a group that is done; write all rows to disk now and then."""
        rows = zip(walked.inputs, walked.displacements, walked.step_lengths, strict=True)
        for one, d, s in rows:
            self._rows.setdefault(one.id, KnownRow(d, s, walked.dtype))
        begun = time.monotonic()
        if begun >= self._next_save:
            self.save()
            ended = time.monotonic()
            self._next_save = ended + max(SECONDS_BETWEEN_SAVES, 20 * (ended - begun))

    def save(self) -> bool:
        """Write all rows; a disk that refuses does not end the run."""
        rows = list(self._rows.values())
        stream = io.BytesIO()
        np.savez(
            stream,
            key=np.array(self._key),
            ids=np.array(list(self._rows)),
            displacements=np.stack([row.displacements for row in rows]),
            step_lengths=np.stack([row.step_lengths for row in rows]),
            dtype=np.array(np.dtype(rows[0].dtype).str),
        )
        try:
            write_atomically(self.path, stream.getvalue())
        except UsageError as error:
            note(f"  what is done cannot be kept: {error.message}")
            return False
        return True

    def remove(self) -> None:
        """Remove the file: the result holds everything."""
        self.path.unlink(missing_ok=True)

    def _load(self, n_levels: int) -> dict[str, KnownRow]:
        if not self.path.exists():
            return {}
        try:
            with np.load(io.BytesIO(self.path.read_bytes()), allow_pickle=False) as stored:
                d, s = stored["displacements"], stored["step_lengths"]
                ids, dtype = stored["ids"].tolist(), np.dtype(str(stored["dtype"]))
                shape = (len(ids), n_levels)
                if str(stored["key"]) != self._key or not d.shape == s.shape == shape:
                    raise ValueError("it belongs to another run")
        except _UNREADABLE as error:
            note(f"  {self.path} cannot be used, all inputs are encoded: {error}")
            return {}
        return {one: KnownRow(d[k], s[k], dtype) for k, one in enumerate(ids)}
