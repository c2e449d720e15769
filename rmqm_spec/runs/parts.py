"""Parts: groups that workers finished, on shared storage, for a driver that starts anew."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from rmqm_spec.errors import IncompleteError, RmqmError, UnavailableError, UnreadableError
from rmqm_spec.evaluation.checkpoint_files import pack, same, unpack
from rmqm_spec.evaluation.group import Group
from rmqm_spec.inputs.downloads import open_url, without_secrets

__all__ = ["Parts"]


class Parts:
    """
    The parts of a run on storage that workers and driver share.

    A part is a file of consecutive groups with its digest. It appears whole or not at all: it is
    written under another name and renamed.

    Parameters
    ----------
    url : str
        A folder by any protocol of fsspec, such as ``s3://bucket/runs``, or a path.
    key : str
        Digest of everything that the groups depend on.

    Examples
    --------
    >>> import numpy as np
    >>> rows = {"rmqm.displacements": np.ones((2, 3)), "rmqm.step_lengths": np.ones((2, 3))}
    >>> parts = Parts("memory://example", 64 * "0")
    >>> parts.put([Group(0, 2, ("one", "two"), rows, np.float32)])
    >>> parts.read()[0][0].ids
    ('one', 'two')
    >>> parts.remove()
    >>> parts.read()
    ({}, [])
    """

    def __init__(self, url: str, key: str) -> None:
        self.label = without_secrets(url) if "://" in url else url
        self._key = key
        try:
            self._files, root = open_url(url)
        except RmqmError:
            raise
        except Exception as error:  # a protocol that fsspec does not know
            raise self._unreadable(error) from error
        self._folder = f"{root.rstrip('/')}/parts-{key[:16]}"

    def put(self, groups: Sequence[Group]) -> None:
        """
        Write consecutive groups as a part.

        Raises
        ------
        UnreadableError
            RUN003 if the part is there with other numbers.
        IncompleteError
            RUN002 if the storage refuses.
        """
        name = f"{groups[0].first:08}-{groups[-1].end:08}.npz"
        path, content = f"{self._folder}/{name}", pack(self._key, groups)
        unfinished = f"{self._folder}/.{secrets.token_hex(8)}"
        try:
            if self._files.exists(path) and self._files.cat_file(path) != content:
                self._compare(path, groups)
            self._files.makedirs(self._folder, exist_ok=True)
            self._files.pipe_file(unfinished, content)
            self._files.mv(unfinished, path)
        except UnreadableError:
            raise
        except Exception as error:  # each protocol raises errors of its own
            raise IncompleteError(
                "RUN002",
                f"what is done must be written to --parts {self.label}; got "
                f"{type(error).__name__}: {error}",
                fix="Free some space or correct the permissions, then run the same command again.",
            ) from error

    def read(self) -> tuple[dict[int, Group], list[str]]:
        """
        Return the groups that are there by first position, and what is wrong with other files.

        Raises
        ------
        UnavailableError
            RUN009 if the storage cannot be read.
        """
        known: dict[int, Group] = {}
        damaged: list[str] = []
        for path in self._paths():
            content = self._content(path)
            try:
                groups = unpack(self._key, content)
            except ValueError as error:
                damaged.append(f"{path} cannot be used, its inputs are encoded again: {error}")
                continue
            for group in groups:
                if not same(known.setdefault(group.first, group), group):
                    raise self._contradiction(path)
        return known, damaged

    def remove(self) -> None:
        """Remove the parts of the run: its result holds everything."""
        if self._paths():
            self._files.rm(self._folder, recursive=True)

    def _paths(self) -> list[str]:
        try:
            self._files.invalidate_cache()
            if not self._files.exists(self._folder):
                return []
            return sorted(self._files.glob(f"{self._folder}/*.npz"))
        except Exception as error:  # each protocol raises errors of its own
            raise self._unreadable(error) from error

    def _content(self, path: str) -> bytes:
        try:
            content: bytes = self._files.cat_file(path)
        except Exception as error:  # each protocol raises errors of its own
            raise self._unreadable(error) from error
        return content

    def _compare(self, path: str, groups: Sequence[Group]) -> None:
        """Refuse a part whose numbers are not those that are there; a damaged one is replaced."""
        try:
            there = unpack(self._key, self._files.cat_file(path))
        except ValueError:
            return
        mine = {group.first: group for group in groups}
        if not all(same(mine.get(group.first, group), group) for group in there):
            raise self._contradiction(path)

    def _contradiction(self, path: str) -> UnreadableError:
        return UnreadableError(
            "RUN003",
            f"parts of one run must agree in every bit; got different numbers for the same inputs "
            f"in {path}",
            fix=f"Remove {self._folder} and run the same command again. If it happens again, the "
            "encoder does not repeat its encodings: rmqm-spec check.",
        )

    def _unreadable(self, error: Exception) -> UnavailableError:
        return UnavailableError(
            "RUN009",
            f"--parts must be storage that can be read and written; {self.label} gives "
            f"{type(error).__name__}: {error}",
            fix="Correct the URL or the permissions, or leave --parts out.",
        )
