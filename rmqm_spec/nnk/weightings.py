"""Other shares for the same candidates: k-nearest-neighbour rules to compare with NNK."""

from __future__ import annotations

from typing import Final

import numpy as np

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.errors import UsageError
from rmqm_spec.neighbours.estimates import Positions
from rmqm_spec.nnk.rows import unit_rows

__all__ = ["TEMPERATURE", "candidate_cosines", "equal_shares", "kernel_shares", "softmax_shares"]

TEMPERATURE: Final = 0.07
"""That of Wu et al. 2018, and of evaluations of self-supervised models by k-NN since then."""

_BLOCK: Final = 2**20
"""Number of values of candidates held together."""


def equal_shares(indices: Positions) -> Float64Array:
    """
    Return 1 / k for each of the k candidates: plain k-nearest neighbours.

    Examples
    --------
    >>> equal_shares(np.array([[4, 2]])).tolist()
    [[0.5, 0.5]]
    """
    return np.full(indices.shape, 1 / indices.shape[1])


def candidate_cosines(queries: AnyArray, gallery: AnyArray, indices: Positions) -> Float64Array:
    """
    Return the cosine of each query and each of its candidates.

    Parameters
    ----------
    queries : (M, E) ndarray
        Finite, not zero, of any length.
    gallery : (G, E) ndarray
        The same.
    indices : (M, k) ndarray of int
        Positions of the candidates in the gallery.

    Returns
    -------
    (M, k) ndarray of float64
        From -1 to 1.

    Raises
    ------
    EncodingError
        ENC001 for values that are not finite, ENC002 for a row of zeros.

    Examples
    --------
    >>> rows = np.array([[1.0, 0.0], [3.0, 4.0]])
    >>> candidate_cosines(rows[:1], rows, np.array([[0, 1]])).round(12).tolist()
    [[1.0, 0.6]]
    """
    unit = unit_rows(gallery, "gallery")
    queries = unit if queries is gallery else unit_rows(queries, "queries")
    cosines = np.empty(indices.shape)
    size = max(1, _BLOCK // (indices.shape[1] * unit.shape[1]))
    for first in range(0, len(indices), size):
        block = slice(first, first + size)
        cosines[block] = np.einsum("be,bke->bk", queries[block], unit[indices[block]])
    return np.clip(cosines, -1.0, 1.0)


def kernel_shares(cosines: Float64Array) -> Float64Array:
    """
    Return shares in proportion to the kernel 1/2 + 1/2 cos: the k-NN of DeepNNK's stored results.

    A query whose candidates all lie opposite to it has no shares: a row of zeros.

    Examples
    --------
    >>> kernel_shares(np.array([[1.0, 0.0], [-1.0, -1.0]])).round(4).tolist()
    [[0.6667, 0.3333], [0.0, 0.0]]
    """
    kernel = 0.5 + 0.5 * cosines
    total = kernel.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(kernel, total, out=np.zeros_like(kernel), where=total > 0))


def softmax_shares(cosines: Float64Array, temperature: float = TEMPERATURE) -> Float64Array:
    """
    Return shares in proportion to exp(cos / temperature): the weighted k-NN of Wu et al. 2018.

    Raises
    ------
    UsageError
        ARG001 for a temperature that is not above 0.

    Notes
    -----
    Wu et al., "Unsupervised Feature Learning via Non-Parametric Instance Discrimination", CVPR
    2018, section 3.4.

    Examples
    --------
    >>> softmax_shares(np.log(np.array([[0.75, 0.25]])), 1.0).round(12).tolist()
    [[0.75, 0.25]]
    """
    from scipy.special import softmax

    if not temperature > 0:
        raise UsageError(
            "ARG001",
            f"temperature must be above 0; got {temperature}",
            fix=f"Give for example {TEMPERATURE}.",
        )
    return np.asarray(softmax(cosines / temperature, axis=1))
