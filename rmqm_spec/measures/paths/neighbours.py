"""Whether altered inputs keep their place among the unaltered ones."""

from __future__ import annotations

from typing import Final

import numpy as np

from rmqm_spec.arrays import Float64Array
from rmqm_spec.measures.paths.views import TENTHS, ViewMeasure, each_share
from rmqm_spec.neighbours import Chances, chances

__all__ = [
    "INSTANCE_RETRIEVAL",
    "NEIGHBOURHOOD_PRESERVATION",
    "N_NEIGHBOURS",
    "instance_retrieval",
    "neighbourhood_preservation",
]

N_NEIGHBOURS: Final = 10

_VIEW: Final = TENTHS.index(3)


def instance_retrieval(
    vectors: Float64Array,
    resolution: float = 0.0,
    view: int = _VIEW,
) -> float:
    """
    Return the share of inputs whose altered encoding is nearest to their own unaltered encoding.

    Parameters
    ----------
    vectors : (N, 6, E) ndarray
        Unit vectors.
    resolution : float
        Distances below it count as zero, and so as equal.
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
    for near in chances(vectors[:, view], vectors[:, 0], 1, resolution=resolution):
        found += float(near.values[near.columns == near.queries].sum())
    return found / len(vectors)


def neighbourhood_preservation(
    vectors: Float64Array,
    resolution: float = 0.0,
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
        Distances below it count as zero, and so as equal.
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
    before, after = (
        chances(rows, rows, k, own=np.arange(len(rows)), resolution=resolution)
        for rows in (vectors[:, 0], vectors[:, view])
    )
    kept = sum(_common(*blocks, len(vectors)) for blocks in zip(before, after, strict=True))
    return kept / (k * len(vectors))


def _common(before: Chances, after: Chances, n_inputs: int) -> float:
    """Return the sum over pairs that both have of the product of their chances."""
    pairs, also_pairs = (near.queries * n_inputs + near.columns for near in (before, after))
    _, first, second = np.intersect1d(pairs, also_pairs, assume_unique=True, return_indices=True)
    return float(before.values[first] @ after.values[second])


INSTANCE_RETRIEVAL = ViewMeasure(
    name="instance-retrieval",
    title="Instance retrieval",
    summary="How many altered inputs still find their own original.",
    source="our definition: 1-nearest-neighbour retrieval at 0.3 J",
    function=instance_retrieval,
    details=lambda vectors, resolution: each_share(
        lambda view: instance_retrieval(vectors, resolution, view)
    ),
    most=1.0,
)

NEIGHBOURHOOD_PRESERVATION = ViewMeasure(
    name="neighbourhood-preservation",
    title="Neighbourhood preservation",
    summary="How many of their 10 nearest neighbours inputs keep when altered.",
    source="our definition: mutual k-nearest-neighbour overlap of level 0 and level 0.3 J",
    function=neighbourhood_preservation,
    details=lambda vectors, resolution: each_share(
        lambda view: neighbourhood_preservation(vectors, resolution, view)
    ),
    at_least=N_NEIGHBOURS + 2,
    most=1.0,
)
