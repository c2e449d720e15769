"""Exact nearest neighbours with one rule for ties, for all measures and probes.

The rule: a distance is the Euclidean norm of a difference, in float64, and two distances are equal
if they are so after rounding to 12 decimals. Neither the order of rows, nor blocks, nor the
library that multiplies matrices can then decide which of several equally near rows is a neighbour.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
from attrs import frozen

from rmqm_spec.arrays import AnyArray, Float64Array

__all__ = ["Chances", "Neighbours", "chances", "nearest", "nearest_distances", "of_order_one"]

Positions = npt.NDArray[np.intp]

_BLOCK: Final = 2**20
"""Number of distances estimated together."""

_MEASURED: Final = 2**18
"""Number of differences held together."""

_DECIMALS: Final = 12
"""The resolution of float64 between unit vectors (clause RMQM-RES-001)."""

_SPARE: Final = 32
"""With more candidates than this beyond four times k for each row, float32 is too coarse."""


@frozen(eq=False)
class Neighbours:
    """
    The nearest gallery rows of each of M queries, nearest first.

    Parameters
    ----------
    indices : (M, k) ndarray of int
        Positions in the gallery.
    distances : (M, k) ndarray of float64
        Euclidean distances, rounded to 12 decimals.
    """

    indices: Positions
    distances: Float64Array


@frozen(eq=False)
class Chances:
    """
    Which gallery rows can be among the k nearest, and with what chance where ties are drawn.

    Parameters
    ----------
    queries, columns : (P,) ndarray of int
        Positions of the pairs in queries and gallery.
    values : (P,) ndarray of float64
        1 for a row that is nearer than the k-th; what is left of k, divided among those as near.
    """

    queries: Positions
    columns: Positions
    values: Float64Array


@frozen(eq=False)
class _Pairs:
    """Of a block of queries: all that can be among the k nearest or as near as the k-th."""

    first: int
    rows: Positions
    columns: Positions
    distances: Float64Array

    def ranked(self, *keys: AnyArray, k: int) -> Positions:
        """Return the pairs (n, k) that come first in each row by keys, the last being the main."""
        order = np.lexsort((*keys, self.rows))
        n_rows = int(self.rows[-1]) + 1
        return np.asarray(
            order[np.searchsorted(self.rows, np.arange(n_rows))[:, None] + np.arange(k)]
        )


def nearest(
    queries: Float64Array,
    gallery: Float64Array,
    k: int,
    *,
    own: Positions | None = None,
    rank: Positions | None = None,
) -> Iterator[Neighbours]:
    """
    Find the k nearest rows of a gallery for each query, in blocks of queries.

    Parameters
    ----------
    queries : (M, E) ndarray of float64
        Finite, with values of about 1: distances are told apart to 12 decimals. See `of_order_one`.
    gallery : (G, E) ndarray of float64
        The same.
    k : int
        From 1 to G, or to G - 1 with `own`.
    own : (M,) ndarray of int, optional
        For each query its own position in the gallery: it is not its own neighbour. Its copies are.
    rank : (G,) ndarray of int, optional
        At equal distances the smaller rank comes first; by default the earlier row. The rows of a
        run stand in the order of ids.

    Yields
    ------
    Neighbours
        Of a block of consecutive queries; memory grows with neither M nor G beyond the rows.

    Notes
    -----
    Nothing is approximated. Products of centred rows, in float32 and where that is too coarse in
    float64, only tell which rows can be among the k nearest: all within twice the largest error
    that E products and sums can have (Higham, Accuracy and Stability of Numerical Algorithms,
    section 3.1). For these the distances are computed from differences in float64, and these
    distances alone decide.

    Examples
    --------
    >>> gallery = np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])
    >>> [neighbours] = nearest(gallery[:1], gallery, 2)
    >>> neighbours.indices.tolist()
    [[0, 2]]
    """
    for pairs in _pairs(queries, gallery, k, own):
        distances = pairs.distances.round(_DECIMALS)
        second = pairs.columns if rank is None else rank[pairs.columns]
        chosen = pairs.ranked(second, distances, k=k)
        yield Neighbours(pairs.columns[chosen], distances[chosen])


def chances(
    queries: Float64Array,
    gallery: Float64Array,
    k: int,
    *,
    own: Positions | None = None,
    resolution: float = 0.0,
) -> Iterator[Chances]:
    """
    Return the chance of gallery rows to be among the k nearest where ties are drawn by lot.

    Parameters
    ----------
    queries, gallery, k, own
        As for `nearest`.
    resolution : float
        Distances below it are equal too, as they count as zero.

    Yields
    ------
    Chances
        Of a block of consecutive queries, those above 0; they sum to k for each query.

    Examples
    --------
    >>> [found] = chances(np.array([[0.0]]), np.array([[1.0], [0.5], [-1.0]]), 2)
    >>> found.columns.tolist(), found.values.tolist()
    ([0, 1, 2], [0.5, 1.0, 0.5])
    """
    for pairs in _pairs(queries, gallery, k, own, resolution):
        distances = pairs.distances.round(_DECIMALS)
        distances[distances < resolution] = 0.0
        last = distances[pairs.ranked(distances, k=k)[:, -1]][pairs.rows]
        nearer, level = distances < last, distances == last
        left = k - np.bincount(pairs.rows, nearer)
        values = nearer + level * (left / np.bincount(pairs.rows, level))[pairs.rows]
        held = values > 0
        yield Chances(pairs.first + pairs.rows[held], pairs.columns[held], values[held])


def nearest_distances(rows: Float64Array, k: int) -> Float64Array:
    """
    Return the Euclidean distances from every row to its k nearest other rows, rising.

    Parameters
    ----------
    rows : (N, E) ndarray of float64
        Finite, with values of about 1, as for `nearest`.
    k : int
        Below N.

    Returns
    -------
    (N, k) ndarray of float64
        Not rounded. Equal rows are at distance 0 from each other; only a row itself is left out.

    Examples
    --------
    >>> nearest_distances(np.array([[0.0], [1.0], [3.0]]), 2).tolist()
    [[1.0, 3.0], [1.0, 2.0], [2.0, 3.0]]
    """
    found = [
        pairs.distances[pairs.ranked(pairs.distances, k=k)]
        for pairs in _pairs(rows, rows, k, np.arange(len(rows)))
    ]
    return np.concatenate(found)


def of_order_one(rows: AnyArray) -> Float64Array:
    """
    Divide rows by a power of two, which rounds nothing, so that the largest value is at most 1.

    Examples
    --------
    >>> of_order_one(np.array([[3.0, -6.0]])).tolist()
    [[0.375, -0.75]]
    """
    rows = np.asarray(rows, dtype=np.float64)
    return np.ldexp(rows, -_exponent(rows))


def _pairs(
    queries: Float64Array,
    gallery: Float64Array,
    k: int,
    own: Positions | None,
    resolution: float = 0.0,
) -> Iterator[_Pairs]:
    """Yield the candidates of blocks of queries with their distances, row by row."""
    is_among_themselves = queries is gallery
    gallery = np.ascontiguousarray(gallery)
    queries = gallery if is_among_themselves else np.ascontiguousarray(queries)
    estimates = _Estimates(queries, gallery, resolution)
    for first in range(0, len(queries), size := max(1, _BLOCK // len(gallery))):
        block = slice(first, first + size)
        rows, columns = estimates.candidates(block, k, None if own is None else own[block])
        distances = _distances(queries[block], gallery, rows, columns)
        yield _Pairs(first, rows, columns, distances)


class _Estimates:
    """Squared distances by products, with bounds on their errors."""

    def __init__(self, queries: Float64Array, gallery: Float64Array, resolution: float) -> None:
        centre = gallery.mean(axis=0)
        rows = [gallery - centre, *([] if queries is gallery else [queries - centre])]
        power = max(map(_exponent, rows))
        rows = [np.multiply(each, 2.0**-power, out=each) for each in rows]
        squares = [np.einsum("ne,ne->n", each, each) for each in rows]
        self._gallery, self._queries = rows[0], rows[-1]
        self._squares, self._own_squares = squares[0], squares[-1]
        self._most = float(max(self._squares.max(), self._own_squares.max()))
        self._least_apart = math.ldexp(10.0**-_DECIMALS, -power)
        self._resolution = math.ldexp(resolution, -power)
        self._use(np.float32)

    def _use(self, dtype: type[np.float32 | np.float64]) -> None:
        self._dtype = dtype
        self._factor = (-2 * self._gallery.T).astype(dtype)
        self._terms = self._squares.astype(dtype)

    def candidates(
        self, block: slice, k: int, own: Positions | None
    ) -> tuple[Positions, Positions]:
        """Return rows and columns of all that can be nearest, by rows."""
        found = self._below(block, k, own)
        if self._dtype is np.float32 and len(found[0]) > (4 * k + _SPARE) * (found[0][-1] + 1):
            self._use(np.float64)  # from now on: rows that are this near each other are many
            found = self._below(block, k, own)
        return found

    def _below(self, block: slice, k: int, own: Positions | None) -> tuple[Positions, Positions]:
        """Compare |g|^2 - 2 q'g: what is left of the squared distance, |q|^2, is one per row."""
        squares = self._queries[block].astype(self._dtype) @ self._factor
        squares += self._terms
        if own is not None:
            squares[np.arange(len(squares)), own] = np.inf
        last = np.partition(squares, k - 1, axis=1)[:, k - 1] if k > 1 else squares.min(axis=1)
        zero = self._resolution**2 - self._own_squares[block]
        bound = np.maximum(last.astype(np.float64), zero) + self._slack()
        found = np.flatnonzero(squares <= bound.astype(self._dtype)[:, None])
        rows, columns = np.divmod(found, squares.shape[1])
        return rows, columns

    def _slack(self) -> float:
        """Return twice the error of an estimate, with room for distances equal after rounding."""
        n_terms = self._gallery.shape[1] + 8
        error = 6 * n_terms * (float(np.finfo(self._dtype).eps) / 2 + 2.0**-52) * self._most
        ties = self._least_apart * (4 * self._most**0.5 + self._least_apart)
        return float(error + ties)


def _distances(
    queries: Float64Array, gallery: Float64Array, rows: Positions, columns: Positions
) -> Float64Array:
    distances = np.empty(len(rows))
    size = max(1, _MEASURED // gallery.shape[1])
    for first in range(0, len(rows), size):
        pairs = slice(first, first + size)
        difference = queries[rows[pairs]]
        difference -= gallery[columns[pairs]]
        distances[pairs] = np.einsum("ne,ne->n", difference, difference)
    return np.sqrt(distances)


def _exponent(rows: AnyArray) -> int:
    """Return the power of two that is just above the largest absolute value."""
    return int(np.frexp(max(rows.max(initial=0.0), -rows.min(initial=0.0)))[1])
