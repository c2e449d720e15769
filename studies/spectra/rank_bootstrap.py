"""Rank correlations of predictors with errors, over inputs and models, and their intervals."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

__all__ = ["correlations", "over_inputs", "over_models", "partial"]

FloatArray = npt.NDArray[np.floating[Any]]

DRAWS: Final = 1_000


def correlations(predictors: FloatArray, error: FloatArray) -> FloatArray:
    """
    Return Spearman's rho of each predictor with the error.

    Parameters
    ----------
    predictors : (P, N) ndarray
        May hold -inf, which has a rank.
    error : (N,) ndarray
        Errors of the same inputs.

    Returns
    -------
    (P,) ndarray
        NaN for a predictor that is constant.
    """
    return _weighted(_ranks(predictors), _ranks(error[None])[0], np.ones((1, len(error))))[0]


def over_inputs(predictors: FloatArray, error: FloatArray) -> FloatArray:
    """
    Return rho of each predictor in bootstrap draws of the inputs, (draws, P).

    Ranks are those of the whole sample. The draws depend on the number of inputs alone, so that all
    models and data sets of one size have the same.
    """
    n = len(error)
    random = np.random.default_rng(n)
    counts = random.multinomial(n, np.full(n, 1 / n), size=DRAWS).astype(np.float64)
    return _weighted(_ranks(predictors), _ranks(error[None])[0], counts)


def over_models(rho: FloatArray, groups: npt.NDArray[Any]) -> FloatArray:
    """
    Return mean rho in bootstrap draws of whole groups of models, (draws, P).

    Parameters
    ----------
    rho : (M, P) ndarray
        Of M models.
    groups : (M,) ndarray
        Models of one group are drawn together.
    """
    kinds = np.unique(groups)
    means = np.stack([rho[groups == kind].sum(axis=0) for kind in kinds])
    sizes = np.array([np.count_nonzero(groups == kind) for kind in kinds])
    drawn = np.random.default_rng(len(kinds)).integers(len(kinds), size=(DRAWS, len(kinds)))
    return means[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)[:, None]


def partial(predictors: FloatArray, error: FloatArray, given: FloatArray) -> FloatArray:
    """Return the partial rank correlation of each predictor with the error, given a third."""
    with_error = correlations(predictors, error)
    with_given = correlations(predictors, given)
    between = correlations(given[None], error)[0]
    below = np.sqrt((1 - with_given**2) * (1 - between**2))
    left = np.where(below > 1e-9, with_error - with_given * between, np.nan)
    return np.divide(left, below, out=np.full_like(left, np.nan), where=below > 1e-9)


def _ranks(values: FloatArray) -> FloatArray:
    ranks = rankdata(values, axis=1)
    return np.asarray(ranks - ranks.mean(axis=1, keepdims=True))


def _weighted(ranks: FloatArray, error: FloatArray, counts: FloatArray) -> FloatArray:
    """Return Pearson's r of each row of ranks with the error, inputs counted so often."""
    n = counts.sum(axis=1, keepdims=True)
    mean, mean_error = counts @ ranks.T / n, (counts @ error)[:, None] / n
    products = counts @ (ranks * error).T / n - mean * mean_error
    spread = counts @ (ranks**2).T / n - mean**2
    spread_error = (counts @ error**2)[:, None] / n - mean_error**2
    square = spread * spread_error
    return np.divide(
        products,
        np.sqrt(np.maximum(square, 0)),
        out=np.full_like(products, np.nan),
        where=square > 0,
    )
