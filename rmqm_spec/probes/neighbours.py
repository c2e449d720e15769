"""Exact nearest neighbours, and what they vote for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from attrs import frozen

from rmqm_spec.arrays import Float64Array
from rmqm_spec.errors import UsageError

__all__ = ["Neighbours", "nearest", "vote"]

_BLOCK = 2**22
"""Number of distances computed together."""

_DECIMALS = 12

_RESCORED = 2**21
"""Number of differences computed together in float64."""


@frozen(eq=False)
class Neighbours:
    """
    The nearest gallery vectors of each of M queries, nearest first.

    Parameters
    ----------
    indices : (M, k) ndarray of int
        Positions in the gallery.
    distances : (M, k) ndarray of float64
        Euclidean distances, rounded to 12 decimals.
    """

    indices: npt.NDArray[np.intp]
    distances: Float64Array


def nearest(
    queries: Float64Array,
    gallery: Float64Array,
    ids: Sequence[str],
    k: int,
    *,
    own: npt.NDArray[np.intp] | None = None,
) -> Iterator[Neighbours]:
    """
    Find the k nearest unit vectors of a gallery for each query, in blocks of queries.

    Parameters
    ----------
    queries : (M, E) ndarray of float64
        Unit vectors.
    gallery : (G, E) ndarray of float64
        Unit vectors.
    ids : sequence of str
        A name of each vector of the gallery: at equal distances the smaller name comes first.
    k : int
        How many neighbours.
    own : (M,) ndarray of int, optional
        For each query its own position in the gallery: it is not its own neighbour.

    Yields
    ------
    Neighbours
        Of a block of consecutive queries; memory grows with neither M nor G beyond the vectors.

    Raises
    ------
    UsageError
        PRB006 if the gallery holds fewer than k possible neighbours.

    Notes
    -----
    Nothing is approximated. Products in float32 only tell which vectors can be among the k
    nearest: all within twice the largest error that E products and sums in float32 can have. For
    these vectors the distances are computed from differences in float64, and these distances
    alone decide. Distances are
    compared after rounding to 12 decimals, the resolution of float64 (clause RMQM-RES-001): vectors
    whose distances differ only by the rounding of a sum count as equally near.

    Examples
    --------
    >>> gallery = np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])
    >>> [neighbours] = nearest(gallery[:1], gallery, ["a", "b", "c"], 2)
    >>> neighbours.indices.tolist()
    [[0, 2]]
    """
    n_others = len(gallery) - (own is not None)
    if not 1 <= k <= n_others:
        raise UsageError(
            "PRB006",
            f"k must be between 1 and the {n_others} inputs that can be neighbours; got {k}",
            fix="Give a smaller --k, or more inputs.",
        )
    narrow = gallery.astype(np.float32)
    rank = np.argsort(np.argsort(np.asarray(ids), kind="stable"), kind="stable")
    slack = 4 * _largest_error(gallery.shape[1])  # a square is 2 - 2 products; twice its error
    for first in range(0, len(queries), size := max(1, _BLOCK // len(gallery))):
        part = queries[first : first + size]
        squares = 2.0 - 2.0 * (part.astype(np.float32) @ narrow.T)
        if own is not None:
            squares[np.arange(len(part)), own[first : first + size]] = np.inf
        bound = np.partition(squares, k - 1, axis=1)[:, k - 1 : k]
        rows, columns = np.nonzero(squares <= bound + slack)
        exact = _distances(part, gallery, rows, columns)
        order = np.lexsort((rank[columns], exact, rows))
        starts = np.searchsorted(rows, np.arange(len(part)))
        chosen = order[starts[:, None] + np.arange(k)]
        yield Neighbours(columns[chosen], exact[chosen])


def vote(
    neighbours: Neighbours, classes: npt.NDArray[np.intp], n_classes: int
) -> npt.NDArray[np.intp]:
    """
    Return the class that the neighbours of each query vote for.

    Parameters
    ----------
    neighbours : Neighbours
        k neighbours of each of M queries.
    classes : (G,) ndarray of int
        Class of each vector of the gallery, numbered in the order of the names of the classes.
    n_classes : int
        Number of classes.

    Returns
    -------
    (M,) ndarray of int
        The class with most votes; among equals, the class whose nearest member is nearest, and
        then the class whose name comes first.

    Examples
    --------
    >>> neighbours = Neighbours(np.array([[2, 0]]), np.array([[0.1, 0.3]]))
    >>> vote(neighbours, np.array([0, 0, 1]), 2).tolist()
    [1]
    """
    voted = classes[neighbours.indices]
    rows = np.broadcast_to(np.arange(len(voted))[:, None], voted.shape)
    votes = np.zeros((len(voted), n_classes), dtype=np.intp)
    np.add.at(votes, (rows, voted), 1)
    closest = np.full(votes.shape, np.inf)
    np.minimum.at(closest, (rows, voted), neighbours.distances)
    closest[votes < votes.max(axis=1, keepdims=True)] = np.inf
    return np.asarray(closest.argmin(axis=1))


def _distances(
    queries: Float64Array,
    gallery: Float64Array,
    rows: npt.NDArray[np.intp],
    columns: npt.NDArray[np.intp],
) -> Float64Array:
    """Return the distances of pairs, computed from differences and rounded."""
    distances = np.empty(len(rows))
    size = max(1, _RESCORED // gallery.shape[1])
    for first in range(0, len(rows), size):
        pairs = slice(first, first + size)
        difference = queries[rows[pairs]] - gallery[columns[pairs]]
        distances[pairs] = np.sqrt(np.einsum("ne,ne->n", difference, difference))
    return distances.round(_DECIMALS)


def _largest_error(n_values: int) -> float:
    """Return the bound on the error of a product of two unit vectors that are rounded to float32.

    Higham, Accuracy and Stability of Numerical Algorithms, section 3.1: n products and sums, and
    one rounding of each factor, in any order of summation; the rest is room for the difference
    from 2, and for distances that are equal after rounding to 12 decimals.
    """
    unit = (n_values + 8) * 2.0**-24
    return unit / (1 - unit)
