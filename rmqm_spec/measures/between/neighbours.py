"""How many nearest neighbours the inputs share in two encodings."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from rmqm_spec.arrays import AnyArray
from rmqm_spec.characteristics.distances import unit_vectors
from rmqm_spec.errors import UsageError
from rmqm_spec.measures.between.rows import same_inputs
from rmqm_spec.measures.unaltered import Undefined
from rmqm_spec.neighbours import nearest

__all__ = ["N_NEIGHBOURS", "mutual_neighbours", "nearest_of_each", "shared"]

N_NEIGHBOURS: Final = 10


def mutual_neighbours(first: AnyArray, second: AnyArray, k: int = N_NEIGHBOURS) -> float:
    """
    Return the mean share of the k nearest neighbours that an input has in both encodings.

    Parameters
    ----------
    first : (N, E) ndarray
        Encodings by one encoder.
    second : (N, F) ndarray
        Encodings of the same inputs, in the same order, by another.
    k : int
        How many neighbours.

    Returns
    -------
    float
        Between 0 and 1. Encoders that have nothing in common share k / (N - 1) by chance.

    Raises
    ------
    ShapeError
        ARG001 if the two are not (N, E) and (N, F).
    UsageError
        ARG001 if k is below 1.
    Undefined
        ``too-few-inputs`` unless k < N; ``not-finite``; ``zero`` for an encoding of norm 0.

    Notes
    -----
    Huh et al., "The Platonic Representation Hypothesis", ICML 2024: ``mean over i of
    |A_i and B_i| / k``, with A_i the k other inputs nearest to input i among unit vectors, in
    Euclidean distance. Distances are compared after rounding to 12 decimals; at equal distances
    the earlier row comes first (`rmqm_spec.neighbours`).

    Examples
    --------
    >>> first = np.array([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0], [0.1, 0.9]])
    >>> mutual_neighbours(first, first[:, ::-1], k=1)
    1.0
    >>> mutual_neighbours(first, first[[0, 2, 1, 3]], k=1)
    0.0
    """
    same_inputs([first, second])
    return shared(nearest_of_each(first, k), nearest_of_each(second, k))


def nearest_of_each(encodings: AnyArray, k: int) -> npt.NDArray[np.intp]:
    """
    Return the positions (N, k) of the k other rows nearest to each row (N, E), nearest first.

    Examples
    --------
    >>> nearest_of_each(np.array([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]]), 1).ravel().tolist()
    [1, 0, 1]
    """
    n_inputs = len(encodings)
    if k < 1:
        raise UsageError("ARG001", f"k must be at least 1; got {k}", fix="For example 10.")
    if k >= n_inputs:
        raise Undefined("too-few-inputs")
    if not encodings.any(axis=1).all():
        raise Undefined("zero")
    vectors = unit_vectors(encodings[:, None])[:, 0]
    found = nearest(vectors, vectors, k, own=np.arange(n_inputs))
    return np.concatenate([block.indices for block in found])


def shared(first: npt.NDArray[np.intp], second: npt.NDArray[np.intp]) -> float:
    """
    Return the mean share of common positions in the rows of two (N, k).

    Examples
    --------
    >>> shared(np.array([[1, 2], [0, 2]]), np.array([[2, 1], [3, 0]]))
    0.75
    """
    offsets = np.arange(len(first))[:, None] * (max(first.max(), second.max()) + 1)
    common = np.intersect1d(first + offsets, second + offsets, assume_unique=True)
    return common.size / first.size
