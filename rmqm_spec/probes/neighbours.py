"""Exact nearest neighbours, and what they vote for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from rmqm_spec import neighbours
from rmqm_spec.arrays import Float64Array
from rmqm_spec.errors import UsageError
from rmqm_spec.neighbours import Neighbours

__all__ = ["Neighbours", "nearest", "ranked_by_id", "require_k", "vote"]


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
    Nothing is approximated, and distances are compared after rounding to 12 decimals, the
    resolution of float64 (clause RMQM-RES-001): vectors whose distances differ only by the
    rounding of a sum count as equally near. See `rmqm_spec.neighbours`.

    Examples
    --------
    >>> gallery = np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])
    >>> [neighbours] = nearest(gallery[:1], gallery, ["a", "b", "c"], 2)
    >>> neighbours.indices.tolist()
    [[0, 2]]
    """
    require_k(k, len(gallery) - (own is not None))
    yield from neighbours.nearest(queries, gallery, k, own=own, rank=ranked_by_id(ids))


def require_k(k: int, n_others: int) -> None:
    """Raise PRB006 unless k of the others can be neighbours."""
    if n_others < 1:
        raise UsageError(
            "PRB006",
            f"inputs must be at least two of different content to have neighbours; got "
            f"{n_others + 1}",
            fix="Give more inputs: those that repeat another one count once.",
        )
    if not 1 <= k <= n_others:
        raise UsageError(
            "PRB006",
            f"k must be between 1 and the {n_others} inputs that can be neighbours; got {k}",
            fix="Give a smaller --k, or more inputs.",
        )


def ranked_by_id(ids: Sequence[str]) -> npt.NDArray[np.intp]:
    """
    Return the rank of each id, (G,): at equal distances the smaller comes first.

    Examples
    --------
    >>> ranked_by_id(["b", "c", "a"]).tolist()
    [1, 2, 0]
    """
    return np.argsort(np.argsort(np.asarray(ids), kind="stable"), kind="stable")


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
