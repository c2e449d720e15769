"""
Equal sizes of draws, which betray draws that are used twice.

The size of a draw is its absolute value: a draw that is used again, at another place or with
another sign, has the same size. Of values no coarser than RMQM-WN-010 allows, a given size comes
up with probability 1/32768 at most. Given all other draws, independent draws thus hit a set of m
sizes at most as often as binomial events of probability m/32768.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy import sparse

from rmqm_conformance.properties.generators.evidence import REJECTED, p_of_count
from rmqm_conformance.strategies import Array

__all__ = ["SHARE", "fewest", "most_alike", "pairs_of_equals", "sizes"]

SHARE: Final = 1 / 32768
"""The largest probability of a size."""

_STEPS: Final = 2.0**36
"""Sizes are held as multiples of 2^-36: far finer than the values, far coarser than rounding."""


def sizes(values: Array) -> Array:
    """Return the sizes of draws as whole numbers; sizes are equal if they agree to 2^-36."""
    return np.asarray(np.rint(np.abs(values) * _STEPS).astype(np.int64))


def fewest(n: int, share: float, among: float) -> int:
    """Return the number of hits of n draws from which on chance is ruled out, in any of `among`."""
    count = 1
    while among * p_of_count(count, n, share) >= REJECTED:
        count += 1
    return count


def most_alike(rows: Array) -> tuple[int, int, int]:
    """Return the two rows (R, P) that have most sizes in common, and how many."""
    found = sizes(rows)
    _, column = np.unique(found, return_inverse=True)
    n_rows, n_values = found.shape
    row = np.repeat(np.arange(n_rows), n_values)
    hits = sparse.coo_array((np.ones(row.size, np.int32), (row, column.ravel()))).tocsr()
    hits.data[:] = 1
    shared = sparse.triu(hits @ hits.T, k=1).tocoo()
    if not shared.nnz:
        return 0, 1, 0
    most = int(shared.data.argmax())
    return int(shared.row[most]), int(shared.col[most]), int(shared.data[most])


def pairs_of_equals(row: Array) -> tuple[Array, Array]:
    """Return the places of all pairs of equal sizes in a row, the first place and the second."""
    found = sizes(row)
    order = np.argsort(found, kind="stable")
    ranked = found[order]
    firsts, seconds = [], []
    step = 1
    while len(equal := np.flatnonzero(ranked[step:] == ranked[:-step])):
        firsts.append(order[equal])
        seconds.append(order[equal + step])
        step += 1
    nothing = np.zeros(0, np.int64)
    return np.concatenate([nothing, *firsts]), np.concatenate([nothing, *seconds])
