"""Distances to the nearest other encodings, by blocks."""

from __future__ import annotations

from typing import Final

import numpy as np

from rmqm_spec.arrays import AnyArray, Float64Array
from rmqm_spec.measures.prepared import unit_rows
from rmqm_spec.measures.unaltered import Undefined

__all__ = ["distinct_unit_rows", "nearest_distances"]

_BLOCK: Final = 128
"""Rows whose distances to all others are held at once."""

_EQUAL: Final = 1e-14
"""Unit vectors that differ by less are equal up to rounding."""

_SPARE: Final = 8
"""So many more candidates than asked for are measured again without cancellation."""


def distinct_unit_rows(encodings: AnyArray) -> Float64Array:
    """
    Return encodings, (N, E), scaled to unit length, as for RMQM; not all of one direction.

    Raises
    ------
    Undefined
        ``not-finite``, ``all-zero``, ``zero``; ``constant`` where all directions are equal.

    Examples
    --------
    >>> distinct_unit_rows(np.array([[3.0, 4.0], [0.0, 2.0]])).tolist()
    [[0.6, 0.8], [0.0, 1.0]]
    """
    rows = unit_rows(encodings)
    if np.abs(rows - rows[0]).max() < _EQUAL:
        raise Undefined("constant")
    return rows


def nearest_distances(rows: Float64Array, n_nearest: int) -> Float64Array:
    """
    Return the Euclidean distances from every row to its nearest other rows, rising.

    Parameters
    ----------
    rows : (N, E) ndarray of float64
        Best with a mean near zero, as `rmqm_spec.measures.prepared.centred` returns them.
    n_nearest : int
        Below N.

    Returns
    -------
    (N, n_nearest) ndarray of float64
        Equal rows are at distance 0 from each other; only a row itself is left out.

    Notes
    -----
    Candidates are found by a product of matrices and then measured by differences, so that small
    distances are exact and equal rows exactly 0 apart.

    Examples
    --------
    >>> nearest_distances(np.array([[0.0], [1.0], [3.0]]), 2).tolist()
    [[1.0, 3.0], [1.0, 2.0], [2.0, 3.0]]
    """
    n_rows = len(rows)
    n_candidates = min(n_nearest + _SPARE, n_rows - 1)
    squares = (rows**2).sum(axis=1)
    found = np.empty((n_rows, n_nearest))
    for start in range(0, n_rows, _BLOCK):
        block = rows[start : start + _BLOCK]
        near = squares - 2 * (block @ rows.T)
        near[np.arange(len(block)), np.arange(start, start + len(block))] = np.inf
        candidates = np.argpartition(near, n_candidates - 1, axis=1)[:, :n_candidates]
        exact = np.linalg.norm(rows[candidates] - block[:, None], axis=2)
        found[start : start + _BLOCK] = np.sort(exact, axis=1)[:, :n_nearest]
    return found
