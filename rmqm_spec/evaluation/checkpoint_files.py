"""Groups of inputs that are done, as the bytes of one file."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from rmqm_spec.errors import UnreadableError
from rmqm_spec.evaluation.group import Group

__all__ = ["pack", "same", "unpack"]

_DIGEST_BYTES = 32


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
    np.savez(
        stream,
        key=np.array(key),
        bounds=np.array([groups[0].first, *(one.end for one in groups)]),
        ids=np.array([identity for one in groups for identity in one.ids], dtype=str),
        displacements=np.concatenate([one.displacements for one in groups]),
        step_lengths=np.concatenate([one.step_lengths for one in groups]),
        dtypes=np.array([np.dtype(one.dtype).str for one in groups]),
        unreadable=np.array(json.dumps([
            [position, error.code, error.message, error.fix]
            for one in groups for position, error in one.unreadable
        ])),
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
    with np.load(io.BytesIO(whole), allow_pickle=False) as stored:
        if str(stored["key"]) != key:
            raise ValueError("it belongs to another run")
        ids, d, s = stored["ids"].tolist(), stored["displacements"], stored["step_lengths"]
        unreadable = json.loads(str(stored["unreadable"]))
        bounds, dtypes = stored["bounds"].tolist(), stored["dtypes"].tolist()
    return list(_groups(bounds, dtypes, ids, d, s, unreadable))


def same(one: Group, other: Group) -> bool:
    """Whether two groups agree in every bit."""
    return one is other or pack("", [one]) == pack("", [other])


def _groups(
    bounds: list[int],
    dtypes: list[str],
    ids: list[str],
    d: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    s: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
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
        yield Group(first, end, tuple(ids[rows]), d[rows], s[rows], np.dtype(dtype), errors)
