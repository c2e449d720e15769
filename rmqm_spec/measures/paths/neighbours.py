"""Whether altered inputs keep their place among the unaltered ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from rmqm_spec.arrays import Float64Array
from rmqm_spec.measures.paths.views import TENTHS, ViewMeasure, each_share

__all__ = [
    "INSTANCE_RETRIEVAL",
    "NEIGHBOURHOOD_PRESERVATION",
    "N_NEIGHBOURS",
    "blocks_of_squares",
    "instance_retrieval",
    "neighbourhood_preservation",
]

N_NEIGHBOURS: Final = 10

_VIEW: Final = TENTHS.index(3)

_BLOCK: Final = 2**21
"""Number of distances computed together."""

_DECIMALS: Final = 12
"""Squared distances between unit vectors are compared after rounding to so many decimals."""


def blocks_of_squares(
    vectors: Float64Array, others: Float64Array
) -> Iterator[tuple[npt.NDArray[np.intp], npt.NDArray[Any]]]:
    """
    Yield row numbers and squared distances (n, M) of unit vectors (N, E) to all others (M, E).

    Examples
    --------
    >>> [(rows, squares)] = blocks_of_squares(np.eye(2), np.array([[0.6, 0.8]]))
    >>> rows, squares
    (array([0, 1]), array([[0.8],
           [0.4]]))
    """
    size = max(1, _BLOCK // len(others))
    for start in range(0, len(vectors), size):
        part = vectors[start : start + size]
        yield np.arange(start, start + len(part)), np.round(2 - 2 * (part @ others.T), _DECIMALS)


def instance_retrieval(
    vectors: Float64Array,
    resolution: float = 0.0,  # noqa: ARG001 - every measure of views is called alike
    view: int = _VIEW,
) -> float:
    """
    Return the share of inputs whose altered encoding is nearest to their own unaltered encoding.

    Parameters
    ----------
    vectors : (N, 6, E) ndarray
        Unit vectors.
    resolution : float
        Not used: distances are only compared.
    view : int
        Position of the altered view.

    Returns
    -------
    float
        Between 0 and 1. An input that is nearest together with m - 1 others counts 1 / m, so that
        an encoder that gives one encoding to all inputs gets 1 / N. It falls with N: compare
        values of the same inputs only.

    Notes
    -----
    Where all inputs are found, or none, there is no interval: leaving inputs out shows no spread.

    Examples
    --------
    >>> plane = np.array([[[1.0, 0.0]] * 5 + [[0.8, 0.6]], [[0.0, 1.0]] * 5 + [[0.8, 0.6]]])
    >>> instance_retrieval(plane, view=5)
    0.5
    """
    found = 0.0
    for rows, squares in blocks_of_squares(vectors[:, view], vectors[:, 0]):
        least = squares.min(axis=1)
        own = squares[np.arange(len(rows)), rows] == least
        found += float((own / (squares == least[:, None]).sum(axis=1)).sum())
    return found / len(vectors)


def neighbourhood_preservation(
    vectors: Float64Array,
    resolution: float = 0.0,  # noqa: ARG001 - every measure of views is called alike
    view: int = _VIEW,
    k: int = N_NEIGHBOURS,
) -> float:
    """
    Return the mean share of the k nearest neighbours that inputs keep when all are altered.

    Parameters
    ----------
    vectors : (N, 6, E) ndarray
        Unit vectors.
    resolution : float
        Not used: distances are only compared.
    view : int
        Position of the altered view.
    k : int
        How many neighbours; below N - 1.

    Returns
    -------
    float
        Between 0 and 1; about k / (N - 1) by chance. Neighbours at the same distance, of which
        only some belong to the k nearest, count with the chance to be among these.

    Examples
    --------
    >>> turned = np.repeat(np.array([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]])[:, None], 6, axis=1)
    >>> neighbourhood_preservation(turned, k=1)
    1.0
    """
    pairs = zip(
        blocks_of_squares(vectors[:, 0], vectors[:, 0]),
        blocks_of_squares(vectors[:, view], vectors[:, view]),
        strict=True,
    )
    kept = 0.0
    for (rows, before), (_, after) in pairs:
        kept += float((_chances(rows, before, k) * _chances(rows, after, k)).sum())
    return kept / (k * len(vectors))


def _chances(
    rows: npt.NDArray[np.intp], squares: npt.NDArray[Any], k: int
) -> npt.NDArray[np.floating[Any]]:
    """Return the chance of each other input to be among the k nearest of each row."""
    squares[np.arange(len(rows)), rows] = np.inf
    last = np.partition(squares, k - 1, axis=1)[:, k - 1 : k]
    nearer, level = squares < last, squares == last
    left = k - nearer.sum(axis=1, keepdims=True)
    return np.asarray(nearer + level * (left / level.sum(axis=1, keepdims=True)))


INSTANCE_RETRIEVAL = ViewMeasure(
    name="instance-retrieval",
    title="Instance retrieval",
    summary="How many altered inputs still find their own original.",
    source="our definition: 1-nearest-neighbour retrieval at 0.3 J",
    function=instance_retrieval,
    details=lambda vectors, _: each_share(lambda view: instance_retrieval(vectors, view=view)),
    most=1.0,
)

NEIGHBOURHOOD_PRESERVATION = ViewMeasure(
    name="neighbourhood-preservation",
    title="Neighbourhood preservation",
    summary="How many of their 10 nearest neighbours inputs keep when altered.",
    source="our definition: mutual k-nearest-neighbour overlap of level 0 and level 0.3 J",
    function=neighbourhood_preservation,
    details=lambda vectors, _: each_share(
        lambda view: neighbourhood_preservation(vectors, view=view)
    ),
    at_least=N_NEIGHBOURS + 2,
    most=1.0,
)
