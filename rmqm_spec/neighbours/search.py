"""The nearest rows of each row, and the chances of rows that are equally near."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from attrs import frozen

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.neighbours.estimates import (
    DECIMALS,
    Estimates,
    Positions,
    distances_of_pairs,
    exponent,
)

__all__ = ["Chances", "Neighbours", "chances", "nearest", "nearest_distances", "of_order_one"]

_BLOCK: Final = 2**20
"""Number of distances estimated together."""


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
        distances = pairs.distances.round(DECIMALS)
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
        distances = pairs.distances.round(DECIMALS)
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
    return np.ldexp(rows, -exponent(rows))


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
    estimates = Estimates(queries, gallery, resolution)
    for first in range(0, len(queries), size := max(1, _BLOCK // len(gallery))):
        block = slice(first, first + size)
        rows, columns = estimates.candidates(block, k, None if own is None else own[block])
        distances = distances_of_pairs(queries[block], gallery, rows, columns)
        yield _Pairs(first, rows, columns, distances)
