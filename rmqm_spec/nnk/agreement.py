"""How alike the neighbourhoods of the same inputs are in two encoders, or in two layers."""

from __future__ import annotations

from typing import Final

import numpy as np
from attrs import frozen

from rmqm_spec.arrays import Float64Array
from rmqm_spec.errors import ShapeError, UsageError
from rmqm_spec.neighbours.estimates import Positions
from rmqm_spec.nnk.neighbourhoods import Neighbourhoods

__all__ = ["Agreement", "agreement"]

_BLOCK: Final = 2**20
"""Number of pairs of candidates held together."""


@frozen(kw_only=True, eq=False)
class Agreement:
    """
    Agreement of two neighbourhoods of each of M queries, and what chance would give.

    Parameters
    ----------
    jaccard : (M,) ndarray of float64
        Number of common neighbours over that of all neighbours of either, from 0 to 1.
    overlap : (M,) ndarray of float64
        Sum over rows of the smaller of both shares, from 0 to 1.
    jaccard_by_chance, overlap_by_chance : (M,) ndarray of float64
        Expectations where the neighbours of one, with their shares, are drawn at random without
        replacement from all rows that can be neighbours.
    """

    jaccard: Float64Array
    overlap: Float64Array
    jaccard_by_chance: Float64Array
    overlap_by_chance: Float64Array


def agreement(one: Neighbourhoods, other: Neighbourhoods, n_others: int) -> Agreement:
    r"""
    Compare the neighbourhoods of the same queries in the same gallery, encoded in two ways.

    .. math:: \frac{|S \cap T|}{|S \cup T|}, \quad \sum_i \min(w_i, v_i)

    Parameters
    ----------
    one, other : Neighbourhoods
        Of the same M queries; numbers of candidates may differ.
    n_others : int
        Number of rows that can be neighbours of a query: G, or G - 1 with ``own``.

    Returns
    -------
    Agreement
        Both are 0 where either has no neighbours.

    Raises
    ------
    ShapeError
        ARG001 if the queries differ.
    UsageError
        ARG001 if a query has more neighbours than there are others.

    Notes
    -----
    Ours. The chance of the Jaccard index is its mean over the hypergeometric number of common
    neighbours; that of the overlap is the sum of the smaller of two shares over all pairs of
    neighbours, divided by the number of others.

    Examples
    --------
    >>> from rmqm_spec.nnk import all_neighbourhoods
    >>> rows = np.array([[1.0, 0.0], [0.8, 0.6], [0.6, 0.8], [0.0, 1.0]])
    >>> found = all_neighbourhoods(rows, rows, 3, own=np.arange(4))
    >>> agreement(found, found, 3).jaccard.tolist()
    [1.0, 1.0, 1.0, 1.0]
    """
    n_queries = len(one.indices)
    if one.first != other.first or n_queries != len(other.indices):
        raise ShapeError(
            "ARG001",
            f"neighbourhoods must be those of the same queries; got {n_queries} from "
            f"{one.first} and {len(other.indices)} from {other.first}",
            fix="Encode the same inputs in the same order with both.",
        )
    sizes, other_sizes = one.counts, other.counts
    most = int(max(sizes.max(initial=0), other_sizes.max(initial=0)))
    if most > n_others:
        raise UsageError(
            "ARG001",
            f"n_others must be at least the {most} neighbours of a query; got {n_others}",
            fix="Give the number of rows that can be neighbours.",
        )
    common, overlap, all_pairs = _compared(one, other)
    either = sizes + other_sizes - common
    return Agreement(
        jaccard=common / np.maximum(either, 1),
        overlap=np.minimum(overlap, 1.0),
        jaccard_by_chance=_jaccard_by_chance(sizes, other_sizes, n_others),
        overlap_by_chance=all_pairs / n_others,
    )


def _compared(
    one: Neighbourhoods, other: Neighbourhoods
) -> tuple[Positions, Float64Array, Float64Array]:
    """Return the number of common neighbours, and the sums of the smaller share: (M,) each."""
    n_queries = len(one.indices)
    common = np.zeros(n_queries, dtype=np.intp)
    overlap, all_pairs = np.zeros(n_queries), np.zeros(n_queries)
    shares, other_shares = one.shares, other.shares
    size = max(1, _BLOCK // (one.indices.shape[1] * other.indices.shape[1]))
    for first in range(0, n_queries, size):
        block = slice(first, first + size)
        smaller = np.minimum(shares[block, :, None], other_shares[block, None])
        same = one.indices[block, :, None] == other.indices[block, None]
        common[block] = np.count_nonzero(same & (smaller > 0), axis=(1, 2))
        overlap[block] = np.where(same, smaller, 0.0).sum(axis=(1, 2))
        all_pairs[block] = smaller.sum(axis=(1, 2))
    return common, overlap, all_pairs


def _jaccard_by_chance(sizes: Positions, other_sizes: Positions, n_others: int) -> Float64Array:
    """Return the expected Jaccard index of random sets of these sizes."""
    from scipy.stats import hypergeom

    pairs, place = np.unique(np.stack([sizes, other_sizes], axis=1), axis=0, return_inverse=True)
    found = np.zeros(len(pairs))
    for number, (size, other_size) in enumerate(pairs):
        common = np.arange(1, min(size, other_size) + 1)
        chance = hypergeom(n_others, size, other_size).pmf(common)
        found[number] = float((chance * common / (size + other_size - common)).sum())
    return found[place.reshape(-1)]
