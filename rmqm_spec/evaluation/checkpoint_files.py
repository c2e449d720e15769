"""Groups of inputs that are done, as the bytes of one file."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from rmqm_spec.arrays import AnyArray
from rmqm_spec.documents.archives import BROKEN_ARCHIVE
from rmqm_spec.errors import UnreadableError
from rmqm_spec.evaluation.group import Group

__all__ = ["pack", "same", "unpack"]

_DIGEST_BYTES = 32
_COLUMN = "column."
"""What stands before the name of a column of a measure, by `rmqm_spec.evaluation.group`."""


def pack(key: str, groups: Sequence[Group]) -> bytes:
    """
    Return consecutive groups as the bytes of an .npz file, followed by their SHA-256.

    Parameters
    ----------
    key : str
        Digest of everything that they depend on.
    groups : sequence of Group
        Each begins where the one before ends.
    """
    stream = io.BytesIO()
    columns: dict[str, Any] = {f"{_COLUMN}{name}": rows for name, rows in _joined(groups).items()}
    np.savez(
        stream,
        key=np.array(key),
        bounds=np.array([groups[0].first, *(group.end for group in groups)]),
        ids=np.array([identity for group in groups for identity in group.ids], dtype=str),
        dtypes=np.array([np.dtype(group.dtype).str for group in groups]),
        unreadable=np.array(json.dumps([
            [position, error.code, error.message, error.fix]
            for group in groups for position, error in group.unreadable
        ])),
        **columns,
    )  # fmt: skip
    content = stream.getvalue()
    return content + hashlib.sha256(content).digest()


def unpack(key: str, content: bytes) -> list[Group]:
    """
    Return the groups again.

    Raises
    ------
    ValueError
        If the bytes are not whole, or belong to another run.
    """
    whole = content[:-_DIGEST_BYTES]
    if hashlib.sha256(whole).digest() != content[-_DIGEST_BYTES:]:
        raise ValueError("it is not whole")
    try:
        return _unpacked(key, whole)
    except _OtherRun as error:
        raise ValueError("it belongs to another run") from error
    except BROKEN_ARCHIVE as error:
        raise ValueError(f"it is no checkpoint: {type(error).__name__}: {error}") from error


class _OtherRun(Exception):  # noqa: N818 - a whole checkpoint, though not of this run
    """The key is that of another run."""


def _unpacked(key: str, whole: bytes) -> list[Group]:
    with np.load(io.BytesIO(whole), allow_pickle=False) as stored:
        if str(stored["key"]) != key:
            raise _OtherRun
        ids, bounds, dtypes = (stored[name].tolist() for name in ("ids", "bounds", "dtypes"))
        unreadable = json.loads(str(stored["unreadable"]))
        columns = {
            name.removeprefix(_COLUMN): stored[name]
            for name in stored.files
            if name.startswith(_COLUMN)
        }
    return list(_groups(bounds, dtypes, ids, columns, unreadable))


def same(first: Group, second: Group) -> bool:
    """Whether two groups agree in every bit."""
    return first is second or pack("", [first]) == pack("", [second])


def _joined(groups: Sequence[Group]) -> dict[str, AnyArray]:
    """Put the columns of consecutive groups together; groups without any input have none."""
    kept = [group.columns for group in groups if group.ids]
    names = kept[0] if kept else ()
    return {name: np.concatenate([columns[name] for columns in kept]) for name in names}


def _groups(
    bounds: list[int],
    dtypes: list[str],
    ids: list[str],
    columns: Mapping[str, AnyArray],
    unreadable: list[tuple[int, str, str, str]],
) -> Iterator[Group]:
    row = 0
    for (first, end), dtype in zip(pairwise(bounds), dtypes, strict=True):
        errors = tuple(
            (position, UnreadableError(code, message, fix=fix))
            for position, code, message, fix in unreadable
            if first <= position < end
        )
        rows = slice(row, row + end - first - len(errors))
        row = rows.stop
        own = tuple(ids[rows])
        kept = {name: values[rows] for name, values in columns.items()} if own else {}
        yield Group(first, end, own, kept, np.dtype(dtype), errors)
