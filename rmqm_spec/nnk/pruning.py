"""
The solver of the published code, for comparison: it only prunes, and can miss the optimum.

It starts with all candidates, solves K t = b for them, drops those whose weight is not positive,
and repeats. A candidate that was dropped never comes back, although it may belong to the optimum.
With cosine kernels of many candidates, such losses are frequent: of 50 candidates among 1,000
random rows of 32 dimensions, the published solver keeps 12 neighbours where the optimum has 17.

Written from what ``non_neg_qpsolver.py`` of STAC-USC/PyNNK_graph_construction (commit 4f6ba05)
does, including two rules that are in no definition. Where a candidate has a kernel value
above 1 - 1e-10 with the query, all others get weight 0 ("nodes collapse"). Where the Cholesky
factorisation fails because K is singular, as with a cosine kernel and k > E + 1, 1e-10 is added to
the diagonal of what LAPACK left of the factor; such weights have no meaning, and rounding alone
changes them.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotrs

from rmqm_spec.arrays import Float64Array

__all__ = ["THRESHOLD", "weights_of_query"]

THRESHOLD: Final = 1e-10
"""Weights below are zero (``x_tol`` of ``faiss_nnk_neighbors.py``)."""

_MOST_ROUNDS: Final = 50
"""For each candidate."""


def weights_of_query(values: Float64Array) -> Float64Array:
    """
    Return the weights that the published solver gives the candidates of a query.

    Parameters
    ----------
    values : (k + 1, k + 1) ndarray of float64
        Kernel values, as for `rmqm_spec.nnk.active_set.weights_of_query`.

    Returns
    -------
    (k,) ndarray of float64
        At least 0.

    Examples
    --------
    >>> values = np.array([[1.0, 0.8, 0.6], [0.8, 1.0, 0.8], [0.6, 0.8, 1.0]])
    >>> weights_of_query(values).tolist()
    [0.8, 0.0]
    """
    towards, gram = values[0, 1:], values[1:, 1:]
    collapsed = towards > 1 - THRESHOLD
    if collapsed.any():
        return np.where(collapsed, towards, 0.0)
    kept = towards > THRESHOLD
    weights = np.zeros(len(gram))
    for _ in range(_MOST_ROUNDS * len(gram)):
        weights = np.zeros(len(gram))
        weights[kept] = _solved(gram[np.ix_(kept, kept)], towards[kept])
        low = weights < THRESHOLD
        kept = weights > THRESHOLD
        if np.abs(weights[low]).max(initial=0.0) <= THRESHOLD:
            break
    weights[weights < THRESHOLD] = 0.0
    return weights


def _solved(gram: Float64Array, towards: Float64Array) -> Float64Array:
    if not len(gram):
        return towards
    factor, status = dpotrf(gram, lower=0, clean=1)
    if status > 0:
        factor = factor + THRESHOLD * np.eye(len(gram))
    return np.asarray(dpotrs(factor, towards, lower=0)[0])
