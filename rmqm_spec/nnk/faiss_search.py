"""
The nearest rows by a flat index of FAISS: the same as without it, in less time.

FAISS (Johnson, Douze and Jegou, 2017) compares all rows in float32, which can confuse the
order of rows that are almost equally near. So it is asked for some more rows than are wanted, and
their distances, computed in float64, decide. If a row that FAISS left out could still be among the
nearest, by the bound on the errors of float32, the query is searched without FAISS.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import Final

import numpy as np

from rmqm_spec.arrays import BoolArray, Float64Array
from rmqm_spec.errors import UnavailableError
from rmqm_spec.neighbours import nearest
from rmqm_spec.neighbours.estimates import DECIMALS, Positions, distances_of_pairs, exponent

__all__ = ["faiss_or_none", "nearest_by_faiss", "require_faiss"]

_SPARE: Final = 32
"""Number of rows that are asked for beyond those wanted."""

_BLOCK: Final = 2048
"""Number of queries searched together; of 512, FAISS 1.15 takes seven times as long for each."""


@cache
def faiss_or_none() -> ModuleType | None:
    """Return FAISS; None where it is not installed."""
    try:
        import faiss
    except ImportError:
        return None
    module: ModuleType = faiss
    return module


def require_faiss() -> None:
    """
    Raise where FAISS is not installed.

    Raises
    ------
    UnavailableError
        ENV016.
    """
    if faiss_or_none() is None:
        raise UnavailableError(
            "ENV016",
            'FAISS must be installed for search="faiss"; got none',
            fix="Run pip install 'rmqm-spec[faiss]', or leave search at \"auto\".",
        )


def nearest_by_faiss(
    queries: Float64Array,
    gallery: Float64Array,
    k: int,
    *,
    own: Positions | None = None,
    rank: Positions | None = None,
) -> Iterator[Positions]:
    """
    Yield the positions (B, k) of the nearest gallery rows of blocks of queries, nearest first.

    Parameters are those of `rmqm_spec.neighbours.nearest`, and so are the positions.
    """
    index = _Index(queries, gallery)
    second = np.arange(len(gallery)) if rank is None else rank
    for first in range(0, len(queries), _BLOCK):
        block = slice(first, first + _BLOCK)
        mine = None if own is None else own[block]
        found, beyond = index.search(block, min(k + _SPARE + (own is not None), len(gallery)))
        rows = np.repeat(np.arange(len(found)), found.shape[1])
        distances = distances_of_pairs(queries[block], gallery, rows, found.ravel())
        distances = distances.round(DECIMALS).reshape(found.shape)
        if mine is not None:
            distances[found == mine[:, None]] = np.inf
        order = np.lexsort((second[found], distances), axis=1)[:, :k]
        positions = np.take_along_axis(found, order, axis=1)
        kth = np.take_along_axis(distances, order[:, -1:], axis=1)[:, 0]
        doubtful = index.may_be_nearer(kth, beyond)
        if doubtful.any():
            mine = None if mine is None else mine[doubtful]
            again = nearest(queries[block][doubtful], gallery, k, own=mine, rank=rank)
            positions[doubtful] = np.concatenate([each.indices for each in again])
        yield positions


class _Index:
    """A flat index over centred rows, with the bound on the errors of its squared distances."""

    def __init__(self, queries: Float64Array, gallery: Float64Array) -> None:
        faiss = faiss_or_none()
        if faiss is None:
            require_faiss()
            raise AssertionError
        self._queries, self._centre = queries, gallery.mean(axis=0)
        rows = gallery - self._centre
        most = max(exponent(rows), exponent(queries - self._centre))
        self._power = most
        self._flat = faiss.IndexFlatL2(gallery.shape[1])
        self._flat.add(self._in_float32(rows))
        squared = max(self._longest(rows), self._longest(queries - self._centre))
        n_terms = gallery.shape[1] + 8
        self._slack = 12 * n_terms * float(np.finfo(np.float32).eps) / 2 * squared
        self._n_rows = len(gallery)

    def search(self, block: slice, n: int) -> tuple[Positions, Float64Array]:
        """Return n positions of each query, and below what no squared distance was left out."""
        squared, found = self._flat.search(self._in_float32(self._queries[block] - self._centre), n)
        last = squared[:, -1].astype(np.float64) if n < self._n_rows else np.inf
        return found.astype(np.intp), np.broadcast_to(last, len(found)) - self._slack

    def may_be_nearer(self, distances: Float64Array, beyond: Float64Array) -> BoolArray:
        """Return for which queries a row that was left out may be as near as these distances."""
        reached = np.ldexp(distances + 10.0**-DECIMALS, -self._power)
        return np.asarray(reached**2 >= beyond)

    def _in_float32(self, rows: Float64Array) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        return np.ldexp(rows, -self._power).astype(np.float32)

    def _longest(self, rows: Float64Array) -> float:
        scaled = np.ldexp(rows, -self._power)
        return float(np.einsum("ne,ne->n", scaled, scaled).max())
