"""
Checkpoints: what a run has done is on disk, so that the same run resumes after whatever stops it.

A checkpoint is a file of consecutive groups of inputs. Its name says which ones; the name of its
folder says of which run, by the digest of everything that the numbers depend on, so that the
checkpoints of another run are never taken. A group that is walked twice gives the same bits, so
several processes may work on one run at a time.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from rmqm_spec.documents.writing import make_folder, put
from rmqm_spec.errors import IncompleteError, UnreadableError
from rmqm_spec.evaluation.checkpoint_files import pack, same, unpack
from rmqm_spec.evaluation.group import Group

__all__ = ["SECONDS_PER_CHECKPOINT", "Checkpoints", "remove_checkpoints"]

SECONDS_PER_CHECKPOINT = 2.0
"""A checkpoint is written after so much work: that much, or one group, is lost at a crash."""

_ATTEMPTS = 3


class Checkpoints:
    """
    The groups of a run that are done: read from disk, and written there.

    As a context it keeps what is done when the work inside is stopped; Ctrl-C becomes an
    `IncompleteError` that says how to resume.

    Parameters
    ----------
    folder : Path
        Where the result will be; the checkpoints are in a folder below it.
    key : str
        Digest of everything that the groups depend on.
    n_inputs : int
        Number of inputs of the whole run.

    Attributes
    ----------
    known : dict of int to Group
        Groups that were done before, by first position.
    damaged : list of str
        Checkpoints that cannot be used, and why: their inputs are encoded again.

    Raises
    ------
    UnreadableError
        RUN003 if two checkpoints hold different numbers for the same inputs.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> rows = {"rmqm.displacements": np.ones((2, 3)), "rmqm.step_lengths": np.ones((2, 3))}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     checkpoints = Checkpoints(Path(folder), 64 * "0", n_inputs=9)
    ...     checkpoints.keep(Group(0, 2, ("one", "two"), rows, np.float32))
    ...     checkpoints.write()
    ...     Checkpoints(Path(folder), 64 * "0", n_inputs=9).known[0].ids
    ('one', 'two')
    """

    def __init__(self, folder: Path, key: str, *, n_inputs: int) -> None:
        self.folder = _below(folder, key)
        self.known: dict[int, Group] = {}
        self.damaged: list[str] = []
        self.n_inputs = n_inputs
        self._key = key
        self._pending: list[Group] = []
        self._n_written = 0
        self._written_at = time.monotonic()
        origins: dict[int, Path] = {}
        for path in sorted(self.folder.glob("*.npz")):
            for group in self._read(path):
                origin = origins.setdefault(group.first, path)
                if not same(self.known.setdefault(group.first, group), group):
                    raise self._contradiction(f"{origin} and {path}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, KeyboardInterrupt):
            self.write()
            raise self._interrupted() from error
        if error is not None:
            with suppress(IncompleteError):
                self.write()

    @property
    def n_known(self) -> int:
        """Number of inputs that were done before."""
        return sum(group.end - group.first for group in self.known.values())

    @property
    def n_kept(self) -> int:
        """Number of inputs that are done and on disk."""
        return self.n_known + self._n_written

    def learn(self, groups: Iterable[Group], origin: str) -> None:
        """
        Count groups among those that were done before.

        Parameters
        ----------
        groups : iterable of Group
            Done elsewhere, by the same run.
        origin : str
            Where they are from.

        Raises
        ------
        UnreadableError
            RUN003 if they hold other numbers than what is here.
        """
        for group in groups:
            if not same(self.known.setdefault(group.first, group), group):
                raise self._contradiction(f"{self.folder} and {origin}")

    def keep(self, group: Group) -> None:
        """
        Take a group that is done; write a checkpoint where enough is collected.

        Raises
        ------
        IncompleteError
            RUN002 if the disk refuses: nothing is computed that cannot be kept.
        UnreadableError
            RUN003 if another process wrote other numbers.
        """
        if group.first in self.known:
            return
        if self._pending and self._pending[-1].end != group.first:
            self.write()
        self._pending.append(group)
        if time.monotonic() - self._written_at >= SECONDS_PER_CHECKPOINT:
            self.write()

    def write(self) -> None:
        """Write what is collected as one checkpoint; raises as `keep` does."""
        if not self._pending:
            return
        first, end = self._pending[0].first, self._pending[-1].end
        path = self.folder / f"{first:08}-{end:08}.npz"
        self._compare(path)
        try:
            _put(path, pack(self._key, self._pending))
        except OSError as error:
            self._pending.clear()  # no second attempt while the error is told
            raise self.refused(error) from error
        self._pending.clear()
        self._n_written += end - first
        self._written_at = time.monotonic()

    def refused(self, error: Exception) -> IncompleteError:
        """Return the error that ends a run because `error` says that nothing can be written."""
        kept = f"; {self.n_kept} of {self.n_inputs} inputs are kept in {self.folder}"
        return IncompleteError(
            "RUN002",
            f"what is done must be written to disk; got {error}{kept if self.n_kept else ''}",
            fix="Free some space or correct the permissions, then run the same command again: it "
            "continues after the inputs that are kept.",
        )

    def _read(self, path: Path) -> list[Group]:
        try:
            return unpack(self._key, path.read_bytes())
        except FileNotFoundError:  # another process has finished the run
            return []
        except (OSError, ValueError) as error:
            self.damaged.append(f"{path} cannot be used, its inputs are encoded again: {error}")
            return []

    def _compare(self, path: Path) -> None:
        """Look at what another process wrote under the same name in the meantime."""
        mine = {group.first: group for group in self._pending}
        for group in self._read(path):
            if not same(mine.get(group.first, group), group):
                raise self._contradiction(f"{path} and the process that found this")

    def _contradiction(self, places: str) -> UnreadableError:
        return UnreadableError(
            "RUN003",
            f"checkpoints of one run must agree in every bit; got different numbers for the same "
            f"inputs in {places}",
            fix=f"Remove {self.folder} and run the same command again. If it happens again, the "
            "encoder does not repeat its encodings: rmqm-spec check.",
        )

    def _interrupted(self) -> IncompleteError:
        return IncompleteError(
            "RUN001",
            f"the work must run to its end; it was interrupted after {self.n_kept} of "
            f"{self.n_inputs} inputs" + (f", which are kept in {self.folder}" * bool(self.n_kept)),
            fix="Run the same command again"
            + (": it resumes after these." if self.n_kept else ": it starts anew."),
        )


def remove_checkpoints(folder: Path, key: str) -> None:
    """Remove the checkpoints of a run whose result, in `folder` or beside it, holds everything."""
    shutil.rmtree(_below(folder, key), ignore_errors=True)


def _below(folder: Path, key: str) -> Path:
    return folder / f"checkpoints-{key[:16]}"


def _put(path: Path, content: bytes) -> None:
    """Write a checkpoint; its folder may vanish meanwhile: another process may finish the run."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            make_folder(path.parent)
            put(path, content)
        except FileNotFoundError:
            if attempt == _ATTEMPTS:
                raise
        else:
            return
